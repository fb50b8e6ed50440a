"""What one part of the way hands to the next: no `Authorised`, no render; no `Rendered`, no seal."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from countenance.core.records.audit import Publication, Receipt
from countenance.core.records.decision import Decision, EditRequest, Permit
from countenance.core.records.marks import InputMark, SoftBinding
from countenance.core.records.recipe import EditRecipe, Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the published file goes, and as what."""

    path: Path
    media_type: str
    replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    """A logged, permitting decision, and the permit that follows from it."""

    request: EditRequest
    decision: Decision
    permit: Permit
    receipt: Receipt
    reference: "Authorised | None" = None
    """The same for the picture that is borrowed from."""
    to_be_read: tuple[str, ...] = ()
    """Units that only an engine that can read them in one picture may change; see `decision.reading`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What leaves the render room: encoded bytes and records, no tensors."""

    data: bytes
    pixels_digest: str
    recipe: EditRecipe
    measured: Measured
    bindings: Sequence[SoftBinding]
    input_mark: InputMark | None = None
    kept: bytes | None = None
    """The face reading, where the release lets it be kept."""
    warnings: tuple[str, ...] = ()
    """What perception tells whoever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A published edit."""

    request: EditRequest
    decision: Decision
    measured: Measured
    publication: Publication
    receipt: Receipt
    warnings: tuple[str, ...] = ()
