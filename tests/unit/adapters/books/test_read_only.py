"""Books that are only read: nothing is made or changed, and what cannot be read is said."""

import sqlite3

import pytest

from countenance.adapters.books.sqlite import build
from countenance.errors import StoreError, UncheckedError

ORIGIN = "log.example/countenance"


def made(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def path(tmp_path):
    books = build(tmp_path / "books with a # and a ?.db", ORIGIN)
    books.close()
    return tmp_path / "books with a # and a ?.db"


def test_no_side_files(path):
    before = made(path.parent)
    books = build(path, ORIGIN, read_only=True)
    assert (books.organisation(), books.size()) == (None, 0)
    assert made(path.parent) == before == {path.name: path.read_bytes()}
    books.close()
    assert made(path.parent) == before


def test_nothing_can_be_written(path, facts):
    books = build(path, ORIGIN, read_only=True)
    with pytest.raises(StoreError, match="cannot be written"), books.transaction():
        books.add(facts.organisation())
    books.close()
    assert build(path, ORIGIN).organisation() is None


def test_what_another_has_just_written_is_seen(path, facts):
    """It is in the journal, not yet in the file."""
    writer = build(path, ORIGIN)
    with writer.transaction():
        writer.add(facts.organisation())
    journal = path.with_name(f"{path.name}-wal")
    assert journal.stat().st_size > 0
    reader = build(path, ORIGIN, read_only=True)
    assert reader.organisation() == writer.organisation() is not None
    reader.close()
    assert journal.stat().st_size > 0
    writer.close()


def test_no_file(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        build(tmp_path / "none.db", ORIGIN, read_only=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("data", "said"), [(b"", "empty"), (b"not a database" * 99, "not a database")])
def test_no_books(tmp_path, data, said):
    (tmp_path / "books.db").write_bytes(data)
    with pytest.raises(StoreError, match=said):
        build(tmp_path / "books.db", ORIGIN, read_only=True)
    assert made(tmp_path) == {"books.db": data}


def test_of_a_newer_program(path):
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UncheckedError, match="newer"):
        build(path, ORIGIN, read_only=True)
