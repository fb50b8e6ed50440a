"""How far lids move on one person's eyes: closed lids meet, and no other motion makes them cross."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import ExpressionBasis, split_unit, unit_shape
from countenance.edit.warp.eyes.rims import EYES, Rims
from countenance.edit.warp.grid import smooth_step
from countenance.media.tensors import Shape

CLOSING = 43
MEET = 0.12
"""Share of its gap that the lower lid rises when an eye closes: the upper one does the rest."""
LEAST_GAP = 0.22
"""Share of its gap that an eye keeps when lids are tightened or cheeks raised, but not closed."""
MOST_OPENING = 0.45
"""Share of its gap by which an eye opens at most."""
FOLD = 0.3
"""Share of the upper rim's way that the skin over the crease follows."""
SLIT = (0.10, 0.20)
"""Gap over width of an eye: below the first nothing opens it, as no iris is seen; above the second all does."""


def fit_lids(moved: Shape, person: Shape, plan: Mapping[str, int], basis: ExpressionBasis) -> Shape:
    """The displacement with lids fitted to this person's aperture.

    Closing (AU43) is linear in the plan: at 0 the rims are where the other units put them, at 1 they are the same line.
    """
    out = moved.clone()
    other = moved - _closing(plan, basis)
    for rims in EYES:
        closed = _both(plan) + _one(plan, rims.side)
        points = [*rims.upper, *rims.lower, *rims.fold]
        out[points] = other[points]
        _keep_apart(out, person, rims, max(-closed, 0.0))
        _close(out, person, rims, max(0.0, min(closed, 1.0)))
    return out


def _closing(plan: Mapping[str, int], basis: ExpressionBasis) -> Shape:
    """What the unit itself adds for a mean face: taken out, as each person's lids have their own way to go."""
    total = torch.zeros_like(basis.mean)
    for unit, permille in sorted(plan.items()):
        if split_unit(unit)[0] == CLOSING:
            total = total + unit_shape(basis, unit) * (permille / 1000)
    return total


def _both(plan: Mapping[str, int]) -> float:
    return plan.get(f"AU{CLOSING}", 0) / 1000


def _one(plan: Mapping[str, int], side: str) -> float:
    return sum(n for unit, n in plan.items() if split_unit(unit) == (CLOSING, side)) / 1000


def _keep_apart(out: Shape, person: Shape, rims: Rims, opening: float) -> None:
    """Limits how far lids come together and how far they open; both rims give way by their share of the motion."""
    upper, lower = list(rims.upper), list(rims.lower)
    gap = (person[upper, 1] - person[lower, 1]).clamp_min(0)
    up, down = out[upper, 1] + opening * MOST_OPENING * gap, out[lower, 1]
    most = MOST_OPENING * opening_share(person, rims)
    change = up - down
    excess = _soft(change, gap * (1 - LEAST_GAP), gap * most) - change
    sign = torch.sign(change)
    of_upper, of_lower = (up * sign).clamp_min(0), (-down * sign).clamp_min(0)
    share = of_upper / (of_upper + of_lower).clamp_min(1e-9)
    out[upper, 1] = up + excess * share
    out[lower, 1] = down - excess * (1 - share)


def _soft(change: Float[Tensor, "n"], closing: Float[Tensor, "n"], opening: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """`change` bent so that it stays within the two limits, and is nearly itself well inside them."""
    limit = torch.where(change < 0, closing, opening)
    share = change.abs() / limit.clamp_min(1e-6)
    bent = share / (1 + share**4) ** 0.25
    return torch.sign(change) * torch.where(limit > 0, bent * limit, torch.zeros_like(limit))


def opening_share(person: Shape, rims: Rims) -> Float[Tensor, ""]:
    """How much of an opening the picture can bear: 0 for a slit, in which no iris is seen, 1 for an open eye."""
    upper, lower = person[list(rims.upper)], person[list(rims.lower)]
    ratio = (upper[:, 1] - lower[:, 1]).amax() / (upper[0] - upper[-1]).norm().clamp_min(1e-6)
    return smooth_step((ratio - SLIT[0]) / (SLIT[1] - SLIT[0]))


def _close(out: Shape, person: Shape, rims: Rims, closed: float) -> None:
    """Brings both rims towards the line on which they meet."""
    if not closed:
        return
    upper, lower, fold = list(rims.upper), list(rims.lower), list(rims.fold)
    high, low = (person + out)[upper], (person + out)[lower]
    meet = low + MEET * (high - low)
    out[upper] += closed * (meet - high)
    out[lower] += closed * (meet - low)
    out[fold] += closed * FOLD * (meet - high)[1:-1]
