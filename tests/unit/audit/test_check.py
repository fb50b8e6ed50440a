import base64
import json
from dataclasses import replace

import pytest

from countenance.audit.append import append, append_many, receipt_at
from countenance.audit.check import check_log, verify_receipt
from countenance.audit.checkpoint import sign_checkpoint
from countenance.audit.entry import make_entry
from countenance.core import envelope
from countenance.core.records.audit import Statement
from countenance.errors import EvidenceError, TamperedLogError, UncheckedError
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.memory_log import MemoryLog
from countenance.testing.scribe import Scribe

KEY = log_key()


@pytest.fixture
def scribe():
    return Scribe()


@pytest.fixture
def log(scribe):
    log = MemoryLog()
    for _ in range(13):
        append(*scribe.write(), log, KEY)
    return log


def check(log, scribe, held=()):
    return check_log(log, KEY.public_pem, held, actor_key=scribe.keys)


def test_an_untouched_log_holds_against_every_checkpoint_it_ever_had(log, scribe):
    report = check(log, scribe, log.notes)
    assert (report.size, report.opened, report.unchecked, report.erased, report.held) == (13, 13, 0, 0, 13)
    assert report.to_json()["schema"] == "countenance.log-report/1"


def test_an_empty_log_holds():
    assert check_log(MemoryLog(), KEY.public_pem, (), actor_key=lambda _: None).size == 0


def test_a_log_of_several_batches_holds(scribe):
    log = MemoryLog()
    append_many([scribe.write() for _ in range(1030)], log, KEY)
    assert check(log, scribe).opened == 1030
    log.hashes[2, 256] = b"x" * 32
    with pytest.raises(TamperedLogError, match="level 2, position 256"):
        check(log, scribe)


def test_a_statement_that_is_gone_is_an_alarm_where_no_erasure_names_it(log, scribe):
    log.stored[4] = replace(log.stored[4], envelope=None, salt=None)
    with pytest.raises(TamperedLogError, match="the statement of entry 4 is gone"):
        check(log, scribe, log.notes)


def test_a_statement_of_an_unknown_actor_is_an_alarm(log, scribe):
    mallory = Scribe(clock=scribe.clock, ids=scribe.ids)
    append(*mallory.write(), log, KEY)
    with pytest.raises(TamperedLogError, match="entry 13 is signed by nobody"):
        check(log, scribe)


def damage_leaf(log):
    log.stored[5] = replace(log.stored[5], leaf=log.stored[6].leaf)


def damage_leaf_bytes(log):
    log.stored[5] = replace(log.stored[5], leaf=b"\xff")


def damage_envelope(log):
    log.stored[5] = replace(log.stored[5], envelope=log.stored[6].envelope)


def damage_hash(log):
    log.hashes[0, 5] = b"x" * 32


def damage_count(log):
    del log.stored[5]


def damage_order(log):
    log.stored[5], log.stored[6] = log.stored[6], log.stored[5]


def damage_note(log):
    log.notes[-1] = log.notes[-1].replace("\n13\n", "\n14\n")


def damage_no_note(log):
    log.notes.clear()


def damage_tail(log):
    log.stored.pop()


def damage_old_note(log):
    log.notes.pop()


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (damage_leaf, "statement of entry 5 is not the one"),
        (damage_leaf_bytes, "entry 5 is not a log entry"),
        (damage_envelope, "statement of entry 5 is not the one"),
        (damage_hash, "stored hash at level 0, position 5"),
        (damage_count, "entry 5 is missing"),
        (damage_order, "entry 5 is missing"),
        (damage_note, "last checkpoint: .*signature"),
        (damage_no_note, "no checkpoint"),
        (damage_tail, "cut: its last checkpoint covers 13 entries, and 12 are left"),
        (damage_old_note, "entry 12 is not covered"),
    ],
)
def test_the_first_thing_that_is_wrong_is_named(log, scribe, damage, line):
    damage(log)
    with pytest.raises(TamperedLogError, match=line):
        check(log, scribe)


