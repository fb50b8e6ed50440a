"""Action units to displacements of the mesh points, fitted to one person's mouth and brows."""

from collections.abc import Mapping

import torch

from countenance.edit.warp.basis import (
    BROWS_BOTTOM,
    BROWS_TOP,
    ExpressionBasis,
    side_weight,
    split_unit,
)
from countenance.edit.warp.eyes.lids import fit_lids
from countenance.edit.warp.mouth.lips import join_lips
from countenance.media.tensors import Shape


def displacement(plan: Mapping[str, int], basis: ExpressionBasis, person: Shape) -> Shape:
    """Displacement of the mesh points in the canonical frame for a plan in permille.

    Linear in the plan, except where lips would cross. The order of units is irrelevant: they are added in order of
    name.
    """
    moved = torch.zeros_like(basis.mean)
    for unit, permille in sorted(plan.items()):
        number, side = split_unit(unit)
        moved = moved + basis.units[number] * side_weight(basis.mean, side) * (permille / 1000)
    return join_lips(fit_lids(rigid_brows(moved), person), person)


def rigid_brows(moved: Shape) -> Shape:
    """Gives the upper and lower edge of each brow one motion, so that hair is neither stretched nor thinned."""
    out = moved.clone()
    mean = (moved[list(BROWS_TOP)] + moved[list(BROWS_BOTTOM)]) / 2
    out[list(BROWS_TOP)] = mean
    out[list(BROWS_BOTTOM)] = mean
    return out
