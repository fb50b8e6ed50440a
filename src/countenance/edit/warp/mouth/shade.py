"""Light on the lips as the skin has it, and light that comes into the mouth between them."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.grid import blur, fill, resize, smooth_step
from countenance.edit.warp.mouth.frame import MouthFrame
from countenance.media.tensors import Image

CELLS = 96
"""Longest side of the grid for smooth light."""
REACH = 0.022
"""Reach of the shade that lips cast on teeth, in eye distances."""
SATURATES = 2.2
"""How soon light that bounces in the mouth makes up for lips that are near."""


def skin_light(skin: Image, lips: Image, gap: Float[Tensor, "h w"], frame: MouthFrame) -> Image:
    """What the skin layer's light does to lips: the ratio of its picture to ours away from the opening."""
    cells = _cells(frame)
    coarse = resize(torch.cat([skin, lips, gap[None]]), cells)
    known = blur(coarse[6:], 0.04 * frame.unit_px * cells[0] / frame.size[0])[0] < 0.05
    ratio = ((coarse[:3] + 0.02) / (coarse[3:6] + 0.02)).clamp(0.7, 1.4)
    return resize(blur(fill(ratio, known), 1.5), frame.size)


def sky(frame: MouthFrame, gap: Float[Tensor, "h w"], corners: Float[Tensor, "2 2"]) -> Float[Tensor, "h w"]:
    """How much light comes in, 0 to 1: less near the lips, the upper most, and in the corners of the mouth (px)."""
    cells = _cells(frame)
    per_unit = frame.unit_px * cells[0] / frame.size[0]
    shift = (frame.down * (0.010 * per_unit)).round().long().tolist()
    near = blur(torch.roll(resize(gap[None], cells), (shift[1], shift[0]), (1, 2)), REACH * per_unit)
    near = (1 - torch.exp(-SATURATES * near.clamp(0, 1))) / (1 - math.exp(-SATURATES))
    u, ends = frame.place(frame.pixels(cells))[..., 0], frame.place(corners)[:, 0]
    out = ((u - ends.mean()) / ((ends[1] - ends[0]) / 2).clamp_min(1e-3)).abs()
    corner = (1 - 0.15 * out.clamp(max=1) ** 2) * (1 - 0.92 * smooth_step((out - 0.64) / 0.32))
    return resize(near * corner, frame.size)[0]


def _cells(frame: MouthFrame) -> tuple[int, int]:
    scale = min(1.0, CELLS / max(frame.size))
    return math.ceil(frame.size[0] * scale), math.ceil(frame.size[1] * scale)
