"""Soft bindings: what leads from pixels back to their manifest."""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Grown, Part, Record
from countenance.core.records.status import StatusEntry

MARK_ID_BITS = 36


class SoftBinding(Part):
    """C2PA sense: algorithm, value (hex), scope."""

    algorithm: str
    value: str = Field(pattern=r"^[0-9a-f]+$")
    scope: Literal["watermark", "fingerprint"]


class MarkRead(Part):
    """What a watermark reader found: the id in hex, whose keyed check holds."""

    mark_id: str = Field(pattern=r"^[0-9a-f]{9}$")
    whole: bool
    """Whether it was read in the framing in which it was embedded: no search for a crop, a turn or a stretch."""
    retired_key: str | None = None
    """The id of the mark key, where it is not the newest one."""

    @property
    def by(self) -> str:
        """How it was read, for people."""
        key = f" with the retired mark key {self.retired_key[7:23]}" if self.retired_key else ""
        return f"read from the pixels{key}"


class ConsentReceipt(Grown, Record):
    """The public part of a consent receipt: nameless, one per file."""

    KIND = "consent-receipt"
    LATER = frozenset({"status"})
    receipt_id: str = Field(pattern=r"^receipt_[0-9a-f]{32}$")
    commitment: str
    purpose: str
    medium: str
    territory: str
    state: Literal["active"]
    decision_log_index: int = Field(ge=0)
    log_origin: str
    status: StatusEntry | None = None
    """Where a published list says whether the consent still stands; absent, and not written, in earlier receipts."""
