"""Takes pixels from where the field says, at the picture's own resolution."""

import torch
import torch.nn.functional as nn

from countenance.edit.warp.field import LEAST_PX, Field
from countenance.edit.warp.grid import resize
from countenance.media.tensors import Image

LEAST_GAIN = 0.001
"""Smaller changes of light (under a third of an 8 bit step at white) count as none."""


def sample(picture: Image, field: Field, factor: torch.Tensor) -> tuple[Image, torch.Tensor]:
    """The part of the picture in `field.box` after warp and gain, [0, 1], and where it changed [h, w].

    Bicubic in the encoded values; `factor` [3, rows, columns] multiplies them.
    """
    x0, y0, x1, y1 = field.box
    size = (y1 - y0, x1 - x0)
    flow = resize(field.flow, size, "bicubic")
    light = resize(factor, size)
    reach = int(flow.abs().max()) + 4
    left, top = max(0, x0 - reach), max(0, y0 - reach)
    source = picture[:, top : y1 + reach, left : x1 + reach]
    x = flow[0] + torch.arange(x0 - left, x1 - left, device=flow.device) + 0.5
    y = flow[1] + (torch.arange(y0 - top, y1 - top, device=flow.device) + 0.5)[:, None]
    at = torch.stack([x * (2 / source.shape[2]) - 1, y * (2 / source.shape[1]) - 1], -1)
    out = nn.grid_sample(source[None], at[None], mode="bicubic", padding_mode="border", align_corners=False)[0]
    changed = (flow.abs().amax(0) > LEAST_PX) | ((light - 1).abs().amax(0) > LEAST_GAIN)
    return (out * light).clamp(0, 1), changed
