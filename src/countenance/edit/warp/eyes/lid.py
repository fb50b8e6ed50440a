"""The upper lid that comes down: skin that was folded away, made from the person's own skin around it."""

from dataclasses import dataclass

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.eyes.frame import Eye, Grid
from countenance.edit.warp.eyes.spread import low_pass, membrane
from countenance.edit.warp.eyes.strip import own_colour
from countenance.edit.warp.grid import resize, smooth_step
from countenance.media.tensors import Image

COLUMNS = 56
"""Width of the grid on which the lid's colour is solved for."""
LEAST_WAY = (0.012, 0.045)
"""How far the rim must come down, inter-ocular units, before the warped lid starts to be replaced, and wholly is."""
GRAIN_FROM = 0.40
"""How far below the eye the texture of the skin is taken from."""
GRAIN = 0.75
"""Lids are smoother than cheeks."""
GRAIN_SIGMA = 0.014


@dataclass(frozen=True, slots=True, kw_only=True)
class Lid:
    """A lid on its way down."""

    share: Grid
    """How much of each pixel is new lid."""
    pixels: Image
    low: Image
    """Its colour without grain."""
    shut: float
    """0 while the ball shows well, 1 when the lids meet."""


def lid(eye: Eye, skin: Image, picture: Image) -> Lid | None:
    """The upper lid where its rim has come down, or None where it has not."""
    way = float((eye.lowered / eye.unit).amax())
    if way < LEAST_WAY[0]:
        return None
    x0, y0, x1, y1 = eye.box
    warped = skin[:, y0:y1, x0:x1]
    shut = shutness(eye)
    low = _colour(eye, warped)
    low = low * own_colour(eye, picture, low)
    grain = _grain(eye, picture, low)
    return Lid(share=_share(eye, shut), pixels=(low * _form(eye) + grain).clamp(0, 1), low=low, shut=shut)


def shutness(eye: Eye) -> float:
    """0 to 1 as the opening falls from well under half of what it was to nothing."""
    left = float(eye.gap.amax() / eye.gap_before.amax().clamp_min(1e-3))
    return float(smooth_step(torch.tensor((0.45 - left) / 0.4)))


def outwards(eye: Eye) -> Grid:
    """0 at the corner at the nose, 1 at the outer one."""
    return eye.along if eye.rims.outer else 1 - eye.along


def _ends(eye: Eye) -> Grid:
    """Fades in at the corner at the nose, and out beyond the outer one, where lashes reach further than the rims."""
    out = outwards(eye)
    return smooth_step((out + 0.04) / 0.2) * smooth_step((1.3 - out) / 0.22)


def _share(eye: Eye, shut: float) -> Grid:
    above = -eye.below_rim / eye.unit
    top = (eye.fold / eye.unit).clamp_min(0.02)
    came = smooth_step((eye.lowered / eye.unit - LEAST_WAY[0]) / (LEAST_WAY[1] - LEAST_WAY[0]))
    upper = smooth_step((1.15 * top - above) / (0.6 * top)) * came
    lashes = smooth_step((above - 0.004) / 0.012)
    done = smooth_step((outwards(eye) - 0.86) / 0.26).clamp_min(shut)  # beyond the corner old lashes go at once
    below = smooth_step((0.055 + above) / 0.035) * done
    near = torch.lerp(lashes, torch.ones_like(lashes), done)
    return torch.where(above > 0, upper * near, torch.minimum(upper, below)) * _ends(eye)


def _colour(eye: Eye, warped: Image) -> Image:
    """Colour of the lid: a membrane from the skin above the fold to the skin under the lower lid."""
    height, width = warped.shape[1:]
    scale = min(1.0, COLUMNS / width)
    cells = (max(2, round(height * scale)), max(2, round(width * scale)))
    small = nn.interpolate(warped[None], cells, mode="area")[0]
    hole = _hole(eye)
    known = nn.interpolate((1 - hole)[None, None], cells, mode="area")[0]
    known = (known > 0.99).float() * _skin_like(small, known)
    return resize(membrane(small, known), (height, width), "bicubic").clamp(0, 1)


def _hole(eye: Eye) -> Grid:
    """Where nothing can be learnt of the lid's colour: lashes, the ball, and skin that the warp stretched."""
    above, under = -eye.below_rim / eye.unit, -eye.over_lower / eye.unit
    top = (eye.fold / eye.unit).clamp_min(0.02)
    out = outwards(eye)
    return ((above < 1.2 * top) & (under < 0.06) & (out > -0.08) & (out < 1.32)).float()


def _skin_like(small: Image, known: Float[Tensor, "1 h w"]) -> Float[Tensor, "1 h w"]:
    """1 where a cell is as light as the skin around the eye: not brow, not lashes, not a catch light."""
    light = small.mean(0, keepdim=True)
    seen = light[known > 0.99]
    if seen.numel() == 0:
        return torch.ones_like(light)
    middle = seen.median()
    return (smooth_step((light / middle - 0.68) / 0.12) * smooth_step((1.45 - light / middle) / 0.1)).round()


def _grain(eye: Eye, picture: Image, low: Image) -> Image:
    """Texture of the person's own skin below the eye, moved up pixel by pixel so that its spectrum stays."""
    x0, y0, x1, y1 = eye.box
    shift = round(GRAIN_FROM * eye.unit)
    dx, dy = round(-eye.axis[1] * shift), round(eye.axis[0] * shift)
    rows = torch.arange(y0 + dy, y1 + dy, device=picture.device).clamp(0, picture.shape[1] - 1)
    columns = torch.arange(x0 + dx, x1 + dx, device=picture.device).clamp(0, picture.shape[2] - 1)
    source = picture[:, rows[:, None], columns]
    smooth = low_pass(source, max(1.0, GRAIN_SIGMA * eye.unit))
    ratio = (low.mean(0) / smooth.mean(0).clamp_min(0.05)).clamp(0.5, 1.3)
    return (source - smooth).clamp(-0.05, 0.05) * ratio * GRAIN


def _form(eye: Eye) -> Grid:
    """Light on the ball under the lid: fuller in its middle, darker in the fold, at the rim and towards the corners."""
    above = (-eye.below_rim).clamp_min(0)
    top = eye.fold.clamp_min(0.02 * eye.unit)
    t = 1 - above / top
    came = smooth_step(eye.lowered / (0.1 * eye.unit))
    full = 0.07 * torch.sin(torch.pi * t.clamp(0, 1)) * smooth_step(1 - (2 * eye.along - 1).abs())
    crease = 0.08 * torch.exp(-(((t - 0.28) / 0.09) ** 2)) * smooth_step(1.6 - 1.6 * (2 * eye.along - 1).abs())
    rim = 0.10 * smooth_step((t - 0.72) / 0.3)
    return 1 + came * (full - crease - rim)
