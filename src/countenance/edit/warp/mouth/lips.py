"""Lips move as one where they touch, part when something parts them, meet when closed, and never pass each other."""

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER
from countenance.edit.warp.grid import smooth_step
from countenance.edit.warp.mouth.frame import OUTER_LOWER, OUTER_UPPER
from countenance.media.tensors import Shape

Rows = tuple[tuple[int, ...], ...]
UPPER: Rows = (
    LIPS_UPPER,
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    OUTER_UPPER,
)
"""Rows of the upper lip from its free edge out, corner to corner."""
LOWER: Rows = (
    LIPS_LOWER,
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    OUTER_LOWER,
)
"""The same of the lower lip."""
INNER = slice(1, -1)
"""Columns without the corners, which both lips share."""
CLOSED_GAP = 0.03
"""Mouths whose lips are nearer than this all along (eye distances) are closed; twice as far apart they are open."""
STICKY = 0.012
"""Lips that touch stay together until the units part them by this much; by twice this they are parted in full."""
CONTACT = 0.3
"""Lips that close to this share of their gap have met."""
FOLLOW = (1.0, 0.8, 0.6, 0.45)
"""Share of a lip's correction that its rows follow, from the free edge out."""
THINNEST = 0.35
"""Share of its height that no part of a lip falls below."""


def join_lips(moved: Shape, person: Shape) -> Shape:
    """The displacement with lips that keep their order: no crossing, no sliver of an opening, no fold in a lip."""
    out = moved.clone()
    upper, lower = list(UPPER[0][INNER]), list(LOWER[0][INNER])
    gap = (person[upper, 1] - person[lower, 1]).clamp_min(0)
    change = moved[upper] - moved[lower]
    opening, loose = _opening(change[:, 1], gap)
    wanted = change * loose[:, None]
    wanted[:, 1] = opening
    _follow(out, UPPER, (wanted - change) / 2)
    _follow(out, LOWER, (change - wanted) / 2)
    for rows in (UPPER, LOWER):
        _keep_height(out, person, rows)
    return out


def _opening(change: Float[Tensor, "n"], gap: Float[Tensor, "n"]) -> tuple[Float[Tensor, "n"], Float[Tensor, "n"]]:
    """How far the lips part (negative: meet), and the share of their other relative motion that they keep.

    An open mouth closes all along by the same share of its gap: a basis made of other mouths would close its middle
    and leave its sides open, or the other way about.
    """
    apart = ((gap.amax() - CLOSED_GAP) / CLOSED_GAP).clamp(0, 1)
    parted = change.clamp_min(0)
    loose = torch.lerp(smooth_step(parted / (2 * STICKY)), torch.ones_like(gap), apart)
    share = change.sum() / gap.sum().clamp_min(1e-4)
    left = ((1 + share - CONTACT) / (1 - CONTACT)).clamp(0, 1)
    closing = (left - 1) * gap
    alone = torch.maximum(parted * loose + change.clamp_max(0) * apart, -gap)
    return torch.lerp(alone, closing, apart * smooth_step(-share / CONTACT)), loose


def _follow(out: Shape, rows: Rows, correction: Float[Tensor, "n 3"]) -> None:
    for row, share in zip(rows, FOLLOW, strict=True):
        out[list(row[INNER])] += correction * share


def _keep_height(out: Shape, person: Shape, rows: Rows) -> None:
    """Keeps the rows of a lip in order: each at least a share of its way from the one before."""
    index = torch.tensor([row[INNER] for row in rows], device=out.device)
    before = person[index, 1].diff(dim=0)
    motion = out[index, 1]
    sign = torch.sign(before.mean())
    least = (before * sign).clamp_min(0) * (THINNEST - 1)
    lacking = (least - motion.diff(dim=0) * sign).clamp_min(0)
    out[index[1:], 1] = motion[1:] + lacking.cumsum(0) * sign
