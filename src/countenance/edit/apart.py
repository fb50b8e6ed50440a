"""Heads that other faces cut: an edit must not end inside the face."""

from collections.abc import Sequence

import torch

from countenance.edit.ports import Box, FaceReading
from countenance.errors import InputError

MOST_CUT_PERMILLE = 20
"""Largest share of a head that may lie in other faces' boxes: only its rim, where change fades to nothing. Looked at:
no seam at 14, a faint one at 36, plain ones above 70 (a smile of 700, two portraits set closer step by step)."""


def require_apart(reading: FaceReading, others: Sequence[Box]) -> None:
    """Pass only where no other face reaches into this head beyond its rim.

    Raises:
        InputError: another face overlaps it, so that the edit would be cut off inside the face.
    """
    taken = torch.zeros_like(reading.head)
    for x0, y0, x1, y1 in others:
        taken[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = True
    head = int(torch.count_nonzero(reading.head))
    cut = int(torch.count_nonzero(reading.head & taken))
    if 1000 * cut > MOST_CUT_PERMILLE * head:
        raise InputError(
            f"another face covers {100 * cut / head:.0f} % of the head to be edited",
            hint="use a picture in which the faces stand apart",
        )
