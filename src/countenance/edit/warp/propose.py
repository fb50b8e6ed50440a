"""The whole way of one face on one picture: plan to pixels."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.pose import Pose, canonical_shape, to_camera
from countenance.edit.ports import FaceReading, Proposal
from countenance.edit.warp.basis import ExpressionBasis
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.field import make_field
from countenance.edit.warp.gain import atlas_gain, look_up, multiplier
from countenance.edit.warp.sample import sample
from countenance.media.tensors import Frames, Shape


def propose_warp(
    pixels: Frames, reading: FaceReading, pose: Pose, plan: Mapping[str, int], basis: ExpressionBasis
) -> Proposal:
    """Moves and shades the skin of one face for a plan in permille; everything outside `reading.head` keeps its bits.

    Deterministic: the same pixels, reading and plan give the same bits. Each frame gets the same field.
    """
    out, touched = pixels.clone(), torch.zeros_like(pixels[:, 0], dtype=torch.bool)
    moved = displacement(plan, basis, canonical_shape(reading.landmarks, pose))
    atlas = atlas_gain(plan, basis)
    shaded = look_up(atlas, (basis.dense @ basis.mean[:, :2]).T[:, None], basis)[0]
    eyes = reading.eye_distance_px
    field = make_field(reading.landmarks, on_picture(moved, pose), shaded, reading.head, eyes, basis)
    if field is None:
        return Proposal(pixels=out, touched=touched)
    factor = multiplier(look_up(atlas, field.place, basis) * field.skin)
    x0, y0, x1, y1 = field.box
    for frame in range(len(pixels)):
        part, changed = sample(pixels[frame], field, factor)
        changed &= reading.head[y0:y1, x0:x1]
        area = out[frame, :, y0:y1, x0:x1]
        area.copy_(torch.where(changed, part, area))
        touched[frame, y0:y1, x0:x1] = changed
    return Proposal(pixels=out, touched=touched)


def on_picture(moved: Shape, pose: Pose) -> Float[Tensor, "468 2"]:
    """Canonical displacements as px in the picture."""
    return to_camera(moved @ pose.rotation.T * pose.scale)[:, :2]
