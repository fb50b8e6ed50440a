"""Books of every earlier version are opened, say what they said, and go on."""

import sqlite3
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from countenance.adapters.books import rows
from countenance.adapters.books.database import _SCHEMA_VERSION
from countenance.adapters.books.sqlite import build
from countenance.audit.append import append
from countenance.core.digest import of_file
from countenance.errors import StoreError, UncheckedError
from countenance.testing.fixed_clock import FixedClock
from countenance.testing.log_keys import log_key
from countenance.testing.scribe import Scribe

ORIGIN = "log.example/countenance"
VERSION_1 = Path(__file__).with_name("version-1.sql")
NEW_TABLES = {
    3: ("key_change",),
    4: ("screening_clearance",),
    5: ("person_version", "model_release_version", "approval", "dispute", "title_review", "house_rules"),
}
"""By the version that brought them: a book of an earlier one does not have them."""


def made_of_version(path: Path, version: int) -> None:
    """A database of the version: the first as it was dumped, later ones from that, up to that version."""
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_1.read_text())
    connection.close()
    if version == 1:
        return
    build(path, ORIGIN).close()
    with sqlite3.connect(path) as connection:
        for since, tables in NEW_TABLES.items():
            for table in tables if since > version else ():
                connection.execute(f"DROP TABLE {table}")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


@pytest.fixture(params=range(1, _SCHEMA_VERSION), ids=lambda version: f"version {version}")
def older(request, tmp_path):
    made_of_version(tmp_path / "books.db", request.param)
    return tmp_path / "books.db"


def test_it_opens_and_says_what_it_said(older):
    books = build(older, ORIGIN)
    publication = books.publication(books._published_as(of_file(b"output"))[0].edit_id)
    assert publication is not None
    assert books.size() == 9
    release = books.release(publication.release_id)
    assert release.grant.units["AU12"].max_permille == 500
    assert len(books.revocations(release.id)) == 1
    assert [one.id for one in books.releases()] == [release.id]
    assert not books.reserve_mark("000000001", "edit_" + "0" * 32)
    assert books.key_changes(books.organisation().id) == ()
    books.close()


def test_the_log_and_the_registry_hold(older, tmp_path):
    books = build(older, ORIGIN)
    report = books.check(tmp_path / "log", log_key().public_pem, held=(books.checkpoint(),))
    assert (report.size, report.opened) == (9, 9)
    books.close()


def test_it_goes_on(older, tmp_path):
    books = build(older, ORIGIN)
    scribe = Scribe(clock=FixedClock("2027-01-01T00:00:00.000Z", step_ms=1))
    with books.transaction():
        append(*scribe.write("person"), books, log_key())
    assert books.size() == 10
    books.close()


def test_it_is_what_a_new_one_is(older, tmp_path):
    """Same tables, columns, indexes and triggers; SQLite adds columns at the end, so their order may differ."""
    build(older, ORIGIN).close()
    build(tmp_path / "new.db", ORIGIN).close()
    assert shape(older) == shape(tmp_path / "new.db")


def shape(path: Path) -> tuple[int, set[tuple[str, str]], dict[str, set[str]]]:
    with sqlite3.connect(path) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        named = set(connection.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
        columns = {
            table: {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            for kind, table in named
            if kind == "table"
        }
    connection.close()
    return version, named, columns


def test_nothing_is_changed_afterwards(older):
    build(older, ORIGIN).close()
    with sqlite3.connect(older) as connection:
        for table in (table.name for table in rows.tables()):
            if connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:  # noqa: S608
                with pytest.raises(sqlite3.IntegrityError, match="never updated"):
                    connection.execute(f"UPDATE {table} SET rowid = rowid")  # noqa: S608
    connection.close()


def test_an_older_one_that_is_only_read_stays_as_it_is(older):
    before = older.read_bytes()
    books = build(older, ORIGIN, read_only=True)
    organisation = books.organisation()
    assert books.key_changes(organisation.id) == ()
    assert books.log_keys(organisation.log_public_pem) == organisation.log_public_pem
    books.close()
    assert older.read_bytes() == before


def test_a_step_that_fails_leaves_the_older_one(tmp_path, monkeypatch):
    path = tmp_path / "books.db"
    made_of_version(path, 1)

    def fail(*_args, **_more):
        raise sqlite3.OperationalError("stopped")

    monkeypatch.setattr(SQLModel.metadata, "create_all", fail)
    with pytest.raises(StoreError):
        build(path, ORIGIN)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        columns = {row[1] for row in connection.execute("PRAGMA table_info(publication)")}
    connection.close()
    assert "output_digest" not in columns


def test_a_newer_one_is_refused_plainly(tmp_path):
    path = tmp_path / "books.db"
    made_of_version(path, 1)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(UncheckedError, match="the books are of a newer version") as refused:
        build(path, ORIGIN)
    assert refused.value.exit_code == 5
