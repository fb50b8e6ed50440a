"""The signs of change between two readings of one face: what action units are read from, blind to what was asked."""

from collections.abc import Sequence

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.crops import Matrices
from countenance.edit.face.pose import Pose
from countenance.edit.face.view import VIEW_PX, to_picture, to_view
from countenance.edit.motion import register
from countenance.edit.ports import FaceReading
from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER
from countenance.errors import EngineError
from countenance.media.tensors import Flow, Image

MOUTH = (
    *(0, 11, 12, 13, 14, 15, 16, 17, 18, 37, 39, 40, 61, 78, 80, 81, 82, 84, 87, 88, 91, 95, 146, 148, 152, 176, 178),
    *(181, 185, 191, 199, 200, 267, 269, 270, 291, 308, 310, 311, 312, 314, 317, 318, 321, 324, 375, 377, 400, 402),
    *(405, 409, 415),
)
"""Points of lips and chin, where the landmark network sees well and registration may meet teeth instead of lips."""
ROWS = 28
SIGNS = 2 * (468 + len(MOUTH)) + ROWS + 1
"""The last one is how far the lips are apart in the more open of the two readings, in eye distances: no sign of a
change, but it says how the others are to be read."""
STILL = (133, 362, 6, 168, 2, 94, 127, 356, 234, 454)
"""Mesh points that no unit moves much: inner corners of the eyes, bridge and base of the nose, by the ears."""
STILLEST = (133, 362, 127, 356, 234, 454)
"""Those of them that no unit moves at all: inner corners of the eyes, by the ears."""
_LIDS = (  # right eye, left eye: upper rim, lower rim, corners left out
    ((246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155)),
    ((466, 388, 387, 386, 385, 384, 398), (249, 390, 373, 374, 380, 381, 382)),
)
_INSIDE = (0.1, 0.3, 0.5, 0.7, 0.9)  # of the way from the upper rim to the lower
_ABOVE, _BELOW = (0.02, 0.04, 0.06), (0.02, 0.04)  # beyond the rims, eye distances
_LIP_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
_LIP_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
_LIPS: tuple[tuple[Sequence[int], Sequence[int]], ...] = ((_LIP_UPPER, LIPS_UPPER), (_LIP_LOWER, LIPS_LOWER))
_LIP_ROWS = (0.3, 0.75)  # of the way from the outer line to the inner
_RIMS = (*LIPS_UPPER[1:-1], *LIPS_LOWER[1:-1])
_BEHIND = (*_LIP_UPPER[1:-1], *_LIP_LOWER[1:-1])
BEHIND = 0.3
"""How far into the lip its rim is looked for: closed lips meet there, and one place cannot move two ways."""
CLOSED, APART = 0.02, 0.05
"""Distance of the lips, in eye distances, up to which they count as closed, and from which as apart: what lies between
them is then new, and what moved is told in another way."""
_GAP = ((82, 13, 312), (87, 14, 317))  # middle of the inner lips, upper and lower
_UPPER = (*_LIP_UPPER, *LIPS_UPPER, 11, 12)
_LOWER = (*_LIP_LOWER, *LIPS_LOWER, 15, 16, 18, 148, 152, 176, 199, 200, 377, 400)
HINT_STEP_PX = 2
HINT_REACH_PX = 5.0
_HALVES = (slice(1, 5), slice(6, 10))  # image left, which is the person's right, and image right
_ROUND_LIPS = (18, 83, 313, 164, 167, 393)


def signs_of_change(
    before: FaceReading, after: FaceReading, pose: Pose, views: tuple[Matrices, Matrices]
) -> Float[Tensor, " signs"]:
    """Everything that readers weigh, in one row.

    First the motion of the mesh points in the canonical frame (x, y), by registration of the two views; then that of
    `MOUTH` by the landmarks of the two readings; then, for each row over eyes and lips, how far the skin covers them.

    Args:
        before: reading with its view.
        after: reading of the changed picture with its view.
        pose: of the reading before.
        views: maps of the two views into the picture.

    Raises:
        EngineError: a reading has no view.
    """
    one, two = _view(before), _view(after)
    moved = registered(before, after, views)
    mesh = canonical_motion(moved, pose)
    marked = canonical_motion((after.landmarks - before.landmarks)[list(MOUTH), :2], pose)
    return torch.cat(
        [mesh.reshape(-1), marked.reshape(-1), _rows(before, one, two, views, moved), _apart(before, after)]
    )


