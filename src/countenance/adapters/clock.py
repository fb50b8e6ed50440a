"""The machine's clock, and ids and secrets from the machine."""

import os
from datetime import UTC, datetime

import uuid_utils

from countenance.core.clock import format_instant


class SystemClock:
    """`countenance.core.clock.Clock`."""

    def now(self) -> str:
        """The present instant."""
        return format_instant(datetime.now(UTC))


class SystemIds:
    """`countenance.core.ids.IdSource`."""

    def new(self, kind: str) -> str:
        """A UUIDv7 (RFC 9562) after its kind."""
        return f"{kind}_{uuid_utils.uuid7().hex}"

    def secret(self, size_bytes: int) -> bytes:
        """Bytes from the operating system."""
        return os.urandom(size_bytes)
