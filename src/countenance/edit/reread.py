"""How much of each action unit lies between two readings of one face, and how far off that may be."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.core import facs
from countenance.edit.signs import lips_apart

PERMILLE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """How units are read from the signs of change. In order: `facs.NAMES` and `facs.UNITS`."""

    weights: Float[Tensor, "2 names signs"]
    """The best linear estimate of each unit at its side while the lips stay closed, and with the lips apart; fitted on
    rendered edits of people (models/face-signs)."""
    floor: Float[Tensor, " names"]
    """Measuring error that no reading goes below."""
    crosstalk: Float[Tensor, "names units"]
    """Measuring error of a unit for a change by 1 of each plain unit, itself among them."""


def readers_from(tensors: Mapping[str, Tensor]) -> Readers:
    """Builds the readers from the tensors of `models/face-signs`."""
    return Readers(weights=tensors["weights"], floor=tensors["floor"], crosstalk=tensors["crosstalk"])


def unit_changes(signs: Float[Tensor, " signs"], readers: Readers) -> dict[str, int]:
    """Change of each unit in permille, both sides together (`AU12`) and each alone (`AU12L`, `AU12R`)."""
    seen = signs.to(readers.weights.device).double()
    closed, apart = readers.weights.double() @ seen
    found = torch.lerp(closed, apart, lips_apart(seen[-1]))
    return {name: round(PERMILLE * value) for name, value in zip(facs.NAMES, found.tolist(), strict=True)}


def measuring_errors(changes: Mapping[str, int], readers: Readers) -> dict[str, int]:
    """Measuring error in permille of each unit where these changes were measured.

    A reading errs in proportion to what moved, and by each moving unit differently: a wide open jaw hides much of what
    the lips do and nothing of what the brows do. So the error of unit u is floor + sqrt(sum over v of
    (crosstalk[u, v] * change of v)^2), at most 1, where the change of v is the larger of its sides'.
    """
    moved = readers.crosstalk.new_tensor(
        [max(abs(changes.get(name + side, 0)) for side in ("", "L", "R")) for name in facs.UNITS]
    )
    error = PERMILLE * readers.floor + (readers.crosstalk * moved).square().sum(1).sqrt()
    return {name: int(value) for name, value in zip(facs.NAMES, error.ceil().clamp(max=PERMILLE).tolist(), strict=True)}


def published_errors(readers: Readers) -> dict[str, int]:
    """Measuring error in permille of each unit where it alone changed by 500."""
    return {name: measuring_errors({name: PERMILLE // 2}, readers)[name] for name in facs.NAMES}
