"""One signed act into the log: statement, envelope, salted commitment, entry."""

from dataclasses import dataclass

from countenance.audit.append import append
from countenance.audit.checkpoint import PublicKey
from countenance.audit.entry import make_entry
from countenance.audit.ports import LogStore, SigningKey
from countenance.core import envelope
from countenance.core.ids import IdSource
from countenance.core.records.audit import Receipt, Statement, StatementKind
from countenance.core.records.base import Record

_SALT_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: an operator, or the organisation itself, with the key that signs for them."""

    id: str
    key: SigningKey


def record(
    kind: StatementKind,
    body: Record,
    *,
    subject: str,
    at: str,
    actor: Actor,
    log: LogStore,
    log_key: SigningKey,
    ids: IdSource,
    log_base: PublicKey | None = None,
) -> Receipt:
    """Sign the act, keep its envelope and salt erasably, and log the commitment. The caller holds the transaction.

    Raises:
        LogUnavailableError: the log cannot be appended to.
    """
    statement = Statement(kind=kind, actor=actor.id, subject=subject, at=at, body=body.to_json())
    signed = envelope.sign(Statement.payload_type(), statement.canonical(), actor.key)
    salt = ids.secret(_SALT_BYTES)
    return append(make_entry(kind, at, signed, salt), signed, salt, log, log_key, base_key=log_base)
