"""Signed statements with their log entries, for tests of logs."""

from countenance.audit.entry import SALT_BYTES, make_entry
from countenance.core import envelope
from countenance.core.clock import Clock
from countenance.core.ids import IdSource
from countenance.core.records.audit import LogEntry, Statement, StatementKind
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import SeededKey, statement_key


class Scribe:
    """One actor who signs. `keys` is what `check_log` asks for their public key."""

    def __init__(self, clock: Clock | None = None, ids: IdSource | None = None, key: SeededKey | None = None) -> None:
        self.clock = clock or FixedClock(step_ms=1)
        self.ids = ids or SeededIds()
        self.key = key or statement_key()
        self.actor = self.ids.new("operator")

    def write(
        self, kind: StatementKind = "decision", subject: str = "edit", at: str = ""
    ) -> tuple[LogEntry, bytes, bytes]:
        """An entry with the envelope and the salt that open it."""
        instant = at or self.clock.now()
        statement = Statement(kind=kind, actor=self.actor, subject=subject, at=instant, body={})
        signed = envelope.sign(Statement.payload_type(), statement.canonical(), self.key)
        salt = self.ids.secret(SALT_BYTES)
        return make_entry(kind, instant, signed, salt), signed, salt

    def keys(self, actor_id: str) -> str | None:
        """The actor's public key (PEM)."""
        return self.key.public_pem if actor_id == self.actor else None
