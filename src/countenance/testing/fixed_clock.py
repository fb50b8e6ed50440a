"""A clock and ids that a test decides."""

import hashlib
from datetime import timedelta

from countenance.core.clock import format_instant, parse_instant


class FixedClock:
    """`countenance.core.clock.Clock`: stands still, or moves on by `step_ms` each time it is read."""

    def __init__(self, at: str = "2026-01-02T03:04:05.000Z", *, step_ms: int = 0) -> None:
        self._at = at
        self._step_ms = step_ms

    def now(self) -> str:
        """The present instant; the next one is `step_ms` later."""
        now = self._at
        self.advance(self._step_ms)
        return now

    def advance(self, milliseconds: int) -> None:
        """Move on, or back where negative."""
        self._at = format_instant(parse_instant(self._at) + timedelta(milliseconds=milliseconds))


class SeededIds:
    """`countenance.core.ids.IdSource`: the same seed gives the same ids and secrets."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._count = 0

    def new(self, kind: str) -> str:
        """The next id; ids sort in the order in which they were made."""
        random_part = self.secret(8).hex()
        return f"{kind}_{self._count:016x}{random_part}"

    def secret(self, size_bytes: int) -> bytes:
        """The next bytes."""
        self._count += 1
        return hashlib.shake_256(b"%d %d" % (self._seed, self._count)).digest(size_bytes)
