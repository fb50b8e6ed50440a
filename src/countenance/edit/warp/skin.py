"""The skin layer: where skin moves, and how light and dark it gets."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.ports import FaceReading
from countenance.edit.warp.basis import ExpressionBasis
from countenance.edit.warp.field import Field, make_field
from countenance.edit.warp.gain import atlas_gain, look_up, multiplier
from countenance.edit.warp.sample import sample
from countenance.media.tensors import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """What the warp of one face does, on the working grid."""

    field: Field
    factor: Float[Tensor, "3 rows columns"]
    """What to multiply the moved colours by."""


def skin_of(
    reading: FaceReading, moved_px: Float[Tensor, "468 2"], plan: Mapping[str, int], basis: ExpressionBasis
) -> Skin | None:
    """Field and gain for mesh points that move by `moved_px`, or None where nothing moves or shades."""
    atlas = atlas_gain(plan, basis)
    shaded = look_up(atlas, (basis.dense @ basis.mean[:, :2]).T[:, None], basis)[0]
    field = make_field(reading.landmarks, moved_px, shaded, reading.head, reading.eye_distance_px, basis)
    if field is None:
        return None
    return Skin(field=field, factor=multiplier(look_up(atlas, field.place, basis) * field.skin))


def lay_skin(out: Image, touched: Bool[Tensor, "h w"], picture: Image, skin: Skin, head: Bool[Tensor, "h w"]) -> None:
    """Writes the moved and shaded skin into `out`, inside the head, and marks where."""
    x0, y0, x1, y1 = skin.field.box
    part, changed = sample(picture, skin.field, skin.factor)
    changed &= head[y0:y1, x0:x1]
    area = out[:, y0:y1, x0:x1]
    area.copy_(torch.where(changed, part, area))
    touched[y0:y1, x0:x1] |= changed
