"""That something was erased: whose, how much, what was kept and why. Nothing in it is personal."""

from typing import ClassVar, Literal

from pydantic import Field

from countenance.core.records.audit import StatementKind
from countenance.core.records.base import Grown, Id, Instant, Part, Record

ErasureGround = Literal[
    "request", "consent-withdrawn", "no-longer-needed", "objection", "unlawful", "legal-obligation", "child", "again"
]
"""GDPR art. 17(1) a to f, the person's own request where no ground is singled out, and an erasure done anew after an
older backup was put back."""
ErasureScope = Literal["person", "releases", "decisions"]

STAYS: frozenset[StatementKind] = frozenset(
    {
        "organisation",
        "operator",
        "title",
        "publication",
        "policy",
        "status-list",
        "restored",
        "checkpoint-accepted",
        "key-change",
        "title-review",
        "house-rules",
        "erasure",
        "marking",
        "export",
        "import",
        "read-key",
    }
)
"""Statements that no erasure may take away: about nobody who is depicted, or evidence of what was let out."""


class Kept(Part):
    """What was not erased: how much, why, and until when, where that is known."""

    what: str = Field(min_length=1, max_length=100)
    count: int = Field(ge=0)
    why: str = Field(min_length=1, max_length=500)
    until: Instant | None = None


class EndedRelease(Part):
    """A release that was erased, and since when it was withdrawn: before, or by the erasure."""

    release_id: Id
    withdrawn_at: Instant


class Erasure(Grown, Record):
    """What was erased. `entries` are the log indexes whose statements are gone: no other may be missing.

    `person`: everything about a person. `releases`: some of their releases. `decisions`: refusals that became old.
    """

    KIND = "erasure"
    LATER: ClassVar[frozenset[str]] = frozenset({"person_id", "override", "retention_until"})
    id: Id
    scope: ErasureScope
    ground: ErasureGround
    releases: tuple[EndedRelease, ...]
    entries: tuple[int, ...]
    counts: dict[str, int]
    """Facts by kind, and `statements`, `receipt-salts`, `deliveries`."""
    kept: tuple[Kept, ...]
    by: Id
    at: Instant
    person_id: Id | None = None
    override: str | None = Field(default=None, min_length=1, max_length=1000)
    """Why it was erased although a retention duty ran; it names nobody."""
    retention_until: Instant | None = None
    """Until when that duty would have run."""
