"""The log's records: what is signed and kept erasably, and what is committed to for good."""

from typing import Any, Literal

from pydantic import Field

from countenance.core.records.base import Commitment, Grown, Id, Instant, Part, Record
from countenance.core.records.marks import InputMark
from countenance.core.records.recipe import EditRecipe, Measured

StatementKind = Literal[
    "organisation",
    "operator",
    "person",
    "model-release",
    "title",
    "face-tie",
    "revocation",
    "decision",
    "publication",
    "policy",
    "screening",
    "sheet",
    "preview",
    "withdrawal-link",
    "status-list",
    "restored",
    "checkpoint-accepted",
    "key-change",
    "approval",
    "dispute",
    "title-review",
    "house-rules",
    "erasure",
    "invitation",
    "signing",
    "marking",
    "export",
    "import",
    "read-key",
]


class LogEntry(Record):
    """A leaf: kind, instant, salted commitment to a Statement's envelope; nothing personal."""

    KIND = "log-entry"
    kind: StatementKind
    at: Instant
    commitment: Commitment


class Statement(Record):
    """A signed act, kept in the erasable store: who did what, about which record."""

    KIND = "statement"
    kind: StatementKind
    actor: Id
    subject: str
    at: Instant
    body: dict[str, Any]


class Checkpoint(Part):
    """A signed tree head, in C2SP signed-note form."""

    origin: str
    size: int = Field(ge=0)
    root_hex: str = Field(pattern=r"^[0-9a-f]{64}$")
    note: str


class Receipt(Record):
    """An entry, its inclusion proof and the checkpoint that covers it."""

    KIND = "receipt"
    index: int = Field(ge=0)
    leaf: str
    proof_hex: tuple[str, ...]
    checkpoint: Checkpoint


class Publication(Grown, Record):
    """The last fact of an edit: which bytes were let out, on which decisions."""

    KIND = "publication"
    LATER = frozenset({"content_code", "input_mark", "watermark"})
    edit_id: Id
    request_digest: str
    decision_ids: tuple[Id, ...]
    nonce: str
    release_id: Id
    receipt_id: str
    source_digest: str
    output_digest: str
    pixels_digest: str
    manifest_id: str
    manifest_digest: str
    watermark_id: str
    fingerprint: str
    recipe: EditRecipe
    recipe_digest: str
    measured: Measured
    measured_digest: str
    at: Instant
    content_code: str | None = None
    """The ISCC Image-Code of the published picture; absent in earlier publications."""
    input_mark: InputMark | None = None
    """The mark that the original carried already, where it did."""
    watermark: str | None = None
    """The C2PA name of the mark's algorithm; absent in earlier publications, whose mark id tells it by its length."""
