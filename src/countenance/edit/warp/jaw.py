"""The turn of the jaw about its hinge, and what hangs on it."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import ExpressionBasis

JAW = ("AU26", "AU27")
"""Units that turn the jaw."""
WIDEST = 1.15
"""Turn of the jaw at most, of the turn of AU27 at intensity 1."""


def jaw_ease(plan: Mapping[str, int], basis: ExpressionBasis) -> float:
    """By how much AU26 and AU27 together are taken back, so that the jaw stays within its reach: 1 for one alone."""
    turn = _jaw_turn(plan, basis) / basis.jaw_angles[27]
    return min(1.0, WIDEST / turn) if turn > 0 else 1.0


def jaw_motion(points: Float[Tensor, "n 3"], plan: Mapping[str, int], basis: ExpressionBasis) -> Float[Tensor, "n 3"]:
    """Displacement of points that hang on the jaw (lower teeth, tongue), by the motion that the mesh of the chin has.

    The mesh moves along the chord of the jaw's turn, in proportion to the intensity; so do these points.
    """
    from_hinge = points - basis.hinge
    moved = torch.zeros_like(points)
    for unit in JAW:
        angle = torch.tensor(basis.jaw_angles[int(unit[2:])], device=points.device)
        share = plan.get(unit, 0) / 1000 * jaw_ease(plan, basis)
        y, z = from_hinge[:, 1], from_hinge[:, 2]
        turned_y = torch.cos(angle) * y - torch.sin(angle) * z
        turned_z = torch.sin(angle) * y + torch.cos(angle) * z
        moved = moved + share * torch.stack([torch.zeros_like(y), turned_y - y, turned_z - z], dim=1)
    return moved


def _jaw_turn(plan: Mapping[str, int], basis: ExpressionBasis) -> float:
    return sum(plan.get(unit, 0) / 1000 * basis.jaw_angles[int(unit[2:])] for unit in JAW)
