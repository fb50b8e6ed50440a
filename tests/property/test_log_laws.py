"""Laws of the log: proofs hold for every size, fail when a bit is flipped, and no append changes an old root."""

import sqlite3
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import event

from countenance.adapters.books.sqlite import build
from countenance.audit import merkle
from countenance.audit.append import append, append_many, receipt_at
from countenance.audit.check import check_log, verify_receipt
from countenance.errors import CountenanceError, LogUnavailableError, StoreError
from countenance.testing.log_keys import log_key
from countenance.testing.memory_log import MemoryLog
from countenance.testing.scribe import Scribe

LARGEST = 200
KEY = log_key()


@cache
def tree(count=LARGEST):
    nodes, roots = {}, [merkle.EMPTY_ROOT]

    def node(level, position):
        return nodes[level, position]

    for index in range(count):
        closed = merkle.closed_nodes(index, merkle.leaf_hash(b"%d" % index), node)
        nodes.update({(level, position): hashed for level, position, hashed in closed})
        roots.append(merkle.root(index + 1, node))
    return node, roots


def flip(data, bit):
    changed = bytearray(data)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_inclusion_holds_for_every_entry_of_every_size(size):
    node, roots = tree()
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, node)
        leaf = merkle.leaf_hash(b"%d" % index)
        assert merkle.verify_inclusion(index, size, leaf, proof, roots[size])
        assert not merkle.verify_inclusion((index + 1) % size, size, leaf, proof, roots[size]) or size == 1


@pytest.mark.parametrize("second", range(LARGEST + 1))
def test_consistency_holds_between_every_two_sizes(second):
    node, roots = tree()
    for first in range(second + 1):
        proof = merkle.consistency_proof(first, second, node)
        assert merkle.verify_consistency(first, second, roots[first], roots[second], proof)
        if first not in (0, second):
            assert not merkle.verify_consistency(first, second, roots[first - 1], roots[second], proof)


def test_no_append_changes_an_old_root():
    node, roots = tree()
    assert [merkle.root(size, node) for size in range(LARGEST + 1)] == roots


@given(st.data(), st.integers(1, LARGEST), st.integers(0, 255))
def test_any_flipped_bit_breaks_a_proof(data, size, bit):
    node, roots = tree()
    index = data.draw(st.integers(0, size - 1))
    leaf, proof = merkle.leaf_hash(b"%d" % index), merkle.inclusion_proof(index, size, node)
    assert not merkle.verify_inclusion(index, size, flip(leaf, bit), proof, roots[size])
    assert not merkle.verify_inclusion(index, size, leaf, proof, flip(roots[size], bit))
    for place in range(len(proof)):
        broken = (*proof[:place], flip(proof[place], bit), *proof[place + 1 :])
        assert not merkle.verify_inclusion(index, size, leaf, broken, roots[size])


@given(st.data(), st.integers(2, LARGEST), st.integers(0, 255))
def test_any_flipped_bit_breaks_a_consistency_proof(data, second, bit):
    node, roots = tree()
    first = data.draw(st.integers(1, second - 1))
    proof = merkle.consistency_proof(first, second, node)
    assert not merkle.verify_consistency(first, second, flip(roots[first], bit), roots[second], proof)
    assert not merkle.verify_consistency(first, second, roots[first], flip(roots[second], bit), proof)
    for place in range(len(proof)):
        broken = (*proof[:place], flip(proof[place], bit), *proof[place + 1 :])
        assert not merkle.verify_consistency(first, second, roots[first], roots[second], broken)


@given(st.integers(0, 2**40), st.integers(0, 2**40), st.lists(st.binary(max_size=33), max_size=45))
def test_any_numbers_and_bytes_are_answered(first, second, proof):
    root = b"r" * 32
    assert not merkle.verify_inclusion(first, second, b"l" * 32, proof, root)
    assert merkle.verify_consistency(first, second, root, b"s" * 32, proof) is False


