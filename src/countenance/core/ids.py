"""Identifiers: a kind prefix and a UUIDv7 (RFC 9562); assets are named by digest instead."""

from typing import Protocol

ID_PATTERN = r"^[a-z]+_[0-9a-f]{32}$"


class IdSource(Protocol):
    """Where fresh identifiers, nonces, salts and mark ids come from."""

    def new(self, kind: str) -> str:
        """A time-ordered id such as `edit_0190...`."""
        ...

    def secret(self, size_bytes: int) -> bytes:
        """Unpredictable bytes: salts, nonces, seeds."""
        ...
