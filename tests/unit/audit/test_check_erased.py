"""What is gone from a log was erased, and what was erased is gone: only a logged erasure tells one from tampering."""

from dataclasses import replace

import pytest

from countenance.audit.append import append
from countenance.audit.check import check_log
from countenance.core.records.erasure import STAYS, Erasure
from countenance.errors import TamperedLogError
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.memory_log import MemoryLog
from countenance.testing.scribe import Scribe
from countenance.testing.worlds import AT, an_id

KEY = log_key()


def an_erasure(*entries: int) -> Erasure:
    return Erasure(
        id=an_id("erasure"),
        scope="person",
        ground="request",
        releases=(),
        entries=entries,
        counts={},
        kept=(),
        by=an_id("operator"),
        at=AT,
        person_id=an_id("person"),
    )


def a_log(*entries: int, kinds: tuple[str, ...] = ("person",) * 4) -> tuple[MemoryLog, Scribe]:
    log, scribe = MemoryLog(), Scribe()
    for kind in kinds:
        append(*scribe.write(kind), log, KEY)
    append(*scribe.write("erasure", body=an_erasure(*entries)), log, KEY)
    return log, scribe


def take(log: MemoryLog, *entries: int) -> None:
    for entry in entries:
        log.stored[entry] = replace(log.stored[entry], envelope=None, salt=None)


def check(log: MemoryLog, scribe: Scribe):
    return check_log(log, KEY.public_pem, log.notes, actor_key=scribe.keys)


def test_what_an_erasure_names_may_be_gone_and_is_counted():
    log, scribe = a_log(1, 3)
    take(log, 1, 3)
    report = check(log, scribe)
    assert (report.size, report.opened, report.erased) == (5, 3, 2)


def test_another_one_may_not():
    log, scribe = a_log(1, 3)
    take(log, 1, 2, 3)
    with pytest.raises(TamperedLogError, match="the statement of entry 2 is gone"):
        check(log, scribe)


def test_what_was_erased_may_not_come_back():
    log, scribe = a_log(1, 3)
    take(log, 1)
    with pytest.raises(TamperedLogError, match="entry 3 was erased, and is there again"):
        check(log, scribe)


@pytest.mark.parametrize("entries", [(4,), (5,), (1, 99), (-1,)])
def test_an_erasure_names_only_what_is_before_it(entries):
    log, scribe = a_log(*entries)
    with pytest.raises(TamperedLogError, match="not before it"):
        check(log, scribe)


@pytest.mark.parametrize("kind", sorted(STAYS))
def test_some_kinds_may_never_be_gone(kind):
    log, scribe = a_log(0, kinds=(kind,)) if kind != "erasure" else a_log(0, kinds=("person",))
    if kind == "erasure":
        append(*scribe.write("erasure", body=an_erasure(1)), log, KEY)
        take(log, 0, 1)
    else:
        take(log, 0)
    with pytest.raises(TamperedLogError, match="is gone"):
        check(log, scribe)


def test_an_erasure_signed_by_somebody_else_erases_nothing():
    log, scribe = a_log(kinds=("person",) * 4)
    stranger = Scribe(clock=scribe.clock, key=statement_key("stranger"))
    stranger.actor = scribe.actor
    append(*stranger.write("erasure", body=an_erasure(1)), log, KEY)
    take(log, 1)
    with pytest.raises(TamperedLogError, match="entry 5 does not hold"):
        check(log, scribe)
