"""Action units to displacements of the mesh points, fitted to one person's lids, lips and brows."""

from collections.abc import Mapping

import torch
from torch import Tensor

from countenance.edit.warp.basis import BROWS_BOTTOM, BROWS_TOP, ExpressionBasis, unit_shape
from countenance.edit.warp.eyes.lids import fit_lids
from countenance.edit.warp.eyes.rims import EYES
from countenance.edit.warp.jaw import JAW, jaw_ease
from countenance.edit.warp.mouth.lips import join_lips
from countenance.media.tensors import Shape

REACH = 1.15
"""How far a point goes before combined units are bent back, of the farthest that one unit alone takes it."""
GIVE = 0.35
"""How far beyond that it can go at most, of the same distance."""


def displacement(plan: Mapping[str, int], basis: ExpressionBasis, person: Shape) -> Shape:
    """Displacement of the mesh points in the canonical frame for a plan in permille.

    Linear in the plan until units add up to more than a face can do; then each point is bent back softly. Lids, lips
    and brows are fitted to the person last. The order of units is irrelevant: they are added in order of name.

    Raises:
        KeyError: a unit that the basis does not have, or a side of one that has none.
    """
    jaw = jaw_ease(plan, basis)
    moved = torch.zeros_like(basis.mean)
    for unit, permille in sorted(plan.items()):
        share = permille / 1000 * (jaw if unit in JAW else 1.0)
        moved = moved + unit_shape(basis, unit) * share
    return join_lips(fit_lids(rigid_brows(tame(moved, basis)), person, plan, basis), person)


def tame(moved: Shape, basis: ExpressionBasis) -> Shape:
    """Bends back points that combined units take farther than a face goes; the rims of the lids have their own law."""
    farthest = torch.stack(list(basis.units.values())).norm(dim=2).amax(0)[:, None].clamp_min(1e-6)
    length: Tensor = moved.norm(dim=1, keepdim=True)
    over = (length / farthest - REACH).clamp_min(0)
    bent = torch.minimum(length / farthest, torch.tensor(REACH, device=moved.device)) + GIVE * torch.tanh(over / GIVE)
    out: Tensor = moved * (bent * farthest / length.clamp_min(1e-9)).where(over > 0, torch.ones_like(length))
    lids = [point for rims in EYES for point in (*rims.upper, *rims.lower, *rims.fold)]
    out[lids] = moved[lids]
    return out


def rigid_brows(moved: Shape) -> Shape:
    """Gives the upper and lower edge of each brow one motion, so that hair is neither stretched nor thinned."""
    out = moved.clone()
    mean = (moved[list(BROWS_TOP)] + moved[list(BROWS_BOTTOM)]) / 2
    out[list(BROWS_TOP)] = mean
    out[list(BROWS_BOTTOM)] = mean
    return out
