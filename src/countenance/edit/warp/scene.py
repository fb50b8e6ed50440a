"""What every layer over the warped skin is given, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.face.pose import Pose
from countenance.edit.ports import Box, Donor
from countenance.edit.warp.basis import ExpressionBasis
from countenance.media.tensors import Image, Landmarks, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One face of one frame, and where its points go."""

    picture: Image
    """The frame before the edit, [0, 1]."""
    landmarks: Landmarks
    """Face points before, px."""
    person: Shape
    """The same points without pose, canonical frame."""
    moved: Shape
    """Displacement of the mesh points in the canonical frame."""
    moved_px: Float[Tensor, "468 2"]
    """The same on the picture, px."""
    plan: Mapping[str, int]
    """Unit to permille change."""
    pose: Pose
    basis: ExpressionBasis
    head: Bool[Tensor, "h w"]
    """Where this face may change."""
    eye_distance_px: float
    donor: Donor | None
    """Another picture of the same person to borrow from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Something to lay over a part of the picture."""

    box: Box
    """The part, px."""
    pixels: Image
    """What to lay there, [0, 1], of the part's size."""
    alpha: Float[Tensor, "h w"]
    """How much of it, [0, 1]; 0 keeps the bits that are there."""


def lay(picture: Image, patch: Patch) -> tuple[Image, Bool[Tensor, "h w"]]:
    """The part of the picture with the patch over it, and where it changed."""
    x0, y0, x1, y1 = patch.box
    under = picture[:, y0:y1, x0:x1]
    covered = patch.alpha > 0
    return torch.where(covered, torch.lerp(under, patch.pixels, patch.alpha).clamp(0, 1), under), covered
