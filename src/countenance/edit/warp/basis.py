"""The expression basis: unit shapes on the face mesh, weights of the fine mesh, atlas of skin gain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from countenance.media.tensors import Shape

LIPS_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LIPS_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
EYE_RIGHT = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
EYE_LEFT = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
BROWS_TOP = (70, 63, 105, 66, 107, 300, 293, 334, 296, 336)
BROWS_BOTTOM = (46, 53, 52, 65, 55, 276, 283, 282, 295, 285)
UNIT_NAME = re.compile(r"AU(\d{1,2})([LR]?)")
GAIN_STEP = 1 / 200
"""Log gain of one step of the stored maps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionBasis:
    """Tables of the mesh warp in the canonical frame (inter-ocular units, +x image right, +y up, +z to the viewer)."""

    mean: Shape
    """The mean neutral face."""
    units: dict[int, Shape]
    """Displacement at intensity 1 of each action unit, by FACS number."""
    sides: dict[tuple[int, str], Shape]
    """What the person's own left ("L", image right) or right ("R") does of a unit that has sides: together the unit."""
    mirror: Int[Tensor, "468"]
    """Of each mesh point the one at its place on the other side."""
    stable: Int[Tensor, "19"]
    """Points that no facial muscle moves."""
    dense: Float[Tensor, "dense 468"]
    """Biharmonic weights: mesh points to fine mesh points; rows add up to 1."""
    triangles: Int[Tensor, "triangles 3"]
    """Of the fine mesh; open at mouth and eyes."""
    identity: Float[Tensor, "modes 468"]
    """Smoothest shape modes, by which one face differs from another."""
    gains: dict[int, Float[Tensor, "atlas atlas"]]
    """Log gain of the skin at intensity 1, by FACS number."""
    extent: tuple[float, float, float, float]
    """Canonical x0, x1, y0, y1 of the atlas; its first row is y1."""
    hinge: Float[Tensor, "3"]
    """A point on the axis (along x) about which the jaw turns."""
    jaw_angles: dict[int, float]
    """Turn of the jaw about the hinge at intensity 1, radians, opening positive, by FACS number (26, 27)."""


def basis_from(tensors: Mapping[str, Tensor]) -> ExpressionBasis:
    """Builds the basis from the tensors of `models/expression-basis`."""
    numbers = [int(n) for n in tensors["unit_numbers"]]
    x0, x1, y0, y1 = (float(v) for v in tensors["atlas_extent"])
    return ExpressionBasis(
        mean=tensors["mean"],
        units=dict(zip(numbers, tensors["units"].unbind(0), strict=True)),
        sides=_sides(tensors),
        mirror=tensors["mirror"].long(),
        stable=tensors["stable"].long(),
        dense=_dense_weights(tensors),
        triangles=tensors["triangles"].long(),
        identity=tensors["identity"],
        gains={n: tensors[f"gain_au{n}"].float() * GAIN_STEP for n in numbers if f"gain_au{n}" in tensors},
        extent=(x0, x1, y0, y1),
        hinge=tensors["jaw_hinge"],
        jaw_angles=dict(zip((26, 27), (float(angle) for angle in tensors["jaw_angles"]), strict=True)),
    )


def _sides(tensors: Mapping[str, Tensor]) -> dict[tuple[int, str], Shape]:
    numbers = [int(n) for n in tensors["sided_numbers"]]
    lefts = tensors["left_parts"]
    rights = lefts[:, tensors["mirror"].long()] * torch.tensor([-1.0, 1.0, 1.0], device=lefts.device)
    shapes = {(n, "L"): left for n, left in zip(numbers, lefts.unbind(0), strict=True)}
    return shapes | {(n, "R"): right for n, right in zip(numbers, rights.unbind(0), strict=True)}


def _dense_weights(tensors: Mapping[str, Tensor]) -> Float[Tensor, "dense 468"]:
    starts, columns = tensors["dense_rows"].long(), tensors["dense_columns"].long()
    row_of = torch.repeat_interleave(torch.arange(len(starts) - 1, device=starts.device), starts.diff())
    weights = torch.zeros(len(starts) - 1, tensors["mean"].shape[0], device=starts.device)
    weights[row_of, columns] = tensors["dense_weights"].float()
    return weights / weights.sum(1, keepdim=True)


def unit_shape(basis: ExpressionBasis, unit: str) -> Shape:
    """Displacement at intensity 1 of a unit by its name, with or without a side.

    Raises:
        KeyError: not one of the basis's units, or a side where the unit has none.
    """
    number, side = split_unit(unit)
    return basis.sides[number, side] if side else basis.units[number]


def side_weight(shape: Shape, side: str) -> Float[Tensor, "468 1"]:
    """How much each point belongs to a side: 1 everywhere for both (empty), else a soft step over the midline."""
    if not side:
        return torch.ones_like(shape[:, :1])
    return torch.sigmoid(shape[:, :1] * (1 if side == "L" else -1) / 0.08)


def split_unit(unit: str) -> tuple[int, str]:
    """`AU12L` to (12, "L")."""
    found = UNIT_NAME.fullmatch(unit)
    return (int(found[1]), found[2]) if found else (0, "")
