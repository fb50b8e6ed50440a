"""One eye on the picture: where each pixel lies against the rims of its lids, before and after they moved."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.ports import Box
from countenance.edit.warp.eyes.rims import Rims
from countenance.edit.warp.scene import Scene

AROUND = (0.16, 0.34, 0.24)
"""Margins of the box beside, above and below the rims, in inter-ocular units."""
Grid = Float[Tensor, "h w"]
Points = Float[Tensor, "n 2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """An eye's box, and each of its pixels in the eye's own frame. Lengths are px, positive depths lie in the eye."""

    rims: Rims
    box: Box
    unit: float
    """px of an inter-ocular unit."""
    axis: tuple[float, float]
    """Direction from the left corner to the right one on the picture; down is at right angles to it."""
    along: Grid
    """0 at the left corner, 1 at the right one."""
    under_upper: Grid
    """Distance below the upper rim, after."""
    over_lower: Grid
    """Distance above the lower rim, after."""
    under_upper_before: Grid
    over_lower_before: Grid
    below_rim: Grid
    """Height below the upper rim, after, in this column: unlike a distance it does not lean at the corners."""
    lowered: Grid
    """How far the upper rim came down in this column; near the corners as much as a little way inside them."""
    fold: Grid
    """Distance of the fold over the upper rim, after, in this column."""
    fold_before: Grid
    gap: Grid
    """Height of the opening in this column, after."""
    gap_before: Grid
    span: float
    """Length from corner to corner."""


def eye_frame(scene: Scene, rims: Rims) -> Eye | None:
    """The eye, or None where its lids keep still or it lies outside the picture."""
    points = [*rims.upper, *rims.lower]
    if float(scene.moved_px[points].abs().amax()) < STILL_PX:
        return None
    before = scene.landmarks[:468, :2]
    after = before + scene.moved_px
    box = _box(torch.cat([before[points], after[points]]), scene)
    chord = after[rims.upper[-1]] - after[rims.upper[0]]
    span = float(chord.norm())
    if box is None or span < LEAST_SPAN * scene.pose.scale:
        return None
    axis = (float(chord[0]) / span, float(chord[1]) / span)
    origin = after[rims.upper[0]]
    table = _table(before, after, rims, origin, axis, span)
    x, y = _in_frame(box, origin, axis)
    upper, lower, upper0, lower0, *lean, lowered, fold, fold0 = _look_up(table, x / span)
    return Eye(
        rims=rims,
        box=box,
        unit=scene.pose.scale,
        axis=axis,
        along=x / span,
        under_upper=(y - upper) * lean[0],
        over_lower=(lower - y) * lean[1],
        under_upper_before=(y - upper0) * lean[2],
        over_lower_before=(lower0 - y) * lean[3],
        below_rim=y - upper,
        lowered=lowered,
        fold=fold,
        fold_before=fold0,
        gap=(lower - upper).clamp_min(0),
        gap_before=(lower0 - upper0).clamp_min(0),
        span=span,
    )


STILL_PX = 0.02
"""Lids that move less keep still."""
LEAST_SPAN = 0.15
"""Shorter eyes, seen from the side, are left alone."""
SAMPLES = 512
BEYOND = 0.1
"""How far beyond the corners the curves are tabled, in lengths of the eye."""
CORNER = 0.15
"""Share of the eye's length that counts as corner."""


def _box(points: Points, scene: Scene) -> Box | None:
    beside, above, below = (m * scene.pose.scale for m in AROUND)
    height, width = scene.picture.shape[1:]
    low, high = points.amin(0).tolist(), points.amax(0).tolist()
    x0, y0 = max(0, math.floor(low[0] - beside)), max(0, math.floor(low[1] - above))
    x1, y1 = min(width, math.ceil(high[0] + beside)), min(height, math.ceil(high[1] + below))
    return (x0, y0, x1, y1) if x1 - x0 > 2 and y1 - y0 > 2 else None


