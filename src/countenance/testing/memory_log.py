"""A log store in memory, for tests of what appends and checks."""

import json
from collections.abc import Sequence

from countenance.audit.ports import StoredEntry
from countenance.errors import TamperedLogError


class MemoryLog:
    """`countenance.audit.ports.LogStore` without a database. Its lists are open, so that a test can tamper."""

    def __init__(self, origin: str = "log.example/countenance") -> None:
        self.origin = origin
        self.stored: list[StoredEntry] = []
        self.hashes: dict[tuple[int, int], bytes] = {}
        self.notes: list[str] = []

    def size(self) -> int:
        """Number of entries."""
        return len(self.stored)

    def entries(self, start: int, end: int) -> Sequence[StoredEntry]:
        """Entries start <= index < end."""
        return tuple(self.stored[start:end])

    def node(self, level: int, position: int) -> bytes:
        """The hash of a complete subtree."""
        try:
            return self.hashes[level, position]
        except KeyError as error:
            raise TamperedLogError(f"a hash of the log is missing (level {level}, position {position})") from error

    def nodes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Hashes at one level, start <= position < end."""
        keys = ((level, position) for position in range(start, end))
        return tuple(self.hashes[key] for key in keys if key in self.hashes)

    def add_entries(self, entries: Sequence[StoredEntry], nodes: Sequence[tuple[int, int, bytes]]) -> None:
        """Append entries and the subtrees that they close."""
        self.stored.extend(entries)
        self.hashes.update({(level, position): hashed for level, position, hashed in nodes})

    def last_instant(self) -> str | None:
        """The instant of the last entry."""
        return str(json.loads(self.stored[-1].leaf)["at"]) if self.stored else None

    def checkpoint(self) -> str | None:
        """The newest note."""
        return self.notes[-1] if self.notes else None

    def keep_checkpoint(self, note: str, size: int) -> None:
        """Keep a note; `size` says how much of the log it covers."""
        if size != len(self.stored):
            raise TamperedLogError("a checkpoint that does not cover the whole log")
        self.notes.append(note)
