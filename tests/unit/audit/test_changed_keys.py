"""A log whose key, and whose actors' keys, changed over time."""

import pytest

from countenance.audit.append import append
from countenance.audit.check import check_log
from countenance.audit.checkpoint import open_checkpoint, sign_checkpoint, verifier_key
from countenance.core.keyring import ActorSpan, LogSpan
from countenance.errors import EvidenceError, TamperedLogError, UncheckedError
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.memory_log import MemoryLog
from countenance.testing.scribe import Scribe

OLD, NEW, OTHER = log_key("old"), log_key("new"), log_key("other")
SPANS = (
    LogSpan(public_pem=OLD.public_pem, first=0, last=3),
    LogSpan(public_pem=NEW.public_pem, first=4, last=None),
)
ROOT = b"r" * 32


def note(size, key):
    return sign_checkpoint("log.example", size, ROOT, key)


@pytest.mark.parametrize(("size", "key"), [(1, OLD), (3, OLD), (4, NEW), (99, NEW)])
def test_each_key_counts_for_its_sizes(size, key):
    assert open_checkpoint(note(size, key), SPANS, "log.example").size == size


@pytest.mark.parametrize(("size", "key"), [(4, OLD), (99, OLD), (3, NEW)])
def test_and_for_no_others(size, key):
    with pytest.raises(EvidenceError, match="not the log's at its size"):
        open_checkpoint(note(size, key), SPANS, "log.example")


def test_another_key_or_none():
    for spans in (SPANS, ()):
        with pytest.raises(EvidenceError, match="not signed by the log's key"):
            open_checkpoint(note(1, OTHER), spans, "log.example")
    with pytest.raises(UncheckedError, match="several keys"):
        verifier_key("log.example", SPANS)


def test_a_log_goes_on_under_a_new_key():
    log, scribe = MemoryLog(), Scribe()
    for _ in range(3):
        append(*scribe.write(), log, OLD)
    with pytest.raises(TamperedLogError, match="not signed by the log's key"):
        append(*scribe.write(), log, NEW)
    append(*scribe.write(), log, NEW, base_key=OLD.public_pem)
    append(*scribe.write(), log, NEW)
    with pytest.raises(TamperedLogError):
        append(*scribe.write(), log, OLD)
    assert check_log(log, SPANS, log.notes, actor_key=scribe.keys).size == 5


def test_an_actor_s_keys_count_in_their_time():
    log, early = MemoryLog(), Scribe(key=statement_key("early"))
    late = Scribe(key=statement_key("late"), clock=early.clock)
    late.actor = early.actor
    for scribe in (early, early, late):
        append(*scribe.write(), log, OLD)
    keys = (ActorSpan(public_pem=early.key.public_pem, until=early.clock.now()),)
    both = (*keys, ActorSpan(public_pem=late.key.public_pem, until=None))
    with pytest.raises(TamperedLogError, match="statement of entry 2"):
        check_log(log, OLD.public_pem, (), actor_key=lambda _: both)
    begun = log.entries(1, 2)[0].leaf.decode().split('"at":"')[1][:24]
    right = (ActorSpan(public_pem=early.key.public_pem, until=begun), both[1])
    assert check_log(log, OLD.public_pem, (), actor_key=lambda _: right).opened == 3
    append(*early.write(), log, OLD)
    with pytest.raises(TamperedLogError, match="statement of entry 3"):
        check_log(log, OLD.public_pem, (), actor_key=lambda _: right)
