"""What was declared of a picture where people must look: does it show a minor, is it intimate? Never guessed here."""

from typing import ClassVar, Literal

from pydantic import Field

from countenance.core.records.base import Digest, Grown, Id, Instant, Part, Record

Flag = Literal["yes", "no", "unknown"]


class Flags(Part):
    """What is declared of one picture."""

    minor: Flag
    intimate: Flag


class Clearance(Record):
    """An approver looked at the picture: no minor whom the release does not name, nothing intimate."""

    KIND = "screening-clearance"
    id: Id
    asset_digest: Digest
    by: Id
    reason: str = Field(min_length=1, max_length=1000)
    at: Instant


class Screening(Grown):
    """What a screener declared, and whether an approver cleared the picture."""

    LATER: ClassVar[frozenset[str]] = frozenset({"screener", "flags", "cleared_by", "cleared_at"})
    screener: str | None = None
    """Name and version; absent where no screener is set up."""
    flags: Flags | None = None
    cleared_by: Id | None = None
    cleared_at: Instant | None = None
