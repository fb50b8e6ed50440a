import pytest

from countenance.audit import merkle
from countenance.audit.append import append, append_many, receipt_at
from countenance.audit.check import verify_receipt
from countenance.audit.checkpoint import sign_checkpoint
from countenance.errors import AuditError, LogUnavailableError, TamperedLogError
from countenance.testing.log_keys import log_key
from countenance.testing.memory_log import MemoryLog
from countenance.testing.scribe import Scribe

KEY = log_key()


def filled(count, scribe=None):
    log, scribe = MemoryLog(), scribe or Scribe()
    append_many([scribe.write() for _ in range(count)], log, KEY)
    return log, scribe


def test_each_append_gives_a_receipt_that_verifies():
    log, scribe = MemoryLog(), Scribe()
    for index in range(20):
        receipt = append(*scribe.write(), log, KEY)
        assert receipt.index == index
        assert verify_receipt(receipt, KEY.public_pem, log.origin).size == index + 1


def test_many_at_once_are_the_same_log_as_one_by_one():
    one, other, scribe = MemoryLog(), MemoryLog(), Scribe()
    fresh = [scribe.write() for _ in range(37)]
    receipts = append_many(fresh, one, KEY)
    for item in fresh:
        append(*item, other, KEY)
    assert (one.stored, one.hashes, one.notes[-1]) == (other.stored, other.hashes, other.notes[-1])
    assert [receipt.index for receipt in receipts] == list(range(37))
    assert all(verify_receipt(receipt, KEY.public_pem, one.origin) for receipt in receipts)
    assert append_many([], one, KEY) == ()


def test_a_receipt_can_be_had_later():
    log, _ = filled(9)
    for index in range(9):
        assert verify_receipt(receipt_at(index, log, KEY.public_pem), KEY.public_pem, log.origin).size == 9
    with pytest.raises(AuditError, match="no entry 9"):
        receipt_at(9, log, KEY.public_pem)


def test_the_clock_may_stand_still_but_not_go_back():
    log, scribe = filled(1)
    last = log.last_instant()
    append(*scribe.write(at=last), log, KEY)
    with pytest.raises(LogUnavailableError, match="clock is behind the log"):
        append(*scribe.write(at="2020-01-01T00:00:00.000Z"), log, KEY)
    backwards = [scribe.write(at="2030-01-01T00:00:00.001Z"), scribe.write(at="2030-01-01T00:00:00.000Z")]
    with pytest.raises(LogUnavailableError, match="clock is behind the log"):
        append_many(backwards, log, KEY)
    assert log.size() == 2


def test_an_envelope_that_does_not_open_its_entry_is_not_logged():
    log, scribe = filled(1)
    entry, envelope, _ = scribe.write()
    with pytest.raises(AuditError, match="do not open"):
        append(entry, envelope, b"s" * 32, log, KEY)
    assert log.size() == 1


@pytest.mark.parametrize("damage", ["note", "hash", "entry", "no note", "other key"])
def test_nothing_is_built_on_a_log_that_disagrees_with_itself(damage):
    log, scribe = filled(8)
    if damage == "note":
        log.notes[-1] = sign_checkpoint(log.origin, 8, b"x" * 32, KEY)
    elif damage == "hash":
        log.hashes[3, 0] = b"x" * 32
    elif damage == "entry":
        log.stored.pop()
    elif damage == "no note":
        log.notes.clear()
    else:
        log.notes[-1] = sign_checkpoint(log.origin, 8, b"x" * 32, log_key("mallory"))
    with pytest.raises(TamperedLogError):
        append(*scribe.write(), log, KEY)


class ForgetfulLog(MemoryLog):
    """A store that says yes and keeps less."""

    lost = ""

    def add_entries(self, entries, nodes):
        super().add_entries(entries, [] if self.lost == "nodes" else nodes)
        if self.lost == "entries":
            self.stored.pop()

    def keep_checkpoint(self, note, size):
        if self.lost == "leaf":
            self.stored[-1] = self.stored[0]
        self.notes.append(note)


@pytest.mark.parametrize("lost", ["nodes", "entries", "leaf"])
def test_a_store_that_does_not_keep_what_it_was_given_is_found_out(lost):
    log, scribe = ForgetfulLog(), Scribe()
    append_many([scribe.write() for _ in range(3)], log, KEY)
    log.lost = lost
    with pytest.raises((LogUnavailableError, TamperedLogError)):
        append(*scribe.write(), log, KEY)


def test_a_wrong_leaf_has_no_receipt():
    log, _ = filled(4)
    log.stored[2] = log.stored[1]
    with pytest.raises(TamperedLogError, match="entry 2"):
        receipt_at(2, log, KEY.public_pem)
    assert merkle.root(4, log.node)
