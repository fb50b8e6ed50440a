"""Action units to displacements of the mesh points, fitted to one person's mouth and brows."""

from collections.abc import Mapping

import torch

from countenance.edit.warp.basis import (
    BROWS_BOTTOM,
    BROWS_TOP,
    LIPS_LOWER,
    LIPS_UPPER,
    ExpressionBasis,
    side_weight,
    split_unit,
)
from countenance.media.tensors import Shape

CLOSED_GAP = 0.03
"""Lips nearer than this (inter-ocular units) are in contact, or nearly, and move together."""
LEAST_GAP = 0.25
"""Share of its gap that a mouth keeps at least, so that the lips never cross."""


def displacement(plan: Mapping[str, int], basis: ExpressionBasis, person: Shape) -> Shape:
    """Displacement of the mesh points in the canonical frame for a plan in permille.

    Linear in the plan, except where lips would cross. The order of units is irrelevant: they are added in order of
    name.
    """
    moved = torch.zeros_like(basis.mean)
    for unit, permille in sorted(plan.items()):
        number, side = split_unit(unit)
        moved = moved + basis.units[number] * side_weight(basis.mean, side) * (permille / 1000)
    return join_lips(rigid_brows(moved), person)


def rigid_brows(moved: Shape) -> Shape:
    """Gives the upper and lower edge of each brow one motion, so that hair is neither stretched nor thinned."""
    out = moved.clone()
    mean = (moved[list(BROWS_TOP)] + moved[list(BROWS_BOTTOM)]) / 2
    out[list(BROWS_TOP)] = mean
    out[list(BROWS_BOTTOM)] = mean
    return out


def join_lips(moved: Shape, person: Shape) -> Shape:
    """Moves the two inner lip lines as one where they touch, and never past each other where they do not."""
    upper, lower = list(LIPS_UPPER), list(LIPS_LOWER)
    gap = (person[upper, 1] - person[lower, 1]).clamp_min(0)[:, None]
    apart = ((gap - CLOSED_GAP) / CLOSED_GAP).clamp(0, 1)
    both = (moved[upper] + moved[lower]) / 2
    half = (moved[upper] - moved[lower]) / 2 * apart
    down = torch.maximum(half[:, 1:2], (LEAST_GAP - 1) / 2 * gap)
    half = torch.cat([half[:, :1], down, half[:, 2:]], dim=1)
    out = moved.clone()
    out[upper], out[lower] = both + half, both - half
    return out
