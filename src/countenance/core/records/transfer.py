"""What travels from one registry to another, and what both of them log of it."""

from pydantic import Field

from countenance.core.records.base import Digest, Id, Instant, Part, Record


class ExportedFile(Part):
    """One file of an export: canonical records, one a line."""

    path: str = Field(pattern=r"^[a-z-]{1,40}\.jsonl$")
    size_bytes: int = Field(ge=0)
    rows: int = Field(ge=0)
    digest: Digest


class ExportManifest(Record):
    """What an export holds, signed by the organisation it is from. `nonce`: so that nothing follows from its digest."""

    KIND = "export"
    organisation_id: Id
    organisation: str = Field(min_length=1, max_length=200)
    origin: str
    entries: int = Field(ge=0)
    """How many entries the log had."""
    exported_at: Instant
    chosen: tuple[Id, ...]
    """The persons and releases that were named; all that is current where empty."""
    nonce: str = Field(pattern=r"^[0-9a-f]{32}$")
    files: tuple[ExportedFile, ...]


class Exported(Record):
    """Facts were handed out; nothing of what they say."""

    KIND = "exported"
    manifest_digest: Digest
    chosen: tuple[Id, ...]
    rows: int = Field(ge=0)
    at: Instant


class Imported(Record):
    """A fact of another registry was registered here, as an act of whoever signs this: where it came from."""

    KIND = "imported"
    of_id: Id
    organisation_id: Id
    manifest_digest: Digest
    at: Instant
