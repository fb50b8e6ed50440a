"""From moved mesh points to where each pixel of the face comes from."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as nn
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.warp.basis import ExpressionBasis
from countenance.edit.warp.grid import blur, fill
from countenance.edit.warp.head import FADE, fade
from countenance.edit.warp.raster import rasterise
from countenance.media.tensors import Landmarks

GRID_PX = 640
"""Longest side of the working grid."""
LEAST_PX = 0.02
"""Shorter displacements count as none."""
Points = Float[Tensor, "points 2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Where pixels come from, on a grid over a part of the picture."""

    box: tuple[int, int, int, int]
    """The part: x0, y0, x1, y1 in px, half open."""
    cell_px: int
    """Side of a cell of the grid; cells beyond the right and lower edge of the box hang over."""
    flow: Float[Tensor, "2 rows columns"]
    """Where to sample, minus where to write, in px of the picture."""
    place: Float[Tensor, "2 rows columns"]
    """Canonical x, y of the skin that comes to lie here."""
    skin: Float[Tensor, "rows columns"]
    """Share of gain that applies: 0 outside the head, in the eyes and between the lips."""
    light: Float[Tensor, "rows columns"]
    """Log gain of skin that turns."""


def make_field(
    landmarks: Landmarks,
    moved: Float[Tensor, "468 2"],
    shaded: Float[Tensor, "dense"],
    light: Float[Tensor, "dense"],
    head: Bool[Tensor, "h w"],
    eye_distance_px: float,
    basis: ExpressionBasis,
) -> Field | None:
    """The field for mesh points that move by `moved` px, or None where nothing moves and no skin is `shaded`.

    The fine mesh is drawn at its new place with its way back as value; holes (eyes, mouth) take the motion of their
    rims, and all motion fades to nothing at the rim of the head, so that hair and background keep still.
    """
    fine = basis.dense @ landmarks[:468]
    way = basis.dense @ moved
    box = active_box(fine[:, :2], way, shaded, head.shape, 0.12 * eye_distance_px)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    cell = max(1, math.ceil(max(x1 - x0, y1 - y0) / GRID_PX))
    cells = (math.ceil((y1 - y0) / cell), math.ceil((x1 - x0) / cell))
    at = (fine[:, :2] + way - fine.new_tensor([x0, y0])) / cell
    place = basis.dense @ basis.mean[:, :2]
    values, covered = rasterise(at, fine[:, 2], basis.triangles, torch.cat([-way, place, light[:, None]], 1), cells)
    values = fill(values, covered)
    unit = eye_distance_px / cell
    kept = fade(_on_grid(head, box, cell, cells), FADE * unit)
    skin = blur(covered[None].float(), max(0.6, 0.012 * unit))[0]
    return Field(
        box=box,
        cell_px=cell,
        flow=blur(values[:2], 1.0) * kept,
        place=values[2:4],
        skin=kept * (2 * skin - 1).clamp(0, 1),
        light=blur(values[4:], max(1.0, 0.02 * unit))[0],
    )


def _on_grid(
    head: Bool[Tensor, "h w"], box: tuple[int, int, int, int], cell_px: int, cells: tuple[int, int]
) -> Float[Tensor, "rows columns"]:
    """1 in cells of which every pixel belongs to the head."""
    x0, y0, x1, y1 = box
    part = head[None, y0:y1, x0:x1].float()
    part = nn.pad(part, (0, cells[1] * cell_px - (x1 - x0), 0, cells[0] * cell_px - (y1 - y0)))
    return -nn.max_pool2d(-part, cell_px)[0]


def active_box(
    fine: Points, way: Points, shaded: Float[Tensor, "dense"], size: tuple[int, ...], margin_px: float
) -> tuple[int, int, int, int] | None:
    """The part of the picture in which points move or skin changes, with a margin, or None."""
    active = (way.abs().amax(1) > LEAST_PX) | (shaded.abs() > 1e-3)
    if not bool(active.any()):
        return None
    places = torch.cat([fine[active], fine[active] + way[active]])
    low = (places.amin(0) - margin_px).floor().long().tolist()
    high = (places.amax(0) + margin_px).ceil().long().tolist()
    box = (max(0, low[0]), max(0, low[1]), min(size[1], high[0]), min(size[0], high[1]))
    return box if box[0] < box[2] and box[1] < box[3] else None
