"""The colour of the lid itself, from what shows of it between fold and lashes: make-up, shine, darker skin."""

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.eyes.frame import Eye, Grid
from countenance.edit.warp.grid import smooth_step
from countenance.media.tensors import Image

COLUMNS = 32
HEIGHTS = (0.3, 0.7)
"""Shares of the way from the rim of the open lid to its fold between which its colour is read."""
CELLS = 64
SMOOTH = 0.06
"""Blur along the lid, in lengths of the eye."""
TRUST = 0.55
LIMITS = (0.72, 1.12)


def own_colour(eye: Eye, picture: Image, low: Image) -> Float[Tensor, "3 h w"]:
    """What to multiply the colour of the skin around by, to have the lid's own."""
    strip = _strip(eye, picture)
    at = torch.stack([(eye.along * 2 - 1).clamp(-1, 1), torch.zeros_like(eye.along)], -1)
    own = nn.grid_sample(strip[None], at[None], mode="bilinear", padding_mode="border", align_corners=True)[0]
    ratio = (own / low.clamp_min(0.02)).clamp(*LIMITS)
    return 1 + (ratio - 1) * TRUST * _where(eye)


def _where(eye: Eye) -> Grid:
    top = eye.fold.clamp_min(0.02 * eye.unit)
    t = 1 + eye.below_rim / top
    ends = smooth_step(eye.along / 0.2) * smooth_step((1 - eye.along) / 0.2)
    return smooth_step((t + 0.2) / 0.9) * smooth_step((1.25 - t) / 0.25) * ends


def _strip(eye: Eye, picture: Image) -> Float[Tensor, "3 1 columns"]:
    """Mean colour of the open lid along it, smoothed."""
    x0, y0, x1, y1 = eye.box
    height = -eye.under_upper_before / eye.fold_before.clamp_min(0.02 * eye.unit)
    inside = ((height > HEIGHTS[0]) & (height < HEIGHTS[1])).float()
    layers = torch.cat([picture[:, y0:y1, x0:x1] * inside, inside[None], eye.along[None]])
    cells = (min(y1 - y0, CELLS), min(x1 - x0, CELLS))
    small = nn.interpolate(layers[None], cells, mode="area")[0].flatten(1)
    middle = torch.linspace(0, 1, COLUMNS, device=picture.device)
    near = torch.exp(-0.5 * ((small[4][:, None] - middle) / SMOOTH) ** 2)
    summed = small[:4] @ near
    return (summed[:3] / summed[3:].clamp_min(1e-3))[:, None]
