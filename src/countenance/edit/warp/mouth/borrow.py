"""The inside of the mouth from another photograph of the same person: their own teeth, where they would be here."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.pose import Pose, canonical_shape, estimate_pose
from countenance.edit.ports import Donor
from countenance.edit.warp.grid import blur
from countenance.edit.warp.mouth.frame import MouthFrame, mouth_frame
from countenance.edit.warp.mouth.inside import BEHIND
from countenance.edit.warp.mouth.keep import INSET, Kept, Opening, lower_part, opening_of, upper_part
from countenance.edit.warp.mouth.light import Light, encoded, light_of, linear, skin_colour
from countenance.edit.warp.mouth.seam import SAMPLES, Lines, lines_of
from countenance.edit.warp.scene import Scene
from countenance.media.tensors import Image, Shape

CHIN = (152, 148, 377, 175)
BY_SKIN = 0.6
"""Weight of the skin, the same person's in both pictures, against the white of the eye in the ratio of light."""
MOST_GAIN = 3.0
TINT = 0.25
"""Share of the ratio's colour that teeth get: make-up and a flush change skin, not teeth."""
MOST_LIFT = 0.07
"""How far (eye distances) borrowed teeth are lifted, at most, to reach a lip that stands higher over them here: poses
are known to about this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """An open mouth with teeth in another picture."""

    picture: Image
    frame: MouthFrame
    lines: Lines
    opening: Opening
    pose: Pose
    person: Shape
    edge: Float[Tensor, "3"]
    """Middle of the edge of the upper teeth, canonical."""
    gain: Float[Tensor, "3"]
    """Light here over light there, per colour, linear."""


def loan_of(scene: Scene, light: Light) -> Loan | None:
    """What the donor can lend, or None: no donor, or its mouth is closed or shows no teeth."""
    donor = scene.donor
    if donor is None:
        return None
    picture, points = donor.pixels[0], donor.reading.landmarks
    still = torch.zeros_like(scene.moved_px)
    frame = mouth_frame(points, still, donor.reading.eye_distance_px, (picture.shape[1], picture.shape[2]))
    lines = None if frame is None else lines_of(picture, points, frame)
    if frame is None or lines is None or lines.shut:
        return None
    opening = opening_of(picture, frame, lines)
    if opening.tooth is None:
        return None
    pose = estimate_pose(points, scene.basis.mean, scene.basis.stable)
    person = canonical_shape(points, pose)
    u = (lines.first + lines.last) / 2
    at = frame.origin + frame.unit_px * (u * frame.along + opening.edge[SAMPLES // 2] * frame.down)
    return Loan(
        picture=picture,
        frame=frame,
        lines=lines,
        opening=opening,
        pose=pose,
        person=person,
        edge=_canonical(at, pose, person[13, 2] - BEHIND),
        gain=_gain(scene, donor, light),
    )


def borrowed(loan: Loan, scene: Scene, frame: MouthFrame, under: Float[Tensor, "h w"]) -> tuple[Kept, ...]:
    """The donor's inside over the box of `frame`: lower part, then upper part, both where this face would have them.

    Upper teeth keep their place in the skull, lower ones in the jaw: the motion of the chin between the two pictures,
    and of the edit, is theirs. `under` is how far each place lies below the upper lip after the edit.
    """
    chin = list(CHIN)
    drop = (scene.person + scene.moved)[chin].mean(0) - loan.person[chin].mean(0)
    scale = _plane(loan.pose) @ torch.linalg.inv(_plane(scene.pose))
    picture = _as_coarse(loan.picture, loan.frame, float(torch.linalg.det(scale).abs().sqrt()))
    here = frame.pixels() - _lift(loan, scene, frame, scale)

    def places(motion: Float[Tensor, "3"]) -> Float[Tensor, "h w 2"]:
        off: Tensor = (here - on_picture(loan.edge + motion, scene.pose)) @ scale.T
        return on_picture(loan.edge, loan.pose) + off

    what = (picture, loan.frame, loan.lines, loan.opening)
    lower = lower_part(*what, places(drop * drop.new_tensor([0.0, 1.0, 1.0])))
    upper = upper_part(*what, places(torch.zeros_like(drop)), under)
    return tuple(Kept(pixels=_lit(part.pixels, loan.gain), alpha=part.alpha) for part in (lower, upper))


def _lit(pixels: Image, gain: Float[Tensor, "3"]) -> Image:
    return encoded(linear(pixels) * gain[:, None, None])


def _lift(loan: Loan, scene: Scene, frame: MouthFrame, scale: Float[Tensor, "2 2"]) -> Float[Tensor, "2"]:
    """Px by which the donor's upper lip must rise so that no more than its teeth are laid bare here."""
    u = (loan.lines.first + loan.lines.last) / 2
    v = loan.lines.upper[SAMPLES // 2]
    line = loan.frame.origin + loan.frame.unit_px * (u * loan.frame.along + v * loan.frame.down)
    there = on_picture(loan.edge, scene.pose) + torch.linalg.inv(scale) @ (line - on_picture(loan.edge, loan.pose))
    here = scene.landmarks[13, :2] + scene.moved_px[13]
    short = (frame.place(there)[1] + INSET - frame.place(here)[1]).clamp(0, MOST_LIFT)
    return -short * frame.unit_px * frame.down


def _as_coarse(picture: Image, frame: MouthFrame, scale: float) -> Image:
    """The donor's mouth without detail that this picture has no pixels for."""
    if scale < 1.2:
        return picture
    x0, y0, x1, y1 = frame.box
    out = picture.clone()
    out[:, y0:y1, x0:x1] = blur(picture[:, y0:y1, x0:x1], 0.5 * (scale**2 - 1) ** 0.5)
    return out


def _gain(scene: Scene, donor: Donor, light: Light) -> Float[Tensor, "3"]:
    there = light_of(donor.pixels[0], donor.reading.landmarks, donor.reading.eye_distance_px)
    eye = light.white / there.white.clamp_min(1e-3)
    skin = skin_colour(scene.picture, scene.landmarks) / skin_colour(
        donor.pixels[0], donor.reading.landmarks
    ).clamp_min(1e-3)
    both = (eye.clamp_min(1e-3) ** (1 - BY_SKIN) * skin.clamp_min(1e-3) ** BY_SKIN).clamp(1 / MOST_GAIN, MOST_GAIN)
    level = both.log().mean().exp()
    return level * (both / level) ** TINT


def _plane(pose: Pose) -> Float[Tensor, "2 2"]:
    """Px on the picture per canonical x, y of a plane that faces forward."""
    flip = pose.rotation.new_tensor([[1.0], [-1.0]])
    return (pose.rotation[:2, :2] * flip * pose.scale).float()


def on_picture(point: Float[Tensor, "3"], pose: Pose) -> Float[Tensor, "2"]:
    """Px of a canonical point."""
    camera = pose.scale * (pose.rotation.float() @ point) + pose.translation.float()
    return camera[:2] * camera.new_tensor([1.0, -1.0])


def _canonical(at: Float[Tensor, "2"], pose: Pose, depth: Tensor) -> Float[Tensor, "3"]:
    """The canonical point at px `at` whose z is `depth`."""
    zero = torch.stack([depth * 0, depth * 0, depth])
    off = torch.linalg.solve(_plane(pose), at - on_picture(zero, pose))
    return torch.cat([off, depth[None]])
