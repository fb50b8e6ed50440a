"""Books of every earlier version are opened, say what they said, and go on."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from countenance.adapters.books import rows
from countenance.adapters.books.database import SCHEMA_VERSION
from countenance.adapters.books.migrations import name_of, scripts
from countenance.adapters.books.postgres import build as on_server
from countenance.adapters.books.sqlite import build
from countenance.audit.append import append
from countenance.core.digest import of_file
from countenance.errors import StoreError, UncheckedError
from countenance.testing.fixed_clock import FixedClock
from countenance.testing.log_keys import log_key
from countenance.testing.scribe import Scribe

ORIGIN = "log.example/countenance"
DUMPS = {version: Path(__file__).with_name(f"version-{version}.sql") for version in (1, 4)}
"""What programs of these versions wrote. Versions 2 and 3 had tables fewer than 4."""
NEW_TABLES = {
    2: ("status_entry", "status_issue", "withdrawal_link", "delivery"),
    3: ("key_change",),
    4: ("screening_clearance",),
    5: tuple(row.__tablename__ for row, since in rows.SINCE.items() if since == 5),
}
"""By the version that brought them: a book of an earlier one does not have them."""
NEW_COLUMNS = ("release_id", "source_digest", "output_digest", "reference_digest", "manifest_id", "published_at")
"""Of a publication, since version 2."""


def made_of_version(path: Path, version: int) -> None:
    """A database of the version, as its program left it."""
    with sqlite3.connect(path) as connection:
        connection.executescript(DUMPS[min(found for found in DUMPS if found >= version)].read_text())
        if version not in DUMPS:
            for table in (table for since in (3, 4) if since > version for table in NEW_TABLES[since]):
                connection.execute(f"DROP TABLE {table}")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


@pytest.fixture(params=range(1, SCHEMA_VERSION), ids=lambda version: f"version {version}")
def older(request, tmp_path):
    made_of_version(tmp_path / "books.db", request.param)
    return tmp_path / "books.db"


def test_it_opens_and_says_what_it_said(older):
    books = build(older, ORIGIN)
    publication = books.publication_where(output_digest=of_file(b"output"))
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
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(UncheckedError, match="the books are of a newer version") as refused:
        build(path, ORIGIN)
    assert refused.value.exit_code == 5


@pytest.fixture(params=range(1, SCHEMA_VERSION), ids=lambda version: f"version {version}")
def older_on_server(request, server_url, tmp_path):
    """What a program of the version would have left on a server: what is newer is taken away."""
    made_of_version(tmp_path / "old.db", 1)
    books, source = on_server(server_url, ORIGIN), build(tmp_path / "old.db", ORIGIN)
    books.receive(source)
    source.close()
    with books.transaction(), books.writing() as connection:
        for since, tables in NEW_TABLES.items():
            for table in tables if since > request.param else ():
                connection.exec_driver_sql(f"DROP TABLE {table}")
        if request.param == 1:
            for column in (*NEW_COLUMNS, "reference_release_id"):
                connection.exec_driver_sql(f"ALTER TABLE publication DROP COLUMN {column}")
            connection.exec_driver_sql("DROP INDEX ix_face_tie_release_id")
        for table in ("revocation", "decision"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '000{request.param}'")  # noqa: S608
    books.close()
    return server_url


def test_an_older_one_on_a_server_is_what_a_new_one_is(older_on_server, postgres):
    new = postgres.fresh()
    books, other = on_server(older_on_server, ORIGIN), on_server(new, ORIGIN)
    assert shape_on_server(books) == shape_on_server(other)
    assert books.publication_where(output_digest=of_file(b"output")).at
    assert books.descendants(books.releases()[0].id)[0].output_digest == of_file(b"output")
    assert books.size() == 9
    books.close()
    other.close()
    postgres.drop(new)


def test_an_older_one_on_a_server_holds_and_goes_on(older_on_server, tmp_path):
    books = on_server(older_on_server, ORIGIN)
    assert books.check(tmp_path / "log", log_key().public_pem, held=(books.checkpoint(),)).opened == 9
    scribe = Scribe(clock=FixedClock("2027-01-01T00:00:00.000Z", step_ms=1))
    with books.transaction():
        append(*scribe.write("person"), books, log_key())
    assert books.size() == 10
    books.close()


def test_a_newer_one_on_a_server_is_refused_plainly(server_url):
    books = on_server(server_url, ORIGIN)
    with books.transaction(), books.writing() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '000{SCHEMA_VERSION + 1}'")  # noqa: S608
    books.close()
    for read_only in (False, True):
        with pytest.raises(UncheckedError, match="the books are of a newer version"):
            on_server(server_url, ORIGIN, read_only=read_only)


def shape_on_server(books) -> dict[str, set[tuple[str, ...]]]:
    asked = {
        "version": "SELECT version_num FROM alembic_version",
        "columns": "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'countenance'",
        "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'countenance'",
        "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with books.reading() as connection:
        return {what: {tuple(row) for row in connection.exec_driver_sql(said)} for what, said in asked.items()}


def test_there_is_a_revision_for_each_version():
    assert [one.revision for one in scripts().walk_revisions()] == [
        name_of(version) for version in range(SCHEMA_VERSION, 0, -1)
    ]


def test_two_programs_may_make_the_books_at_once(postgres):
    url = postgres.fresh()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _number: on_server(url, ORIGIN), range(4)))
    assert [books.size() for books in made] == [0] * 4
    for books in made:
        books.close()
    postgres.drop(url)
