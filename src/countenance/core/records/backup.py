"""What a backup holds, and what is logged when it was put back."""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Digest, Instant, Part, Record


class BackupFile(Part):
    """One file: its place in the home, its size, its digest and its permissions."""

    path: str = Field(min_length=1, max_length=1000)
    size_bytes: int = Field(ge=0)
    digest: Digest
    mode: int = Field(ge=0, le=0o777)


class BackupManifest(Record):
    """First in a backup: the log that it holds, and every file in the order in which they follow."""

    KIND = "backup"
    created_at: Instant
    origin: str
    entries: int = Field(ge=0)
    root_hex: str
    files: tuple[BackupFile, ...]


class Restoring(Record):
    """The first act of a restored home. `evidence`: whether a checkpoint held elsewhere could be compared with."""

    KIND = "restoring"
    backup_digest: Digest
    backed_up_at: Instant
    entries: int = Field(ge=0)
    evidence: Literal["held-checkpoint", "none"]
    at: Instant


class Acceptance(Record):
    """The database's own checkpoint was taken for the held one, because none was left outside the database."""

    KIND = "acceptance"
    entries: int = Field(ge=0)
    root_hex: str
    reason: str = Field(max_length=1000)
    at: Instant
