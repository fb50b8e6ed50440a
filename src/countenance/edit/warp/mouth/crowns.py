"""One row of teeth and its gum, as they would look in even light: shape, colour and slope of each crown.

Breadths and heights in mm are means from Nelson, Wheeler's Dental Anatomy, 10th ed. The irregularities are fixed and
small: nobody's teeth are exact, and the same picture must give the same teeth.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.grid import smooth_step
from countenance.edit.warp.mouth.arch import Seen

GUM = (0.60, 0.27, 0.26)
"""Linear colour of the gum over that of a tooth."""
NECK = (1.0, 0.93, 0.80)
"""Linear tint of a crown at its neck over its middle."""
EDGE = (0.90, 0.92, 0.95)
"""The same at the edge of an incisor, through which the dark of the mouth is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Teeth from the midline back, mm."""

    up: int
    """Which way the gum lies: 1 above, -1 below."""
    breadth: float
    depth: float
    breadths: tuple[float, ...]
    heights: tuple[float, ...]
    rise: tuple[float, ...]
    """How far each edge stays back from that of the first incisor."""
    rounded: float
    """How far the corners of an edge are rounded off."""
    cusps: tuple[float, ...]
    """How far a crown's sides stay back from its tip."""


UPPER = Row(
    up=1,
    breadth=62.0,
    depth=44.0,
    breadths=(8.5, 6.6, 7.6, 7.0, 6.8, 10.0, 9.0),
    heights=(10.5, 9.2, 10.0, 8.5, 8.3, 7.5, 7.0),
    rise=(0.0, 0.85, 0.35, 0.9, 1.2, 1.5, 2.0),
    rounded=0.8,
    cusps=(0.35, 0.55, 1.5, 1.1, 0.9, 0.7, 0.7),
)
LOWER = Row(
    up=-1,
    breadth=57.0,
    depth=40.0,
    breadths=(5.3, 5.7, 6.8, 7.0, 7.1, 11.0, 10.5),
    heights=(8.8, 9.2, 10.0, 8.5, 8.0, 7.5, 7.0),
    rise=(0.0, 0.1, 0.1, 0.4, 0.6, 0.5, 0.0),
    rounded=0.35,
    cusps=(0.05, 0.1, 0.9, 0.8, 0.8, 0.7, 0.7),
)
SHADE = (1.0, 0.95, 0.86, 0.86, 0.82, 0.76, 0.7)
YELLOW = (1.0, 0.985, 0.93, 0.95, 0.94, 0.92, 0.9)
UNEVEN = (0.0, 0.2, -0.12, 0.15, 0.0, 0.1, 0.0, -0.16, -0.05, 0.2, -0.1, -0.1, 0.0, 0.1)
"""Height of each edge off its row's, mm: right side, then left."""
TURNED = (0.03, -0.11, 0.05, 0.0, 0.03, 0.0, 0.0, -0.05, 0.08, 0.03, -0.04, 0.0, 0.0, 0.0)
"""Turn of each crown about its length, radians."""
TONE = (0.0, -0.02, 0.01, 0.0, -0.02, 0.0, 0.0, -0.015, 0.015, -0.02, 0.01, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What is seen of a row before light falls on it."""

    colour: Float[Tensor, "3 *n"]
    """Linear, of a front tooth's."""
    alpha: Float[Tensor, "*n"]
    """1 on a crown or the gum."""
    gum: Float[Tensor, "*n"]
    lean: Float[Tensor, "*n 2"]
    """Slope of the surface to the person's left and up, radians, against the arch's."""
    gloss: Float[Tensor, "*n"]


def surface(row: Row, seen: Seen, soft_mm: float) -> Surface:
    """The row where lines of sight meet it; edges are softened over `soft_mm`."""
    like = seen.along
    tooth, across = _tooth(row, like)
    number = tooth % 7
    wide, tall = _pick(row.breadths, number, like), _pick(row.heights, number, like)
    part = across.abs()
    height = seen.up * row.up - _pick(row.rise, number, like) - _pick(UNEVEN, tooth, like)
    up = (height / tall).clamp(0, 1)
    narrow = 1 - 0.20 * up**1.7
    side = (narrow - part) * wide / 2
    edge = height - _pick(row.cusps, number, like) * part**2 - row.rounded * ((part - 0.62).clamp_min(0) / 0.38) ** 2.5
    crown = _step(edge, soft_mm) * _step(side + 0.12, max(soft_mm, 0.2))
    papilla = tall * (0.93 - 0.40 * part**2.4)
    gum = _step(height - papilla, max(soft_mm, 0.35))
    colour = _enamel(tooth, height, tall, across, edge)
    contact = torch.exp(-(((up - 0.38) / 0.22) ** 2))
    groove = torch.exp(-((side.clamp_min(0) / (0.22 + 0.5 * soft_mm)) ** 1.4)) * (1 - 0.45 * contact)
    mottle = (
        0.026 * torch.sin(5.3 * like + 1.9 * torch.sin(3.7 * height)) * torch.sin(4.1 * height + torch.sin(6.1 * like))
    )
    fine = 1 + mottle + 0.018 * torch.sin(1.7 * height + 2.3 * tooth) + 0.02 * torch.sin(3.1 * across + 1.1 * tooth)
    colour = colour * (fine * (1 - 0.36 * groove))
    margin = torch.exp(-(((height - papilla) / 0.5) ** 2))
    red = like.new_tensor(GUM)[(...,) + (None,) * like.ndim] * (1 - 0.12 * margin + 0.05 * torch.sin(0.8 * like))
    colour = torch.lerp(colour * (1 - 0.16 * margin), red, gum)
    return Surface(
        colour=colour,
        alpha=torch.maximum(crown, gum),
        gum=gum,
        lean=_lean(tooth, across, up, gum),
        gloss=_gloss(across, up, tooth) * (1 - gum),
    )


def _tooth(row: Row, along: Tensor) -> tuple[Tensor, Tensor]:
    """Number of the tooth (right side 0 to 6, left side 7 to 13) and the place on it, -1 to 1, positive to the left."""
    ends = torch.tensor(row.breadths, device=along.device).cumsum(0)
    number = torch.searchsorted(ends, along.abs().contiguous()).clamp(max=6)
    wide = torch.tensor(row.breadths, device=along.device)[number]
    across = ((along.abs() - ends[number]) / wide * 2 + 1).clamp(-1, 1)
    left = along > 0
    return number + 7 * left, torch.where(left, across, -across)


def _pick(values: tuple[float, ...], index: Tensor, like: Tensor) -> Tensor:
    return like.new_tensor(values)[index]


def _step(distance: Tensor, soft: float) -> Tensor:
    return smooth_step(distance / (2 * soft) + 0.5)


def _enamel(tooth: Tensor, height: Tensor, tall: Tensor, across: Tensor, edge: Tensor) -> Tensor:
    """Colour of a crown: warmer at the neck and in the canines, greyer at a thin edge."""
    ndim = (...,) + (None,) * across.ndim
    neck = smooth_step((height / tall - 0.35) / 0.6)
    thin = torch.exp(-((edge.clamp_min(0) / 1.1) ** 1.3)) * (tooth % 7 < 2)
    shade = _pick(SHADE, tooth % 7, across) * (1 + _pick(TONE, tooth, across))
    yellow = _pick(YELLOW, tooth % 7, across)
    tint = torch.stack([torch.ones_like(yellow), yellow**0.5, yellow**2])
    ones = torch.ones_like(tint)
    tint = tint * torch.lerp(ones, across.new_tensor(NECK)[ndim], neck * 0.6)
    return tint * torch.lerp(ones, across.new_tensor(EDGE)[ndim], thin * 0.75) * shade


def _lean(tooth: Tensor, across: Tensor, up: Tensor, gum: Tensor) -> Float[Tensor, "*n 2"]:
    """Crowns are bent: flat in the middle, turning away at their sides, leaning in towards the edge."""
    turn = across * across.abs() ** 1.2 * math.radians(50) + _pick(TURNED, tooth, across)
    tip = math.radians(10) * (2 * up - 0.9)
    return torch.stack([turn * (1 - gum), tip * (1 - gum) + 0.15 * gum], -1)


def _gloss(across: Tensor, up: Tensor, tooth: Tensor) -> Tensor:
    """A soft window of light on the lower half of each front tooth, no two alike."""
    middle = 0.12 * torch.sin(2.1 * tooth + 0.6)
    wave = 0.05 * torch.sin(9 * up + tooth)
    window = torch.exp(-(((across - middle - wave) / 0.34) ** 2) - ((up - 0.36) / 0.17) ** 2)
    return window * (0.75 + 0.25 * torch.sin(1.3 * tooth))
