"""What a second pair of eyes says: approvals, disputes, reviews of look-alikes, and the rules of the house."""

from typing import ClassVar, Literal

from pydantic import Field

from countenance.core.records.base import Digest, Grown, Id, Instant, Part, Record, UnitName

Approved = Literal["alteration", "minor", "sensitive-use", "picture"]


class Approval(Grown, Record):
    """Somebody else than who asks said yes, for one picture, until an instant.

    `alteration`: overrides a bar of the title. `minor`, `sensitive-use`: the second pair of eyes that the house asks
    for. Those three are an operator's, with a reason and a document's hash. `picture`: the depicted person's own yes to
    these changes, where the release asks for it; by the key they hold, or recorded by an operator with a document.
    """

    KIND = "approval"
    LATER: ClassVar[frozenset[str]] = frozenset({"release_id", "document", "units"})
    id: Id
    of: Approved
    asset_digest: Digest
    by: Id
    """An operator, or the link that the person holds."""
    by_person: bool = False
    reason: str = Field(min_length=1, max_length=1000)
    valid_until: Instant
    at: Instant
    release_id: Id | None = None
    document: Digest | None = None
    units: dict[UnitName, int] | None = None
    """Of `picture`: the changes that were approved, in permille."""


class Dispute(Grown, Record):
    """Somebody contests a title or a release: it is frozen until the dispute is settled, by a later record."""

    KIND = "dispute"
    LATER: ClassVar[frozenset[str]] = frozenset({"settles", "document"})
    id: Id
    of_id: Id
    reason: str = Field(min_length=1, max_length=1000)
    by: Id
    at: Instant
    settles: Id | None = None
    """The dispute that ends with this record."""
    document: Digest | None = None


class NearTitle(Part):
    """A title of another owner whose picture looks alike: distance of the fingerprints in bits."""

    title_id: Id
    other_id: Id
    distance_bits: int = Field(ge=0)


class TitleReview(Record):
    """A person compared two pictures that look alike."""

    KIND = "title-review"
    id: Id
    title_id: Id
    other_id: Id
    verdict: Literal["distinct", "same-right", "conflict"]
    """Two different pictures; one picture to which both have a right; or a conflict, which stays barred."""
    reason: str = Field(min_length=1, max_length=1000)
    by: Id
    at: Instant


class HouseRules(Record):
    """What the organisation asks of itself. The newest counts."""

    KIND = "house-rules"
    id: Id
    four_eyes: bool
    """Whoever registered a release or a title may not edit under it."""
    by: Id
    at: Instant
