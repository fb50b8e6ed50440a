"""What a manifest store says of one published picture, beside the manifest itself. Nothing in it is personal."""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Digest, Grown, Instant, Record
from countenance.core.records.marks import MARK_ID
from countenance.core.records.status import StatusEntry


class StoreEntry(Grown, Record):
    """By what a stripped copy is found, and which manifest was its own. Signed by the organisation's claim key."""

    KIND = "store-entry"
    LATER = frozenset({"content_code", "status"})
    manifest_id: str = Field(min_length=1, max_length=200)
    manifest_digest: Digest
    output_digest: Digest
    pixels_digest: Digest
    watermark_id: str = Field(pattern=rf"^{MARK_ID}$")
    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    content_code: str | None = Field(default=None, pattern=r"^[0-9a-f]{68}$")
    how: Literal["edited", "marked"]
    organisation: str = Field(min_length=1, max_length=200)
    published_at: Instant
    signed_at: Instant
    status: StatusEntry | None = None
    """Where a published list says whether the consent still stands."""
