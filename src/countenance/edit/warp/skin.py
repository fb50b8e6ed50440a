"""The skin layer: where skin moves, and how light and dark it gets."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.core import digest
from countenance.edit.ports import FaceReading
from countenance.edit.warp.basis import ExpressionBasis
from countenance.edit.warp.creases import log_light, own_gain
from countenance.edit.warp.field import Field, make_field
from countenance.edit.warp.gain import atlas_folds, atlas_gain, broad, look_up, multiplier
from countenance.edit.warp.light import turned_light
from countenance.edit.warp.sample import sample
from countenance.media.tensors import Image, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """What the warp of one face does, on the working grid."""

    field: Field
    factor: Float[Tensor, "3 rows columns"]
    """What to multiply the moved colours by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Where the mesh points of one face go."""

    person: Shape
    """The face without pose, canonical frame."""
    moved: Shape
    """Displacement in the canonical frame."""
    moved_px: Float[Tensor, "468 2"]
    """The same on the picture."""


def skin_of(
    picture: Image, reading: FaceReading, motion: Motion, plan: Mapping[str, int], basis: ExpressionBasis
) -> Skin | None:
    """Field and gain for a plan in permille on one face, or None where nothing moves or shades.

    Light and folds are read from `picture`, which is the picture before the edit.
    """
    atlas, folds = atlas_gain(plan, basis), atlas_folds(plan, basis)
    maps = torch.stack([broad(atlas), atlas, folds])
    shaded = look_up(maps, (basis.dense @ basis.mean[:, :2]).T[:, None], basis)[:, 0].abs().amax(0)
    light = turned_light(picture, reading.landmarks, motion.person, motion.moved, basis)
    unit_px = reading.eye_distance_px
    field = make_field(reading.landmarks, motion.moved_px, shaded, light, reading.head, unit_px, basis)
    if field is None:
        return None
    wide, drawn, turned = look_up(maps, field.place, basis).unbind(0)
    own, strength = own_gain(log_light(picture, field), turned, unit_px / field.cell_px, field)
    gain = wide + (drawn - wide) * strength + own + field.light
    return Skin(field=field, factor=multiplier(gain * field.skin))


def lay_skin(out: Image, touched: Bool[Tensor, "h w"], picture: Image, skin: Skin, head: Bool[Tensor, "h w"]) -> None:
    """Writes the moved and shaded skin into `out`, inside the head, and marks where."""
    for (x0, y0, x1, y1), part, changed in sample(picture, skin.field, skin.factor):
        here = changed & head[y0:y1, x0:x1]
        area = out[:, y0:y1, x0:x1]
        area.copy_(torch.where(here, part, area))
        touched[y0:y1, x0:x1] |= here


def field_digest(field: Field) -> str:
    """Digest of the displacement field: its box and cell as text, then float32 px, little endian, x then y by rows."""
    head = f"countenance.field/1 {' '.join(map(str, field.box))} {field.cell_px} {tuple(field.flow.shape[1:])}\0"
    flow = np.ascontiguousarray(field.flow.cpu().numpy(), dtype="<f4")
    return digest.of_file(head.encode() + flow.tobytes())
