"""The inside of an opened mouth: cavity, tongue, lower teeth, upper teeth, in the light of the picture."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.grid import smooth_step
from countenance.edit.warp.jaw import jaw_motion
from countenance.edit.warp.mouth.arch import MM, Seen, View, meet
from countenance.edit.warp.mouth.crowns import LOWER, UPPER, Row, surface
from countenance.edit.warp.mouth.frame import MouthFrame
from countenance.edit.warp.mouth.light import Light
from countenance.edit.warp.scene import Scene
from countenance.media.tensors import Image

BEHIND = 4.6 * MM
"""Face of the upper incisors behind the line of the lips: the thickness of a lip."""
BELOW = 0.8 * MM
"""Edge of the upper incisors below the line of closed lips."""
OVERJET, FREEWAY = 2.5 * MM, 2.8 * MM
"""Lower incisors behind the upper ones, and below their edge where the jaw rests (2 to 4 mm in textbooks)."""
COVERED = 1.5 * MM
"""Edge of the lower incisors above the lower lip of a mouth that is open, at most."""
LOW, RISE, DROPPED = 6.0 * MM, 4.0 * MM, 8.0 * MM
"""The tongue below the edge of the lower incisors; how much nearer when the jaw has dropped, and how far that is."""
FROM_ABOVE = 0.30
CAVITY = (0.045, 0.013, 0.012)
TONGUE = (0.30, 0.10, 0.097)
"""Linear colours over that of a tooth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jaws:
    """Where the two rows are."""

    skull: View
    jaw: View
    upper: Float[Tensor, "3"]
    """Middle of the edge of the upper incisors, canonical, before the jaw turns."""
    lower: Float[Tensor, "3"]


def jaws_of(scene: Scene, frame: MouthFrame, edge_v: Tensor | None = None) -> Jaws:
    """Both rows behind a person's lips, seen in the mouth's frame, so that a head may lean any way.

    `edge_v` is where the edge of the upper incisors is seen; without it, they lie where they do behind closed lips.
    """
    person, pose, unit = scene.person, scene.pose, scene.eye_distance_px
    (x, y), zero = frame.along, torch.zeros_like(frame.along[0])
    level = torch.stack([x, -y, zero, y, x, zero, zero, zero, zero + 1]).reshape(3, 3)
    origin = torch.stack([frame.origin[0], -frame.origin[1], zero])
    turn = level @ pose.rotation.float() * (pose.scale / unit)
    shift = level @ (pose.translation.float() - origin) / unit
    hinge = scene.basis.hinge
    motion = jaw_motion(hinge + torch.eye(3, device=hinge.device), scene.plan, scene.basis).T
    middle = (person[[0, 13, 14, 17], 0].mean() + person[[61, 291], 0].mean()) / 2
    upper = torch.stack([middle, (person[13, 1] + person[14, 1]) / 2 - BELOW, person[13, 2] - BEHIND])
    if edge_v is not None:
        seen = -edge_v - shift[1] - turn[1, 0] * upper[0] - turn[1, 2] * upper[2]
        upper = torch.stack([upper[0], seen / turn[1, 1], upper[2]])
    lower = upper - upper.new_tensor([0, FREEWAY, OVERJET])
    lower[1] = torch.minimum(lower[1], person[14, 1] + COVERED)
    moved = turn + turn @ motion
    return Jaws(
        skull=View(turn=turn, shift=shift),
        jaw=View(turn=moved, shift=shift - turn @ (motion @ hinge)),
        upper=upper,
        lower=lower,
    )


def paint_inside(frame: MouthFrame, jaws: Jaws, light: Light, open_sky: Float[Tensor, "h w"]) -> Image:
    """Linear colours of the inside over the frame's box.

    `open_sky` is how much of the outside each place sees, 0 to 1: it is dark where lips are near.
    """
    at = frame.place(frame.pixels()) * frame.origin.new_tensor([1.0, -1.0])
    soft = max(0.15, 0.6 * light.blur_px / frame.unit_px / MM)
    out = _depths(at, jaws, open_sky)
    for row, view, middle in ((LOWER, jaws.jaw, jaws.lower), (UPPER, jaws.skull, jaws.upper)):
        seen = meet(at, view, middle, row.breadth, row.depth)
        colour, alpha = _lit(row, seen, soft, light, open_sky)
        out = torch.lerp(out, colour, alpha)
    return out * light.tooth[:, None, None]


def _depths(at: Tensor, jaws: Jaws, open_sky: Tensor) -> Image:
    """Cavity, darkest at the back behind the upper teeth, and the tongue in the bow of the lower ones."""
    drop = -((jaws.jaw.turn - jaws.skull.turn) @ jaws.lower + jaws.jaw.shift - jaws.skull.shift)[1]
    rest = jaws.lower - jaws.lower.new_tensor([0, LOW, 14 * MM])
    place = rest + torch.stack([drop * 0, RISE * (drop / DROPPED).clamp(0, 1), drop * 0])
    off = at - (jaws.jaw.turn @ place + jaws.jaw.shift)[:2]
    x, y = off[..., 0] / (23 * MM), off[..., 1] / (9 * MM)
    near = smooth_step(0.75 - y / 3.2)
    dark = at.new_tensor(CAVITY)[:, None, None] * (0.12 + 0.88 * near * open_sky)
    back = 1 - (x**2).clamp(max=1)
    top = 1.15 * back - 0.18 * torch.exp(-((x / 0.16) ** 2)) - 0.35
    under = top - y
    alpha = smooth_step(under / 0.5 + 0.5) * smooth_step((1 - x.abs()) / 0.4)
    slope = (0.22 + 0.78 * smooth_step(under / 1.7)) * (0.35 + 0.65 * back)
    grain = 1 + 0.07 * torch.sin(37 * x + 3 * torch.sin(11 * y)) * torch.sin(29 * y + 2 * torch.sin(17 * x))
    tongue = at.new_tensor(TONGUE)[:, None, None] * (slope * grain * (0.2 + 0.8 * open_sky))
    return torch.lerp(dark, tongue, alpha)


def _lit(row: Row, seen: Seen, soft_mm: float, light: Light, open_sky: Tensor) -> tuple[Image, Tensor]:
    """Linear colours of a row and where it is, darker towards the back and where lips are near."""
    face = surface(row, seen, soft_mm)
    turn = torch.atan2(seen.normal[..., 0], seen.normal[..., 1]) + face.lean[..., 0]
    tip = face.lean[..., 1]
    toward = (torch.sin(turn) * 0.30 * light.side + torch.cos(turn)) * torch.cos(tip) + torch.sin(tip) * FROM_ABOVE
    shade = (0.15 + 0.85 * toward.clamp_min(0)) / (1 + 0.1 * FROM_ABOVE)
    deep = torch.exp(-((seen.back / 17) ** 2)) * (1 if row.up > 0 else 0.72)
    sky = 0.10 + 0.90 * open_sky
    gone = smooth_step(1 - seen.beyond / 2.0)
    colour = face.colour * (shade * deep * sky) + (0.19 * face.gloss * deep * open_sky)
    return colour, face.alpha * gone
