"""The guard of stage 3: an engine proposes a picture; only what lies inside the permitted region is taken from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool
from torch import Tensor

from countenance.edit.ports import Box, Donor, EditorEngine, FaceReading, Proposal
from countenance.edit.region import enclosing_polygon
from countenance.errors import EngineError
from countenance.media.tensors import Frames, Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A picture after the edit of one face."""

    pixels: Frames
    """Changed pixels have exact values (k / levels); all others have the bits they had."""
    mask: Mask
    """Pixels that changed."""
    region: tuple[tuple[int, int], ...]
    """Convex polygon around the changed pixels, x, y in px, at most 24 corners; empty if nothing changed."""
    changed_px: int
    """Number of changed pixels."""
    changed_outside_px: int
    """Number of changed pixels outside the permitted region, found by comparison; always 0."""
    permitted: Bool[Tensor, "h w"]
    """Where pixels might change: this face's head without the other faces."""
    field_digest: str | None = None
    """Digest of the displacement field, where the engine gives one."""


def render(
    pixels: Frames,
    reading: FaceReading,
    plan: Mapping[str, int],
    engine: EditorEngine,
    *,
    others: Sequence[FaceReading | Box] = (),
    seed: int,
    levels: int = 255,
    donor: Donor | None = None,
) -> Edited:
    """Renders a plan (unit to permille) on one face and pastes the result inside its head, never into another face's.

    A plan of zeros returns the input without asking the engine. `levels` is the number of the brightest level, `donor`
    another picture of the person to borrow from.

    Raises:
        EngineError: the engine gave a picture of another size or out of range, or painted outside the head.
    """
    if not any(plan.values()):
        return _edited(pixels, pixels, reading.head)
    asked = {unit: value for unit, value in sorted(plan.items()) if value}
    if donor is None:  # an engine that cannot borrow needs to know nothing of it
        proposal = engine.propose(pixels.clone(), reading, asked, seed=seed)
    else:
        proposal = engine.propose(pixels.clone(), reading, asked, seed=seed, donor=donor)
    _check(pixels, reading.head, proposal)
    permitted = reading.head & ~_other_heads(others, reading.head)
    return _edited(pixels, _pasted(pixels, proposal.pixels, permitted, levels), permitted, proposal.field_digest)


def _pasted(pixels: Frames, proposed: Frames, permitted: Bool[Tensor, "h w"], levels: int) -> Frames:
    """The picture with what the proposal changes inside the permitted region, in whole levels."""
    out = pixels.clone()
    rows, columns = permitted.any(1).nonzero()[:, 0], permitted.any(0).nonzero()[:, 0]
    if not len(rows):
        return out
    area = (..., slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
    old, new = pixels[area], proposed[area]
    differs = (new != old).any(1, keepdim=True) & permitted[area]
    out[area] = torch.where(differs, (new * levels).round() / levels, old)
    return out


def _check(pixels: Frames, head: Bool[Tensor, "h w"], proposal: Proposal) -> None:
    """The plug-in is not trusted: what it hands over is compared with what it was given."""
    proposed = proposal.pixels
    if proposed.shape != pixels.shape or proposed.dtype != pixels.dtype or proposed.device != pixels.device:
        raise EngineError(
            "the engine returned a picture of another shape or type", hint="report this to the engine's maker"
        )
    least, most = (float(v) for v in torch.aminmax(proposed))
    if not (least >= 0 and most <= 1):  # not a number fails both
        raise EngineError("the engine returned values that are not colours", hint="report this to the engine's maker")
    outside = int(torch.count_nonzero((proposed != pixels).any(1) & ~head))
    if outside:
        raise EngineError(
            f"the engine changed {outside} pixels outside the permitted region",
            hint="report this to the engine's maker",
        )


def _other_heads(others: Sequence[FaceReading | Box], like: Bool[Tensor, "h w"]) -> Bool[Tensor, "h w"]:
    taken = torch.zeros_like(like)
    for other in others:
        if isinstance(other, FaceReading):
            taken |= other.head
        else:
            x0, y0, x1, y1 = (max(0, v) for v in other)
            taken[y0:y1, x0:x1] = True
    return taken


def _edited(before: Frames, after: Frames, permitted: Bool[Tensor, "h w"], field_digest: str | None = None) -> Edited:
    changed = (before != after).any(1)
    return Edited(
        pixels=after,
        mask=changed,
        region=enclosing_polygon(changed.any(0)),
        changed_px=int(torch.count_nonzero(changed)),
        changed_outside_px=int(torch.count_nonzero(changed & ~permitted)),
        permitted=permitted,
        field_digest=field_digest,
    )
