"""Soft bindings: what leads from pixels back to their manifest."""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Digest, Grown, Id, Instant, Part, Record
from countenance.core.records.decision import Reason
from countenance.core.records.status import StatusEntry

CONTENT_CODE = "io.iscc.v0"
"""The C2PA name of an ISCC as a soft binding."""
MARK_ID = r"[0-9a-f]{9}(?:[0-9a-f]|[0-9a-f]{3})?"
"""A mark id as text: 9 hex digits of version 1, 12 of version 2, 10 of a word in TrustMark (`core.payload`)."""
OPEN_MARK = r"[01]\*[01]{40,61}"
"""What a TrustMark of somebody else says, as its soft binding writes it: the encoding's number, and the data bits."""


_OPEN_DIGITS = 10


class SoftBinding(Part):
    """C2PA sense: algorithm, value (hex), scope."""

    algorithm: str
    value: str = Field(pattern=r"^[0-9a-f]+$")
    scope: Literal["watermark", "fingerprint"]
    written: str | None = None
    """The value as the algorithm's own tools write it into a manifest; None: as bytes."""


class MarkRead(Part):
    """What a watermark reader found: the id in hex, and whether its keyed check holds."""

    mark_id: str = Field(pattern=rf"^{MARK_ID}$")
    whole: bool
    """Whether it was read in the framing in which it was embedded: no search for a crop, a turn or a stretch."""
    words_tried: int | None = None
    """How many words were held against the check, this one the last: the more, the likelier an accident."""
    checked: bool = True
    """Whether a check key tells it from chance. Without one, it lies clearly in the picture, and a manifest has to
    confirm it."""
    retired_key: str | None = None
    """The id of the mark key, where it is not the newest one."""
    algorithm: str | None = None
    """The C2PA name of the kind of mark."""

    @property
    def by(self) -> str:
        """How it was read, for people."""
        if not self.checked and len(self.mark_id) == _OPEN_DIGITS:
            return f"read from the pixels as {self.algorithm}, which anyone can read and write, unchecked"
        if not self.checked:
            return "read from the pixels with a published read key, unchecked"
        key = f" as {self.algorithm}" if len(self.mark_id) == _OPEN_DIGITS else ""
        key += f" with the retired mark key {self.retired_key[7:23]}" if self.retired_key else ""
        return f"read from the pixels{key}"


CHECKED_BITS = 29
"""What a word has to pass, at least: the version bit and the keyed check. Four looks for a TrustMark
with a key, of which each passes one time in 2^31 (see `core.payload`), count as a word, too."""


def chance_of_accident(mark: MarkRead) -> float | None:
    """At most how likely it is that an unmarked picture, searched as far, gives an id: a word passes one time in 2^29.

    None where the id is not checked, or nobody counted.
    """
    return mark.words_tried / 2**CHECKED_BITS if mark.checked and mark.words_tried is not None else None


class InputMark(Grown):
    """A mark that the input carried already, and whether it can still be read under the new one."""

    LATER = frozenset({"algorithm", "beside"})
    mark_id: str = Field(pattern=rf"^(?:{MARK_ID}|{OPEN_MARK})$")
    """Of a TrustMark that is not ours: what it says, which nothing here checks."""
    still_readable: bool
    algorithm: str | None = None
    """The C2PA name of the kind of mark; absent in earlier records, which name marks of ours only."""
    beside: tuple["InputMark", ...] | None = None
    """Marks of other kinds that it carried, too."""

    @property
    def each(self) -> tuple["InputMark", ...]:
        """This one, and those beside it."""
        return (self, *(self.beside or ()))


class MarkingDecision(Record):
    """Whether a picture may be marked without being edited: what was asked, and why not, where not."""

    KIND = "marking-decision"
    id: Id
    marking_id: Id
    operator_id: Id
    asset_digest: Digest
    title_id: Id | None
    effect: Literal["permit", "deny"]
    reasons: tuple[Reason, ...]
    """What speaks against it; nothing where it is permitted."""
    at: Instant


class Marking(Grown, Record):
    """A titled picture was marked, signed and let out, and not edited."""

    KIND = "marking"
    LATER = frozenset({"content_code", "input_mark"})
    id: Id
    decision_id: Id
    title_id: Id
    operator_id: Id
    source_digest: Digest
    output_digest: Digest
    pixels_digest: Digest
    manifest_id: str
    manifest_digest: Digest
    watermark_id: str = Field(pattern=rf"^{MARK_ID}$")
    watermark: str
    """The C2PA name of the mark's algorithm."""
    fingerprint: str = Field(pattern=r"^[0-9a-f]+$")
    at: Instant
    content_code: str | None = None
    input_mark: InputMark | None = None
    """The mark that the original carried already, where it did."""


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