def test_entries_that_the_last_checkpoint_does_not_cover_are_found(log, scribe):
    log.notes[-1] = sign_checkpoint(log.origin, 13, b"x" * 32, KEY)
    with pytest.raises(TamperedLogError, match="not those that the last checkpoint"):
        check(log, scribe)


def test_a_broken_held_checkpoint_is_named(log, scribe):
    with pytest.raises(TamperedLogError, match="held checkpoint 2: not a signed note"):
        check(log, scribe, [log.notes[0], "nonsense"])


def forged(scribe, **changes):
    """A logged statement whose inside is wrong, though the commitment opens."""
    at = scribe.clock.now()
    values = {"kind": "decision", "actor": scribe.actor, "subject": "edit", "at": at, "body": {}}
    payload_type = changes.pop("payload_type", Statement.payload_type())
    key = changes.pop("key", scribe.key)
    statement = Statement(**(values | changes))
    signed = envelope.sign(payload_type, statement.canonical(), key)
    return make_entry("decision", at, signed, b"s" * 32), signed, b"s" * 32


@pytest.mark.parametrize(
    "changes",
    [{"kind": "publication"}, {"at": "2030-01-01T00:00:00.000Z"}, {"key": statement_key("mallory")}, {"payload_type": "text/plain"}],
)  # fmt: skip
def test_a_statement_must_be_its_entry_s_and_its_actor_s(log, scribe, changes):
    append(*forged(scribe, **changes), log, KEY)
    with pytest.raises(TamperedLogError, match="the statement of entry 13"):
        check(log, scribe)


@pytest.mark.parametrize("payload", [b"not json", b"{}", b"[]", b'{"payload": 3}', b'{"payload": "%%"}'])
def test_a_logged_thing_that_is_no_envelope_is_found(log, scribe, payload):
    at = scribe.clock.now()
    append(make_entry("decision", at, payload, b"s" * 32), payload, b"s" * 32, log, KEY)
    with pytest.raises(TamperedLogError, match="entry 13 does not hold"):
        check(log, scribe)


def test_a_statement_of_a_newer_schema_is_unchecked(log, scribe):
    at = scribe.clock.now()
    newer = json.dumps({"schema": "countenance.statement/2"}).encode()
    signed = envelope.sign(Statement.payload_type(), newer, scribe.key)
    append(make_entry("decision", at, signed, b"s" * 32), signed, b"s" * 32, log, KEY)
    assert check(log, scribe).unchecked == 1


def test_instants_that_go_back_are_found(scribe):
    log = MemoryLog()
    append(*scribe.write(at="2026-01-02T00:00:00.000Z"), log, KEY)
    log.last_instant = lambda: None
    append(*scribe.write(at="2026-01-01T00:00:00.000Z"), log, KEY)
    with pytest.raises(TamperedLogError, match="entry 1 is earlier"):
        check(log, scribe)


def test_an_unusable_public_key_is_unchecked(log, scribe):
    with pytest.raises(UncheckedError):
        check_log(log, "no key", (), actor_key=scribe.keys)


def test_a_receipt_holds_alone_and_fails_with_any_part_changed(log):
    receipt = receipt_at(6, log, KEY.public_pem)
    assert verify_receipt(receipt, KEY.public_pem, log.origin) == receipt.checkpoint
    other = receipt_at(7, log, KEY.public_pem)
    changes = [
        {"index": 7},
        {"leaf": other.leaf},
        {"leaf": "\ud800"},
        {"proof_hex": other.proof_hex},
        {"proof_hex": ("zz",)},
        {"checkpoint": receipt.checkpoint.model_copy(update={"size": 12})},
    ]
    for change in changes:
        with pytest.raises(EvidenceError):
            verify_receipt(receipt.model_copy(update=change), KEY.public_pem, log.origin)
    flipped = receipt.checkpoint.note.replace(
        base64.b64encode(bytes.fromhex(receipt.checkpoint.root_hex)).decode(), base64.b64encode(b"x" * 32).decode()
    )
    with pytest.raises(TamperedLogError):
        verify_receipt(
            receipt.model_copy(update={"checkpoint": receipt.checkpoint.model_copy(update={"note": flipped})}),
            KEY.public_pem,
            log.origin,
        )
