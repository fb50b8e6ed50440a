"""Registration: where each place of one small view went in another, from the pixels alone."""

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.media.tensors import Flow, Image

LEVELS = ((16, 5), (8, 4), (4, 4), (2, 3), (1, 2))
"""Shrinkage and Gauss-Newton steps of each level, coarse to fine."""
WINDOW_PX = 3.0
"""Spread of the window in which motion is taken as one, px of each level."""
RIGID = 0.02
"""How strongly motion clings to the coarser level where there is nothing to see, in squared gradients."""
ROBUST = 0.6
"""Difference, in spreads of the local contrast, at which a place counts half."""
_LIGHT = ((0.299, 0.587, 0.114), (0.5, -0.42, -0.08))  # luma, and red against green for the rims of the lips
_LOCAL_PX = 5.0
_FLOOR = (0.02, 0.008)  # contrast below which texture is noise


HINTED = 2
"""Shrinkage of the level at which the hint comes in: above it, lips that part are one with what is round them."""


def register(first: Image, second: Image, start: Flow, hint: tuple[Flow, Float[Tensor, "h w"]] | None = None) -> Flow:
    """Motion in px: what is at p in `first` is at p + motion in `second`.

    Pyramidal, iterated least squares (Lucas and Kanade 1981) on local contrast, which light and shade leave alone,
    with weights that fall where the two do not match. The number of steps is fixed, so that the same views give the
    same bits.

    Args:
        first: small view, [0, 1].
        second: view of the same size.
        start: motion to begin with, px.
        hint: motion that the coarse levels may have missed, px, and how far to take it there, [0, 1].
    """
    flow = start
    for shrink, steps in LEVELS:
        if hint is not None and shrink == HINTED:
            flow = torch.lerp(flow, *hint)
        one, two = (_contrast(nn.avg_pool2d(view, shrink) if shrink > 1 else view) for view in (first, second))
        here = nn.interpolate(flow[None] / shrink, one.shape[-2:], mode="bilinear")[0]
        for _ in range(steps):
            here = _step(one, two, here)
        flow = nn.interpolate(here[None] * shrink, first.shape[-2:], mode="bilinear")[0]
    return flow


def _step(one: Image, two: Image, flow: Flow) -> Flow:
    moved = warped(two, flow)
    middle = (one + moved) / 2
    across = _slope(middle, 2)
    down = _slope(middle, 1)
    wrong = moved - one
    weight = 1 / (1 + (wrong / ROBUST).square())
    maps = torch.stack(
        [
            (weight * across * across).sum(0),
            (weight * across * down).sum(0),
            (weight * down * down).sum(0),
            (weight * across * wrong).sum(0),
            (weight * down * wrong).sum(0),
        ]
    )
    xx, xy, yy, xe, ye = blur(maps, WINDOW_PX)
    xx, yy = xx + RIGID, yy + RIGID
    det = xx * yy - xy * xy
    step = torch.stack([xy * ye - yy * xe, xy * xe - xx * ye]) / det
    return blur(flow + step.clamp(-1.5, 1.5), 1.0)


def warped(view: Image, flow: Flow) -> Image:
    """`view` at p + flow, at p."""
    height, width = view.shape[-2:]
    y, x = torch.meshgrid(
        torch.arange(height, device=view.device) + 0.5, torch.arange(width, device=view.device) + 0.5, indexing="ij"
    )
    grid = torch.stack([(x + flow[0]) * 2 / width - 1, (y + flow[1]) * 2 / height - 1], -1)
    return nn.grid_sample(view[None], grid[None], mode="bilinear", padding_mode="border", align_corners=False)[0]


def _contrast(view: Image) -> Float[Tensor, "2 h w"]:
    """Luma and redness, each less its local mean and over its local spread."""
    maps = torch.einsum("cr,rhw->chw", view.new_tensor(_LIGHT), view)
    mean = blur(maps, _LOCAL_PX)
    spread = (blur(maps.square(), _LOCAL_PX) - mean.square()).clamp_min(0)
    return (maps - mean) / (spread + view.new_tensor(_FLOOR)[:, None, None].square()).sqrt()


def _slope(maps: Image, axis: int) -> Image:
    pad = (1, 1, 0, 0) if axis == 2 else (0, 0, 1, 1)
    wide = nn.pad(maps[None], pad, mode="replicate")[0]
    size = maps.shape[axis]
    return (wide.narrow(axis, 2, size) - wide.narrow(axis, 0, size)) / 2


def blur(maps: Image, sigma_px: float) -> Image:
    """Gaussian, edges repeated."""
    radius = round(2.5 * sigma_px)
    taps = torch.exp(-0.5 * (torch.arange(-radius, radius + 1, device=maps.device) / sigma_px) ** 2)
    taps = taps / taps.sum()
    stack = nn.pad(maps[:, None], (radius, radius, radius, radius), mode="replicate")
    return nn.conv2d(nn.conv2d(stack, taps[None, None, None]), taps[None, None, :, None])[:, 0]
