"""The whole way of one face on one picture: plan to pixels."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.pose import Pose, canonical_shape, to_camera
from countenance.edit.ports import Donor, FaceReading, Proposal
from countenance.edit.warp.basis import ExpressionBasis
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.eyes.paint import paint_eyes
from countenance.edit.warp.mouth.paint import paint_mouth
from countenance.edit.warp.scene import Scene, lay
from countenance.edit.warp.skin import Motion, field_digest, lay_skin, skin_of
from countenance.media.tensors import Frames, Shape

LAYERS = (paint_eyes, paint_mouth)
"""Laid over the warped skin in this order."""


def propose_warp(
    pixels: Frames,
    reading: FaceReading,
    pose: Pose,
    plan: Mapping[str, int],
    basis: ExpressionBasis,
    donor: Donor | None = None,
) -> Proposal:
    """Moves and shades one face for a plan in permille; everything outside `reading.head` keeps its bits.

    Deterministic: the same pixels, reading and plan give the same bits. Each frame gets the same field.
    """
    out, touched = pixels.clone(), torch.zeros_like(pixels[:, 0], dtype=torch.bool)
    person = canonical_shape(reading.landmarks, pose)
    moved = displacement(plan, basis, person)
    moved_px = on_picture(moved, pose)
    motion = Motion(person=person, moved=moved, moved_px=moved_px)
    skin = skin_of(pixels[0], reading, motion, plan, basis)
    for frame in range(len(pixels)):
        if skin is not None:
            lay_skin(out[frame], touched[frame], pixels[frame], skin, reading.head)
        scene = Scene(
            picture=pixels[frame],
            landmarks=reading.landmarks,
            person=person,
            moved=moved,
            moved_px=moved_px,
            plan=plan,
            pose=pose,
            basis=basis,
            head=reading.head,
            eye_distance_px=reading.eye_distance_px,
            donor=donor,
        )
        for layer in LAYERS:
            for patch in layer(scene, out[frame]):
                x0, y0, x1, y1 = patch.box
                part, changed = lay(out[frame], patch)
                changed &= reading.head[y0:y1, x0:x1]
                area = out[frame, :, y0:y1, x0:x1]
                area.copy_(torch.where(changed, part, area))
                touched[frame, y0:y1, x0:x1] |= changed
    return Proposal(pixels=out, touched=touched, field_digest=None if skin is None else field_digest(skin.field))


def on_picture(moved: Shape, pose: Pose) -> Float[Tensor, "468 2"]:
    """Canonical displacements as px in the picture."""
    return to_camera(moved @ pose.rotation.T * pose.scale)[:, :2]
