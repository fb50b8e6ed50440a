"""What shows between the lips after they moved, and the lips about it."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER
from countenance.edit.warp.grid import smooth_step
from countenance.edit.warp.mouth.columns import over_u
from countenance.edit.warp.mouth.frame import CORNERS, OUTER_LOWER, OUTER_UPPER, MouthFrame, mouth_frame
from countenance.edit.warp.mouth.interior import paint_interior
from countenance.edit.warp.mouth.layers import PARTED, Lip, lay_lip, lip_flows
from countenance.edit.warp.mouth.rims import contact, lower_edge, upper_edge
from countenance.edit.warp.mouth.seam import Lines, lines_of
from countenance.edit.warp.mouth.shade import skin_light, sky
from countenance.edit.warp.scene import Patch, Scene
from countenance.media.tensors import Image

LEAST_OPENING = 0.004
"""Closed lips that part by less than this (eye distances) are left to the skin."""
LEAST_MOTION = 0.0005
"""And open lips that move by less than this."""
MET = 0.012
"""Lips nearer than this show less and less between them: where the lines found and the landmarks' differ, none."""
OWN, SHARED = 0.03, 0.05
"""Rim of the lips that this layer draws alone, and width over which it gives way to the skin."""


def paint_mouth(scene: Scene, skin: Image) -> Sequence[Patch]:
    """Layers to lay over the warped picture `skin`, in order."""
    frame = mouth_frame(
        scene.landmarks, scene.moved_px, scene.eye_distance_px, (scene.head.shape[0], scene.head.shape[1])
    )
    if frame is None or not _moves(scene):
        return ()
    lines = lines_of(scene.picture, scene.landmarks, frame)
    parting = _parting(scene, frame, lines)
    if lines.shut and float(parting.amax()) < LEAST_OPENING:
        return ()
    apart = over_u(parting, LIPS_UPPER, scene, frame, frame.place(frame.pixels())[..., 0])
    parted = smooth_step(apart / PARTED)
    flows = zip(lip_flows(scene, frame), (True, False), strict=True)
    upper, lower = (lay_lip(scene, frame, lines, flow, parted, upper=side) for flow, side in flows)
    lips = _lips(upper, lower, parted, shut=lines.shut)
    gap = (1 - upper.alpha) * (1 - lower.alpha) * _within(upper, lower, lines)
    gap = gap * smooth_step(apart / MET)
    x0, y0, x1, y1 = frame.box
    lips = lips * skin_light(skin[:, y0:y1, x0:x1], lips, gap, frame)
    _lay_interior(lips, scene, frame, lines, gap)
    return (Patch(box=frame.box, pixels=lips.clamp(0, 1), alpha=_alpha(upper, lower, gap, lines)),)


def _lay_interior(lips: Image, scene: Scene, frame: MouthFrame, lines: Lines, gap: Float[Tensor, "h w"]) -> None:
    """Writes the inside between the lips: only the part of the box in which it is seen is made."""
    rows, columns = gap.amax(1).nonzero()[:, 0], gap.amax(0).nonzero()[:, 0]
    if not len(rows):
        return
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    left, top = frame.box[:2]
    seen = replace(frame, box=(left + x0, top + y0, left + x1, top + y1))
    corners = scene.landmarks[list(CORNERS), :2] + scene.moved_px[list(CORNERS)]
    inside = paint_interior(scene, seen, lines, sky(frame, gap, corners)[y0:y1, x0:x1])
    part = lips[:, y0:y1, x0:x1]
    part.copy_(torch.lerp(part, inside, gap[y0:y1, x0:x1]))


def _moves(scene: Scene) -> bool:
    lips = list({*LIPS_UPPER, *LIPS_LOWER, *OUTER_UPPER, *OUTER_LOWER})
    return bool(scene.moved_px[lips].abs().amax() > LEAST_MOTION * scene.eye_distance_px)


def _lips(upper: Lip, lower: Lip, parted: Float[Tensor, "h w"], *, shut: bool) -> Image:
    """Both lips, the upper over the lower, with the edges that they have now."""
    if shut:
        return torch.lerp(lower_edge(lower, parted), upper_edge(upper, parted), upper.alpha)
    return contact(torch.lerp(lower.colours, upper.colours, upper.alpha), upper, lower, parted)


def _parting(scene: Scene, frame: MouthFrame, lines: Lines) -> Float[Tensor, "11"]:
    """How far apart the lips are after the edit, from corner to corner."""
    upper, lower = list(LIPS_UPPER), list(LIPS_LOWER)
    before = scene.landmarks[:468, :2]
    after = frame.place(before + scene.moved_px)
    gap = after[lower, 1] - after[upper, 1]
    if lines.shut:
        was = frame.place(before)
        gap = gap - (was[lower, 1] - was[upper, 1])
    return gap.clamp_min(0)


def _alpha(upper: Lip, lower: Lip, gap: Float[Tensor, "h w"], lines: Lines) -> Float[Tensor, "h w"]:
    """Where the layer counts: the opening and the rims of the lips, not beyond the corners."""
    rims = torch.where(upper.alpha > 0.5, upper.inside, lower.inside)
    u = torch.where(upper.alpha > 0.5, upper.u, lower.u)
    near = (1 - smooth_step((rims - OWN) / SHARED)) * (1 - smooth_step(_beyond(u, lines) / 0.05))
    return torch.maximum(near, gap)


def _within(upper: Lip, lower: Lip, lines: Lines) -> Float[Tensor, "h w"]:
    """1 between the corners: no opening shows past them, whatever the two fields do there."""
    return 1 - smooth_step(torch.maximum(_beyond(upper.u, lines), _beyond(lower.u, lines)) / 0.015)


def _beyond(u: Float[Tensor, "h w"], lines: Lines) -> Float[Tensor, "h w"]:
    return torch.maximum(lines.first - u, u - lines.last).clamp_min(0)
