"""Log entries: what a leaf says, and how it opens."""

import base64
import json

from countenance.core import digest
from countenance.core.records.audit import LogEntry, Statement, StatementKind
from countenance.errors import AuditError, EvidenceError

SALT_BYTES = 32


def make_entry(statement_kind: StatementKind, at: str, envelope: bytes, salt: bytes) -> LogEntry:
    """The leaf of a signed statement: its kind, its instant and a salted commitment to its envelope.

    Raises:
        AuditError: the salt is not 32 bytes, so the commitment could be guessed open.
    """
    if len(salt) != SALT_BYTES:
        raise AuditError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return LogEntry(kind=statement_kind, at=at, commitment=digest.commit(salt, envelope))


def opens(leaf: bytes, envelope: bytes, salt: bytes) -> bool:
    """Whether the envelope and the salt are what the leaf commits to.

    Raises:
        CountenanceError: the leaf is not a log entry.
    """
    return digest.same(LogEntry.from_bytes(leaf).commitment, digest.commit(salt, envelope))


def stated(envelope: bytes) -> Statement:
    """The statement in a signed envelope, before anybody checked the signature: to learn what it is about, and whose.

    Raises:
        EvidenceError: not a signed envelope.
        CountenanceError: what is signed is no statement.
    """
    try:
        payload = base64.b64decode(json.loads(envelope)["payload"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EvidenceError("not a signed envelope") from error
    return Statement.from_bytes(payload)
