from dataclasses import replace

import pytest

from countenance.audit import proofs
from countenance.audit.append import append
from countenance.audit.checkpoint import sign_checkpoint
from countenance.core.keyring import LogSpan
from countenance.core.records.audit import Statement
from countenance.errors import AuditError, CountenanceError, EvidenceError, TamperedLogError, UncheckedError
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


@pytest.fixture
def given(log):
    """What somebody outside has: origin and key, as the log's house handed them over."""
    return proofs.read_keys(proofs.write_keys(log.origin, KEY.public_pem))


def test_every_entry_is_proven_by_the_key_alone(log, given):
    for index in range(13):
        made = proofs.prove_entry(index, log, KEY.public_pem, opened=index % 2 == 0)
        found = proofs.verify_entry(proofs.LogReceipt.from_bytes(made.canonical()), *given)
        assert (found.index, found.checkpoint.size, found.statement is not None) == (index, 13, index % 2 == 0)
        if found.statement is not None:
            assert isinstance(found.statement, Statement)
            assert (found.statement.kind, found.statement.at) == (found.entry.kind, found.entry.at)


def test_a_receipt_opens_no_other_statement(log, given):
    one, other = (proofs.prove_entry(index, log, KEY.public_pem, opened=True) for index in (3, 4))
    swapped = one.model_copy(update={"envelope": other.envelope, "salt_hex": other.salt_hex})
    with pytest.raises(EvidenceError, match="not the one that was logged"):
        proofs.verify_entry(swapped, *given)


def test_no_changed_byte_of_a_proof_is_believed(log, given):
    """Whatever still passes says exactly the same."""
    made = proofs.prove_extension(log.notes[4], log, KEY.public_pem).canonical()
    for place in range(0, len(made), 7):
        forged = made[:place] + bytes([made[place] ^ 1]) + made[place + 1 :]
        with pytest.raises(CountenanceError):
            proofs.verify_extension(proofs.LogExtension.from_bytes(forged), *given)


def test_an_erased_statement_is_proven_and_not_opened(log, given):
    log.stored[5] = replace(log.stored[5], envelope=None, salt=None)
    assert proofs.verify_entry(proofs.prove_entry(5, log, KEY.public_pem, opened=False), *given).index == 5
    with pytest.raises(UncheckedError, match="was erased"):
        proofs.prove_entry(5, log, KEY.public_pem, opened=True)


def test_no_receipt_of_an_entry_that_is_not_there(log):
    with pytest.raises(AuditError, match="no entry 13"):
        proofs.prove_entry(13, log, KEY.public_pem, opened=False)


def test_the_log_extends_every_checkpoint_it_ever_had(log, given):
    for note in log.notes:
        made = proofs.prove_extension(note, log, KEY.public_pem)
        old, new = proofs.verify_extension(proofs.LogExtension.from_bytes(made.canonical()), *given)
        assert new.size == 13
        proofs.require_held(note, (old, new), *given)


def test_a_log_that_was_cut_or_forked_is_told(log, given):
    fork, scribe = MemoryLog(), Scribe(key=statement_key("another"))
    for _ in range(13):
        append(*scribe.write(), fork, KEY)
    with pytest.raises(TamperedLogError, match="was forked"):
        proofs.prove_extension(log.notes[-2], fork, KEY.public_pem)
    longer = log.checkpoint()
    short = MemoryLog()
    append(*Scribe().write(), short, KEY)
    with pytest.raises(TamperedLogError, match="was cut"):
        proofs.prove_extension(longer, short, KEY.public_pem)
    honest = proofs.prove_extension(fork.notes[4], fork, KEY.public_pem)  # of a log that the holder never saw
    old, new = proofs.verify_extension(honest, *given)
    with pytest.raises(EvidenceError, match="was forked"):
        proofs.require_held(log.notes[4], (old, new), *given)
    with pytest.raises(UncheckedError, match="of 4 entries"):
        proofs.require_held(log.notes[3], (old, new), *given)


def test_two_honest_checkpoints_of_two_logs_do_not_make_a_proof(log, given):
    fork, scribe = MemoryLog(), Scribe(key=statement_key("another"))
    for _ in range(20):
        append(*scribe.write(), fork, KEY)
    made = proofs.prove_extension(fork.notes[12], fork, KEY.public_pem)
    mine = proofs.prove_extension(log.notes[12], log, KEY.public_pem)
    with pytest.raises(EvidenceError, match="does not extend"):
        proofs.verify_extension(made.model_copy(update={"old": mine.old}), *given)


def test_keys_over_time(given, log):
    spans = (LogSpan(public_pem=KEY.public_pem, first=0, last=6),
             LogSpan(public_pem=log_key("next").public_pem, first=6, last=None))  # fmt: skip
    text = proofs.write_keys(log.origin, spans)
    assert proofs.read_keys(f"# of the studio\n\n{text}") == (log.origin, spans)
    late = sign_checkpoint(log.origin, 13, b"\0" * 32, KEY)
    with pytest.raises(EvidenceError, match="not the log's at its size"):
        proofs.require_held(late, (), *proofs.read_keys(text))


@pytest.mark.parametrize("text", [
    "", "# nothing", "log.example+00000000+AQ==", "log.example", "a+b+c\nd+e+f", "{good} 1", "{good} 2-1-3",
    "{good}\n{other}", "{good}x", "\x00+\x00+\x00",
])  # fmt: skip
def test_what_is_no_key(log, text):
    good, other = (proofs.write_keys(origin, KEY.public_pem).strip() for origin in (log.origin, "another.example"))
    with pytest.raises(CountenanceError):
        proofs.read_keys(text.format(good=good, other=other) if "{" in text else text)
