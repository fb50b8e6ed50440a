import pytest

from countenance.audit.append import receipt_at
from countenance.audit.check import check_log
from countenance.audit.entry import opens
from countenance.audit.record import Actor, record
from countenance.core import envelope
from countenance.core.records.audit import LogEntry, Statement
from countenance.errors import EvidenceError, LogUnavailableError
from countenance.testing.fixed_clock import SeededIds
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.memory_log import MemoryLog
from countenance.testing.worlds import AT, BEFORE, a_revocation, an_id

ACTOR = Actor(id=an_id("operator"), key=statement_key())
BODY = a_revocation(an_id("release"))


@pytest.fixture
def log():
    return MemoryLog()


def write(log, *, at=AT, ids=None):
    return record(
        "revocation",
        BODY,
        subject=BODY.of_id,
        at=at,
        actor=ACTOR,
        log=log,
        log_key=log_key(),
        ids=ids or SeededIds(),
    )


def test_the_statement_is_signed_by_its_actor(log):
    write(log)
    kind, payload, signer = envelope.open_envelope(log.stored[0].envelope, [ACTOR.key.public_pem])
    statement = Statement.from_bytes(payload)
    assert (kind, signer) == (Statement.payload_type(), ACTOR.key.key_id)
    assert (statement.actor, statement.subject, statement.at) == (ACTOR.id, BODY.of_id, AT)
    assert statement.body == BODY.to_json()
    with pytest.raises(EvidenceError):
        envelope.open_envelope(log.stored[0].envelope, [statement_key("someone else").public_pem])


def test_the_leaf_commits_and_says_nothing_else(log):
    receipt = write(log)
    stored = log.stored[0]
    assert set(LogEntry.from_bytes(stored.leaf).to_json()) == {"schema", "kind", "at", "commitment"}
    assert opens(stored.leaf, stored.envelope, stored.salt)
    assert not opens(stored.leaf, stored.envelope, b"\0" * 32)
    for word in (ACTOR.id, BODY.of_id, BODY.id):
        assert word.encode() not in stored.leaf
    assert receipt.leaf.encode() == stored.leaf


def test_the_receipt_is_the_logs_own(log):
    ids = SeededIds()
    receipts = [write(log, ids=ids) for _ in range(3)]
    assert [receipt.index for receipt in receipts] == [0, 1, 2]
    assert receipts[2] == receipt_at(2, log, log_key().public_pem)
    report = check_log(log, log_key().public_pem, [], actor_key={ACTOR.id: ACTOR.key.public_pem}.get)
    assert (report.size, report.opened) == (3, 3)


def test_the_same_act_twice_cannot_be_linked(log):
    ids = SeededIds()
    write(log, ids=ids)
    write(log, ids=ids)
    assert log.stored[0].leaf != log.stored[1].leaf
    assert log.stored[0].salt != log.stored[1].salt


def test_a_clock_behind_the_log_logs_nothing(log):
    write(log)
    with pytest.raises(LogUnavailableError, match="clock"):
        write(log, at=BEFORE)
    assert log.size() == 1
