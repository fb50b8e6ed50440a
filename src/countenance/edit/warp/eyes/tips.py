"""Tips of the open lid's lashes, which stand out against the skin above the fold and must not stay there."""

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.eyes.frame import Eye, Grid
from countenance.edit.warp.grid import smooth_step
from countenance.media.tensors import Image

WIDTH = 0.022
"""Dark lines thinner than this, inter-ocular units, are taken for lashes."""


def without_tips(eye: Eye, warped: Image) -> Image:
    """The skin above a lid that came down without thin dark lines: a grey closing along the eye, faded in."""
    share = _band(eye)
    half = max(1, round(WIDTH * eye.unit / 2))
    return torch.where(share > 0, torch.lerp(warped, _closing(warped, half), share), warped)


def _band(eye: Eye) -> Grid:
    above = -eye.below_rim / eye.unit
    top = (eye.fold / eye.unit).clamp_min(0.02)
    came = smooth_step((eye.lowered / eye.unit - 0.02) / 0.05)
    ends = smooth_step((eye.along + 0.1) / 0.15) * smooth_step((1.1 - eye.along) / 0.15)
    return came * ends * smooth_step((above - 0.3 * top) / (0.3 * top)) * smooth_step((2.0 * top - above) / (0.6 * top))


def _closing(picture: Image, half: int) -> Float[Tensor, "3 h w"]:
    size = 2 * half + 1
    grown = nn.max_pool2d(nn.pad(picture, (half, half, 0, 0), mode="replicate"), (1, size), stride=1)
    return -nn.max_pool2d(nn.pad(-grown, (half, half, 0, 0), mode="replicate"), (1, size), stride=1)