@cache
def receipt():
    log, scribe = MemoryLog(), Scribe()
    append_many([scribe.write() for _ in range(21)], log, KEY)
    return receipt_at(13, log, KEY.public_pem), log.origin


@given(st.integers(0, 10**6))
def test_any_flipped_bit_of_a_receipt_s_note_or_leaf_breaks_it(bit):
    made, origin = receipt()
    for broken in (
        made.model_copy(update={"leaf": flip(made.leaf.encode(), bit).decode("latin-1")}),
        made.model_copy(
            update={
                "checkpoint": made.checkpoint.model_copy(
                    update={"note": flip(made.checkpoint.note.encode(), bit).decode(errors="replace")}
                )
            }
        ),
    ):
        with pytest.raises(CountenanceError):
            verify_receipt(broken, KEY.public_pem, origin)


class CrashingLog(RuleBasedStateMachine):
    """Appends to a database that fails at any statement, is closed and opened again, and loses nothing it promised."""

    @initialize()
    def start(self):
        self.path = Path(tempfile.mkdtemp(dir=self.base)) / "books.db"
        self.scribe, self.promised = Scribe(), []
        self.books = build(self.path, "log.example/countenance")

    @rule(count=st.integers(1, 9))
    def appends(self, count):
        with self.books.transaction():
            receipts = append_many([self.scribe.write() for _ in range(count)], self.books, KEY)
        self.promised += receipts

    @rule(count=st.integers(1, 9), crash_at=st.integers(1, 16))
    def crashes(self, count, crash_at):
        left = [crash_at]

        def fail(_connection, _cursor, statement, _parameters, _context, _many):
            left[0] -= 1
            if left[0] == 0:
                raise sqlite3.OperationalError(f"failed at {statement}")

        event.listen(self.books._engine, "before_cursor_execute", fail)
        try:
            with self.books.transaction():
                receipts = append_many([self.scribe.write() for _ in range(count)], self.books, KEY)
        except (StoreError, LogUnavailableError):
            return
        finally:
            event.remove(self.books._engine, "before_cursor_execute", fail)
        self.promised += receipts

    @rule()
    def opens_again(self):
        self.books.close()
        self.books = build(self.path, "log.example/countenance")

    @precondition(lambda self: self.promised)
    @rule(data=st.data())
    def an_old_receipt_still_holds(self, data):
        made = data.draw(st.sampled_from(self.promised))
        assert self.books.entries(made.index, made.index + 1)[0].leaf == made.leaf.encode()

    @invariant()
    def everything_promised_is_there(self):
        if hasattr(self, "books"):
            notes = [made.checkpoint.note for made in self.promised]
            report = check_log(self.books, KEY.public_pem, notes, actor_key=self.scribe.keys)
            assert report.size == len(self.promised)

    def teardown(self):
        if hasattr(self, "books"):
            self.books.close()


def test_a_crash_at_any_statement_loses_nothing_promised(tmp_path):
    CrashingLog.base = tmp_path
    steps = settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    CrashingLog.TestCase.settings = steps
    CrashingLog.TestCase("runTest").runTest()


def test_a_crash_at_each_single_statement(tmp_path):
    books, scribe = build(tmp_path / "books.db", "log.example/countenance"), Scribe()
    with books.transaction():
        append(*scribe.write(), books, KEY)
    crash_at, finished = 0, False
    while not finished:
        crash_at += 1
        left = [crash_at]

        def fail(_connection, _cursor, _statement, _parameters, _context, _many, left=left):
            left[0] -= 1
            if left[0] == 0:
                raise sqlite3.OperationalError("failed")

        event.listen(books._engine, "before_cursor_execute", fail)
        try:
            with books.transaction():
                append(*scribe.write(), books, KEY)
            finished = True
        except CountenanceError:
            assert books.size() == 1
        finally:
            event.remove(books._engine, "before_cursor_execute", fail)
    assert crash_at > 10
    assert check_log(books, KEY.public_pem, (), actor_key=scribe.keys).opened == 2
    books.close()