def _in_frame(box: Box, origin: Float[Tensor, "2"], axis: tuple[float, float]) -> tuple[Grid, Grid]:
    x0, y0, x1, y1 = box
    dx = torch.arange(x0, x1, device=origin.device) + 0.5 - origin[0]
    dy = (torch.arange(y0, y1, device=origin.device) + 0.5 - origin[1])[:, None]
    return dx * axis[0] + dy * axis[1], dy * axis[0] - dx * axis[1]


def _table(
    before: Points, after: Points, rims: Rims, origin: Float[Tensor, "2"], axis: tuple[float, float], span: float
) -> Float[Tensor, "rows samples"]:
    """Curves over the eye's axis, from a little way beyond one corner to as far beyond the other.

    Rows: heights of the four rims; shares of a height that are distance from them; how far the upper rim came down;
    height of the fold over it, after and before.
    """
    over = rims.fold[1:-1]  # the outermost two lie beyond the corners
    lines = [(after, rims.upper), (after, rims.lower), (before, rims.upper), (before, rims.lower)]
    lines += [(after, over), (before, over)]
    at = torch.linspace(-BEYOND, 1 + BEYOND, SAMPLES, device=before.device) * span
    height = torch.stack([_curve(points[list(line)] - origin, axis, at) for points, line in lines])
    slope = torch.gradient(height[:4], spacing=float(at[1] - at[0]), dim=1)[0]
    inner = (torch.linspace(-BEYOND, 1 + BEYOND, SAMPLES, device=before.device).clamp(CORNER, 1 - CORNER) + BEYOND) * (
        (SAMPLES - 1) / (1 + 2 * BEYOND)
    )
    near = height[:, inner.round().long()]
    ways = torch.stack([near[0] - near[2], (near[0] - near[4]).clamp_min(0), (near[2] - near[5]).clamp_min(0)])
    return torch.cat([height[:4], 1 / torch.sqrt(1 + slope**2), ways])


def _curve(offset: Points, axis: tuple[float, float], at: Float[Tensor, "samples"]) -> Float[Tensor, "samples"]:
    """Heights of a smooth line (cubic Hermite with finite differences) through points; level beyond its ends."""
    x = offset[:, 0] * axis[0] + offset[:, 1] * axis[1]
    y = offset[:, 1] * axis[0] - offset[:, 0] * axis[1]
    least = 1e-3 * (x[-1] - x[0]).abs().clamp_min(1.0)
    ramp = torch.arange(len(x), device=x.device) * least
    x = torch.cummax(x - ramp, 0).values + ramp
    wide = x[1:] - x[:-1]
    slope = (y[1:] - y[:-1]) / wide
    middle = (slope[:-1] * wide[1:] + slope[1:] * wide[:-1]) / (wide[1:] + wide[:-1])
    tangent = torch.cat([2 * slope[:1] - middle[:1], middle, 2 * slope[-1:] - middle[-1:]])
    within = torch.minimum(torch.maximum(at, x[0]), x[-1])
    left = (torch.searchsorted(x, within, right=True) - 1).clamp(0, len(x) - 2)
    t = (within - x[left]) / wide[left]
    a, b = tangent[left] * wide[left], tangent[left + 1] * wide[left]
    rise = a * (t**3 - 2 * t**2 + t) + b * (t**3 - t**2)
    return y[left] * (2 * t**3 - 3 * t**2 + 1) + y[left + 1] * (3 * t**2 - 2 * t**3) + rise


def _look_up(table: Float[Tensor, "rows samples"], along: Grid) -> Float[Tensor, "rows h w"]:
    place = ((along + BEYOND) * ((SAMPLES - 1) / (1 + 2 * BEYOND))).clamp(0, SAMPLES - 1.001)
    left = place.long()
    return torch.lerp(table[:, left], table[:, left + 1], place - left)
