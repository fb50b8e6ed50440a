"""What the audit stage needs from outside: a log store, and keys that sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class SigningKey(Protocol):
    """A private key that only signs. Ed25519 for checkpoints, ECDSA P-256 with SHA-256 for statements."""

    @property
    def key_id(self) -> str:
        """`sha256:` and the digest of the public key's SubjectPublicKeyInfo."""
        ...

    @property
    def public_pem(self) -> str:
        """The public key (PEM)."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature: raw 64 bytes for Ed25519, DER for ECDSA."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """A log entry beside what it commits to. `envelope` and `salt` are absent once erased."""

    index: int
    leaf: bytes
    envelope: bytes | None
    salt: bytes | None


class LogStore(Protocol):
    """Keeps leaves, their hashes and signed checkpoints. The caller holds the transaction."""

    @property
    def origin(self) -> str:
        """The log's name: first line of its checkpoints, and name of its key."""
        ...

    def size(self) -> int:
        """Number of entries."""
        ...

    def entries(self, start: int, end: int) -> Sequence[StoredEntry]:
        """Entries start <= index < end, in order; fewer where some are missing."""
        ...

    def node(self, level: int, position: int) -> bytes:
        """The stored hash of a complete subtree: `level` 0 is a leaf hash. Raises TamperedLogError if missing."""
        ...

    def nodes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Hashes at one level, start <= position < end, in order; fewer where some are missing."""
        ...

    def add_entries(self, entries: Sequence[StoredEntry], nodes: Sequence[tuple[int, int, bytes]]) -> None:
        """Append entries and the complete subtrees (level, position, hash) that they close."""
        ...

    def last_instant(self) -> str | None:
        """The instant of the last entry."""
        ...

    def checkpoint(self) -> str | None:
        """The newest signed checkpoint note."""
        ...

    def keep_checkpoint(self, note: str, size: int) -> None:
        """Keep a signed checkpoint note."""
        ...
