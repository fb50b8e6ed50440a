"""Signed statements with their log entries, for tests of logs."""

from countenance.audit.append import append
from countenance.audit.entry import SALT_BYTES, make_entry
from countenance.audit.ports import SigningKey
from countenance.core import envelope
from countenance.core.clock import Clock
from countenance.core.ids import IdSource
from countenance.core.records.audit import LogEntry, Statement, StatementKind
from countenance.core.records.base import Record
from countenance.core.records.consent import Organisation
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import SeededKey, statement_key
from countenance.toolkit.pen import Books


class Scribe:
    """One actor who signs. `keys` is what `check_log` asks for their public key."""

    def __init__(self, clock: Clock | None = None, ids: IdSource | None = None, key: SeededKey | None = None) -> None:
        self.clock = clock or FixedClock(step_ms=1)
        self.ids = ids or SeededIds()
        self.key = key or statement_key()
        self.actor = self.ids.new("operator")

    def write(
        self, kind: StatementKind = "decision", subject: str = "edit", at: str = "", body: Record | None = None
    ) -> tuple[LogEntry, bytes, bytes]:
        """An entry with the envelope and the salt that open it."""
        instant = at or self.clock.now()
        said = {} if body is None else body.to_json()
        statement = Statement(kind=kind, actor=self.actor, subject=subject, at=instant, body=said)
        signed = envelope.sign(Statement.payload_type(), statement.canonical(), self.key)
        salt = self.ids.secret(SALT_BYTES)
        return make_entry(kind, instant, signed, salt), signed, salt

    def found(self, books: Books, log_key: SigningKey) -> None:
        """The first entry of new books: the scribe as their organisation, so that they know who signs."""
        at, key = self.clock.now(), self.key.public_pem
        made = Organisation(
            id=self.actor, name="Scribe", domain="", public_pem=key, log_public_pem=log_key.public_pem, created_at=at
        )
        with books.transaction():
            append(*self.write("organisation", at=at, body=made), books, log_key)
            books.add(made)

    def keys(self, actor_id: str) -> str | None:
        """The actor's public key (PEM)."""
        return self.key.public_pem if actor_id == self.actor else None
