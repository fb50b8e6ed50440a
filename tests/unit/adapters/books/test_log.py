import pytest
from raw_sql import ON_SQLITE, run

from countenance.audit.append import append, append_many
from countenance.audit.check import check_log
from countenance.audit.ports import LogStore
from countenance.errors import LogUnavailableError, StoreError, TamperedLogError
from countenance.testing.log_keys import log_key
from countenance.testing.memory_log import MemoryLog

KEY = log_key()


def test_it_is_the_same_log_as_the_one_in_memory(books, scribe):
    memory = MemoryLog(books.origin)
    stores: list[LogStore] = [books, memory]
    for count in (1, 1, 3, 1, 40, 1):
        fresh = [scribe.write() for _ in range(count)]
        with books.transaction():
            receipts = [append_many(fresh, store, KEY) for store in stores]
        assert receipts[0] == receipts[1]
        assert books.checkpoint() == memory.checkpoint()
    assert list(books.entries(0, 47)) == memory.stored
    assert list(books.entries(45, 99)) == memory.stored[45:]
    assert books.size() == 47
    assert books.last_instant() == memory.last_instant()
    assert all(books.node(*place) == hashed for place, hashed in memory.hashes.items())
    assert list(books.nodes(1, 2, 5)) == list(memory.nodes(1, 2, 5))
    assert check_log(books, KEY.public_pem, memory.notes, actor_key=scribe.keys).opened == 47


def test_an_empty_log(books):
    assert (books.size(), books.entries(0, 9), books.last_instant(), books.checkpoint()) == (0, [], None, None)
    with pytest.raises(TamperedLogError, match="missing"):
        books.node(0, 0)
    with pytest.raises(TamperedLogError, match="missing"):
        MemoryLog().node(0, 0)


def test_statements_by_kind(books, scribe):
    with books.transaction():
        append_many([scribe.write(kind) for kind in ("person", "title", "person")], books, KEY)
    assert [entry.index for entry in books.statements("person")] == [0, 2]
    assert [entry.index for entry in books.statements()] == [0, 1, 2]
    assert books.statements("revocation") == ()


def test_an_append_outside_a_transaction_is_refused(books, scribe):
    with pytest.raises(LogUnavailableError, match="transaction"):
        append(*scribe.write(), books, KEY)
    assert books.size() == 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE log_leaf SET leaf = x'00'",
        "DELETE FROM log_leaf",
        "DELETE FROM log_node",
        "UPDATE log_node SET hash = x'00'",
        "DELETE FROM log_checkpoint",
        "UPDATE log_checkpoint SET note = ''",
        "UPDATE log_statement SET salt = x'00'",
        "INSERT INTO log_leaf VALUES (0, x'00') ON CONFLICT (\"index\") DO UPDATE SET leaf = x'00'",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(books, scribe, sql):
    with books.transaction():
        append(*scribe.write(), books, KEY)
    with pytest.raises((StoreError), match="never changed"), books.transaction(), books.writing() as connection:
        run(connection, sql)
    assert check_log(books, KEY.public_pem, (), actor_key=scribe.keys).opened == 1


@ON_SQLITE
def test_nor_does_an_insert_that_replaces(books, scribe):
    with books.transaction():
        append(*scribe.write(), books, KEY)
    with pytest.raises((StoreError), match="never changed"), books.transaction(), books.writing() as connection:
        run(connection, "INSERT OR REPLACE INTO log_leaf VALUES (0, x'00')")


def test_an_erased_statement_leaves_its_leaf_and_is_an_alarm(books, scribe, tmp_path):
    """Where no erasure names it."""
    entry, envelope, salt = scribe.write()
    with books.transaction():
        append(entry, envelope, salt, books, KEY)
        append(*scribe.write(), books, KEY)
    with books.transaction(), books.writing() as connection:
        run(connection, 'DELETE FROM log_statement WHERE "index" = 0')
    books.scrub()
    with pytest.raises(TamperedLogError, match="the statement of entry 0 is gone"):
        books.check(tmp_path / "log", KEY.public_pem)
    assert books.entries(0, 1)[0].leaf == entry.canonical()
    left = b"".join(path.read_bytes() for path in tmp_path.glob("books.db*"))
    assert salt not in left
    assert envelope not in left


def test_a_last_leaf_that_is_damaged_is_said(books):
    with books.transaction(), books.writing() as connection:
        run(connection, "INSERT INTO log_leaf (\"index\", leaf) VALUES (0, x'ff')")
    with pytest.raises(TamperedLogError, match="not a log entry"):
        books.last_instant()
