"""The iris is round: what a lid hid of it is completed from the parts that show, round its centre."""

import math

import torch
import torch.nn.functional as nn
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.media.tensors import Image

REACH = 1.08
"""Radius, of the iris' own, up to which its surroundings count as iris."""


def complete_iris(seen: Image, visible: Bool[Tensor, "h w"], centre: Float[Tensor, "2"], radius: float) -> Image:
    """The picture with hidden parts of the disc taken from the same ring, mirrored at the end of what shows.

    Rings of which nothing shows take what the rings around them have.
    """
    rings, spokes = max(8, math.ceil(REACH * radius)), max(32, math.ceil(2 * math.pi * radius))
    ring = (torch.arange(rings, device=seen.device) + 0.5)[:, None] / rings * REACH * radius
    turn = torch.arange(spokes, device=seen.device) / spokes * (2 * math.pi)
    at = torch.stack([centre[0] + ring * torch.cos(turn), centre[1] + ring * torch.sin(turn)], -1)
    unrolled = _look(seen, at)
    known = _look(visible[None].float(), at)[0] > 0.99
    rolled = _around(unrolled, known)
    return _roll_up(rolled, seen.shape[1:], centre, radius)


def _look(layers: Float[Tensor, "c h w"], at: Float[Tensor, "a b 2"]) -> Float[Tensor, "c a b"]:
    size = at.new_tensor([layers.shape[2], layers.shape[1]])
    grid = at * 2 / size - 1
    return nn.grid_sample(layers[None], grid[None], mode="bilinear", padding_mode="border", align_corners=False)[0]


def _around(unrolled: Float[Tensor, "3 rings spokes"], known: Bool[Tensor, "rings spokes"]) -> Tensor:
    """Fills each ring from both ends of its gap, mirrored at the ends, nearer end stronger."""
    spokes = known.shape[1]
    thrice = known.repeat(1, 3)
    index = torch.arange(3 * spokes, device=known.device).expand_as(thrice)
    before = torch.cummax(torch.where(thrice, index, -1), 1).values
    after = torch.cummin(torch.where(thrice, index, 4 * spokes).flip(1), 1).values.flip(1)
    here = index[:, spokes : 2 * spokes]
    before, after = before[:, spokes : 2 * spokes], after[:, spokes : 2 * spokes]
    whole = (before >= 0) & (after < 4 * spokes)
    back, forth = _take(unrolled, known, 2 * before - here), _take(unrolled, known, 2 * after - here)
    share = (here - before).float() / (after - before).clamp_min(1)
    mixed = torch.lerp(back, forth, share.clamp(0, 1))
    profile = _profile(unrolled, known)
    return torch.where(known, unrolled, torch.where(whole, torch.lerp(mixed, profile, 0.3), profile))


def _take(unrolled: Tensor, known: Tensor, index: Tensor) -> Tensor:
    """Values at an index round the ring; where that is hidden too, the ring's mean."""
    place = index % known.shape[1]
    there = torch.gather(unrolled, 2, place.expand_as(unrolled))
    return torch.where(torch.gather(known, 1, place), there, _profile(unrolled, known))


def _profile(unrolled: Tensor, known: Tensor) -> Float[Tensor, "3 rings 1"]:
    """Mean of each ring over what shows of it, smoothed across rings."""
    weight = known.sum(1, keepdim=True).float()
    total = (unrolled * known).sum(2, keepdim=True)
    kernel = torch.tensor([0.25, 0.5, 0.25], device=unrolled.device)
    for _ in range(2):
        total = _smooth(total, kernel)
        weight = _smooth(weight[None], kernel)[0]
    mean = total.sum(1, keepdim=True) / weight.sum().clamp_min(1)
    return torch.where(weight > 0, total / weight.clamp_min(1e-3), mean)


def _smooth(rows: Float[Tensor, "c rings 1"], kernel: Float[Tensor, "3"]) -> Tensor:
    padded = nn.pad(rows[:, None], (0, 0, 1, 1), mode="replicate")
    return nn.conv2d(padded, kernel[None, None, :, None])[:, 0]


def _roll_up(rolled: Tensor, size: tuple[int, ...], centre: Tensor, radius: float) -> Image:
    """The unrolled disc back in place; beyond its reach the outermost ring goes on."""
    rings, spokes = rolled.shape[1:]
    x = torch.arange(size[1], device=rolled.device) + 0.5 - centre[0]
    y = (torch.arange(size[0], device=rolled.device) + 0.5 - centre[1])[:, None]
    ring = torch.sqrt(x**2 + y**2) / (REACH * radius) * rings
    spoke = torch.remainder(torch.atan2(y, x), 2 * math.pi) / (2 * math.pi) * spokes
    wrapped = torch.cat([rolled, rolled[:, :, :1]], 2)
    return _look(wrapped, torch.stack([spoke + 0.5, ring], -1))