def canonical_motion(moved_px: Float[Tensor, "n 2"], pose: Pose) -> Float[Tensor, "n 2"]:
    """Motion on the picture (px, y down) in the canonical frame (inter-ocular units, x right, y up).

    Both readings are of one picture, so there is no camera to take out. Depth is not believed: what was seen in the
    picture is taken as the projection of motion in the plane of the face.
    """
    seen = moved_px * moved_px.new_tensor([1.0, -1.0]) / pose.scale
    level: Tensor = torch.linalg.solve(pose.rotation[:2, :2], seen.T)
    return level.T


def lips_apart(gap: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """0 with closed lips, 1 with lips apart, of the last sign."""
    return ((gap - CLOSED) / (APART - CLOSED)).clamp(0, 1)


def _apart(*readings: FaceReading) -> Float[Tensor, "1"]:
    gaps = [
        (reading.landmarks[list(_GAP[0]), :2] - reading.landmarks[list(_GAP[1]), :2]).norm(dim=1).mean()
        / reading.eye_distance_px
        for reading in readings
    ]
    return torch.stack(gaps).amax(0, keepdim=True)


def _view(reading: FaceReading) -> Image:
    if reading.view is None:
        raise EngineError("a reading without its view cannot be compared", hint="read the face again")
    return reading.view


def registered(before: FaceReading, after: FaceReading, views: tuple[Matrices, Matrices]) -> Float[Tensor, "468 2"]:
    """Motion of the mesh points on the picture, px, by registration of the two views."""
    one, two = _view(before), _view(after)
    steps = torch.arange(VIEW_PX, device=one.device, dtype=one.dtype) + 0.5
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    places = torch.stack([x, y], -1).reshape(-1, 2)
    still = (to_view(to_picture(places, views[0]), views[1]) - places).T.reshape(2, VIEW_PX, VIEW_PX)
    flow = register(one, two, still, _hint(before, after, views, still))
    at = before.landmarks[:468, :2]
    here = to_view(at, views[0])
    there = here.clone()
    there[list(_RIMS)] = torch.lerp(here[list(_RIMS)], here[list(_BEHIND)], BEHIND)
    return to_picture(here + _sample(flow, there).T, views[1]) - at


def _hint(
    before: FaceReading, after: FaceReading, views: tuple[Matrices, Matrices], still: Flow
) -> tuple[Flow, Float[Tensor, "h w"]]:
    """Where the landmarks say that lips and chin went, smoothed over the view, and how far to believe it at each place.

    It counts near a landmark, and only where the lips are apart: between closed lips registration sees better.

    Above the line where the lips meet only what lies above it counts, and below it only what lies below.
    """
    here = to_view(before.landmarks[:468, :2], views[0])
    moved = to_view(after.landmarks[:468, :2], views[1]) - here - _sample(still, here).T
    steps = torch.arange(0, VIEW_PX, HINT_STEP_PX, device=here.device, dtype=here.dtype) + HINT_STEP_PX / 2
    seam = _seam((here[list(LIPS_UPPER)] + here[list(LIPS_LOWER)]) / 2, steps)
    layers = []
    for points in (_UPPER, _LOWER):
        apart = (steps[:, None] - here[list(points)].T[:, None]).square()
        near = torch.exp(-(apart[1][:, None] + apart[0][None]) / (2 * HINT_REACH_PX**2))
        summed = near.sum(-1)
        flow = (near @ moved[list(points)]).permute(2, 0, 1) / summed.clamp_min(1e-6)
        layers.append(torch.cat([flow, (summed / (summed + 0.3))[None]]))
    hint = torch.where(steps[:, None] < seam, layers[0], layers[1])
    hint = nn.interpolate(hint[None], (VIEW_PX, VIEW_PX), mode="bilinear", align_corners=False)[0]
    return still + hint[:2], hint[2] * lips_apart(_apart(before, after)[0])


def _seam(line: Float[Tensor, "n 2"], at: Float[Tensor, " m"]) -> Float[Tensor, " m"]:
    """Height of the line, its points from left to right, at each place across; level beyond its ends."""
    x, y = line[:, 0].contiguous(), line[:, 1]
    after = torch.searchsorted(x, at).clamp(1, len(x) - 1)
    t = ((at - x[after - 1]) / (x[after] - x[after - 1]).clamp_min(1e-6)).clamp(0, 1)
    return torch.lerp(y[after - 1], y[after], t)


def whole_motion(at: Float[Tensor, "n 2"], moved: Float[Tensor, "n 2"]) -> Float[Tensor, "3 2"]:
    """The shift, turn and scaling that mesh points which no muscle moves went through: `moved = [x, y, 1] @ found`."""
    x, y = at[list(STILL)].double().T
    one, none = torch.ones_like(x), torch.zeros_like(x)
    rows = torch.cat([torch.stack([x, -y, one, none], 1), torch.stack([y, x, none, one], 1)])
    a, b, right, down = torch.linalg.lstsq(rows, moved[list(STILL)].double().T.reshape(-1, 1)).solution[:, 0]
    return torch.stack([torch.stack([a, b]), torch.stack([-b, a]), torch.stack([right, down])]).to(at)


def _rows(
    before: FaceReading, one: Image, two: Image, views: tuple[Matrices, Matrices], moved: Float[Tensor, "468 2"]
) -> Float[Tensor, "28"]:
    """How far skin covers, or uncovers, what a row over the eyes or lips showed before: 0 as before, 1 all skin."""
    points, unit = before.landmarks[:, :2], before.eye_distance_px
    whole = whole_motion(points[:468], moved)
    down = points[[468, 473]].mean(0) - points[[13, 14]].mean(0)
    down = -down / down.norm().clamp_min(1e-6) * unit

    def colours(at: Tensor) -> tuple[Tensor, Tensor]:
        there = at + torch.cat([at, torch.ones_like(at[:, :1])], 1) @ whole
        return _sample(one, to_view(at, views[0])), _sample(two, to_view(there, views[1]))

    found: list[Tensor] = []
    for upper, lower in _LIDS:
        top, bottom = points[list(upper)], points[list(lower)]
        skin = colours(top - 0.05 * down)[0].mean(1, keepdim=True)
        eye = colours((top + bottom) / 2)[0].mean(1, keepdim=True)
        found += [_share(colours(top + (bottom - top) * t), skin) for t in _INSIDE]
        found += [_share(colours(top - down * t), eye) for t in _ABOVE]
        found += [_share(colours(bottom + down * t), eye) for t in _BELOW]
    skin = colours(points[list(_ROUND_LIPS)])[0].mean(1, keepdim=True)
    for half in _HALVES:
        for outer, inner in _LIPS:
            rim, gap = points[list(outer[half])], points[list(inner[half])]
            found += [_share(colours(rim + (gap - rim) * t), skin) for t in _LIP_ROWS]
    return torch.stack(found)


def _share(colours: tuple[Float[Tensor, "3 n"], Float[Tensor, "3 n"]], aim: Float[Tensor, "3 1"]) -> Float[Tensor, ""]:
    """How far the colours went from what they were to the aim, least squares over the row."""
    way = aim - colours[0]
    return ((colours[1] - colours[0]) * way).sum() / way.square().sum().clamp_min(1e-3)


def _sample(maps: Float[Tensor, "c h w"], at: Float[Tensor, "n 2"]) -> Float[Tensor, "c n"]:
    grid = at * 2 / VIEW_PX - 1
    found = nn.grid_sample(maps[None], grid[None, None], padding_mode="border", align_corners=False)
    return found[0, :, 0]
