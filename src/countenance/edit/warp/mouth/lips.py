"""Lips move as one where they touch, and never past each other."""

import torch

from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER
from countenance.media.tensors import Shape

CLOSED_GAP = 0.03
"""Lips nearer than this (inter-ocular units) are in contact, or nearly, and move together."""
LEAST_GAP = 0.25
"""Share of its gap that a mouth keeps at least, so that the lips never cross."""


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
