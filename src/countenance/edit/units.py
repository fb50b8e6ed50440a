"""What one picture says of a face's expression: action units already present, and whether teeth show."""

from collections.abc import Sequence

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER, ExpressionBasis
from countenance.media.tensors import Image, Landmarks, Shape

READABLE = (1, 2, 4, 12, 15, 25, 26)
"""FACS numbers that are looked for in a single picture."""
IDENTITY_RIDGE = 20.0
UNIT_RIDGE = 2.0
NOISE = 0.03
"""Spread of faces and landmarks about the model, inter-ocular units."""
_STEPS = 400
_LIP_SKIN = (0, 37, 267, 17, 84, 314, 12, 15, 38, 268, 86, 316)
TEETH_GAP = 0.025
"""Least distance of the inner lips over that of the eyes."""
TEETH_SHARE = 0.05
"""Least share of the opening that looks like teeth: low, since a missed tooth breaks a release and a false one only
asks for a look."""


def units_present(person: Shape, basis: ExpressionBasis) -> dict[str, int]:
    """Action units in a canonical shape, in permille, 0 or more; a rough reading, since faces differ as expressions do.

    Regularised non-negative least squares: shape = mean + smooth identity + units. Identity is eliminated first
    (Schur complement).
    """
    other = ((person - basis.mean)[:, :2] / NOISE / 10).T.double()
    modes = basis.identity.T.double() / 10
    units = torch.stack([basis.units[n][:, :2] for n in READABLE]).double().permute(0, 2, 1) / NOISE / 10
    gram = modes.T @ modes + IDENTITY_RIDGE * torch.eye(modes.shape[1], dtype=modes.dtype, device=modes.device)
    left = units - torch.linalg.solve(gram, modes.T @ units.transpose(1, 2)).transpose(1, 2) @ modes.T
    hessian = torch.einsum("ucp,vcp->uv", left, units)
    hessian = hessian + UNIT_RIDGE * torch.eye(len(READABLE), dtype=hessian.dtype, device=hessian.device)
    found = nonnegative(hessian, torch.einsum("ucp,cp->u", left, other))
    return {f"AU{n}": round(1000 * float(v)) for n, v in zip(READABLE, found, strict=True)}


def nonnegative(hessian: Float[Tensor, "n n"], target: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """The x >= 0 that minimises x H x / 2 - t x, by projected gradient steps."""
    step = 1 / torch.linalg.eigvalsh(hessian)[-1]
    x = torch.zeros_like(target)
    for _ in range(_STEPS):
        x = (x - step * (hessian @ x - target)).clamp_min(0)
    return x


def teeth_visible(picture: Image, points: Landmarks, eye_distance_px: float) -> bool:
    """True if the lips are apart and part of the opening looks like teeth."""
    gap = float((points[13, :2] - points[14, :2]).norm()) / eye_distance_px
    return gap > TEETH_GAP and teeth_share(picture, points) > TEETH_SHARE


def teeth_share(picture: Image, points: Landmarks) -> float:
    """Share of the opening between the lips that looks like teeth: brighter than the lips, or greyer and not dark."""
    inside = _colours(picture, _between(points, LIPS_UPPER, LIPS_LOWER))
    lips = _colours(picture, points[list(_LIP_SKIN), :2])
    light, lip_light = inside.mean(0), lips.mean(0).median()
    grey = _grey(inside) > _grey(lips).median() + 0.06
    tooth = (grey & (light > 0.6 * lip_light)) | (light > 1.2 * lip_light)
    return float(tooth.float().mean())


def _grey(colours: Float[Tensor, "3 n"]) -> Float[Tensor, " n"]:
    return colours.amin(0) / colours.amax(0).clamp_min(1 / 255)


def _between(points: Landmarks, upper: Sequence[int], lower: Sequence[int]) -> Float[Tensor, "n 2"]:
    """Places between two inner lip lines, corners and rims left out."""
    a, b = points[list(upper[2:-2]), :2], points[list(lower[2:-2]), :2]
    share = torch.linspace(0.15, 0.85, 9, device=points.device)[:, None, None]
    return (a + (b - a) * share).reshape(-1, 2)


def _colours(picture: Image, at: Float[Tensor, "n 2"]) -> Float[Tensor, "3 n"]:
    scale = torch.tensor([2 / picture.shape[2], 2 / picture.shape[1]], device=picture.device)
    return nn.grid_sample(picture[None], (at * scale - 1)[None, None], align_corners=False, padding_mode="border")[
        0, :, 0
    ]
