"""What only books on a server can get wrong."""

import re
import sqlite3
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from raw_sql import ON_POSTGRES, run

from countenance.adapters.books import rows
from countenance.adapters.books.postgres import PostgreSQL, build
from countenance.adapters.books.sqlite import build as in_a_file
from countenance.audit.append import append
from countenance.errors import ConfigError, StoreError
from countenance.testing.log_keys import log_key

ORIGIN = "log.example/countenance"
GUIDE = Path(__file__).parents[4] / "docs" / "guides" / "postgres.md"


def url_with(url, **parts):
    """The URL with another user, password or database."""
    split = urlsplit(url)
    name = parts.get("database", split.path.removeprefix("/"))
    user = parts.get("user", split.username)
    secret = f":{parts['password']}" if "password" in parts else ""
    return f"postgresql://{user}{secret}@{split.netloc.rpartition('@')[2]}/{name}?{split.query}"


@pytest.fixture
def direct(server_url):
    """A session beside the books, as the owner."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(
    "url",
    ["postgresql://h", "postgresql://h/", "mysql://h/d", "postgresql://h:port/d", "postgresql+psycopg2://h/d", "x"],
)
def test_a_url_that_is_none_is_said_without_what_it_holds(url):
    with pytest.raises(ConfigError, match="`database_url` is not understood") as refused:
        build(url, ORIGIN)
    assert "h" not in refused.value.message.replace("the", "").split("`")[-1].split()


@pytest.mark.parametrize("url", ["postgresql://u@db.example/d", "postgresql://u@10.0.0.1/d"])
def test_another_machine_has_to_show_its_certificate(url):
    assert PostgreSQL(url)._url.query["sslmode"] == "verify-full"
    assert PostgreSQL(f"{url}?sslmode=disable")._url.query["sslmode"] == "disable"


@pytest.mark.parametrize("url", ["postgresql:///d", "postgresql://localhost/d", "postgresql://u@/d?host=/run/pg"])
def test_this_machine_need_not(url):
    assert "sslmode" not in PostgreSQL(url)._url.query


def test_a_server_that_is_not_there_is_said_without_the_password():
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        build("postgresql://someone:hidden@127.0.0.1:1/books?connect_timeout=2", ORIGIN)
    said = refused.value.message + refused.value.hint
    assert "hidden" not in said
    assert "someone" not in said


def test_without_the_driver_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match="extra `postgres`"):
        build("postgresql://h/d", ORIGIN)


def test_a_database_that_is_not_there(server_url):
    with pytest.raises(StoreError, match="cannot be reached, or did not let"):
        build(url_with(server_url, database="nothing_here"), ORIGIN)


def test_text_has_to_be_unicode(postgres):
    url = postgres.fresh()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bytes_only ENCODING 'SQL_ASCII' TEMPLATE template0")
    with pytest.raises(ConfigError, match="UTF-8"):
        build(url_with(url, database="bytes_only"), ORIGIN)
    postgres.drop(url_with(url, database="bytes_only"))
    postgres.drop(url)


@ON_POSTGRES
def test_they_are_in_a_schema_of_their_own(books, direct):
    found = direct.execute("SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname !~ '^(pg_|information_)'")
    assert found.fetchall() == [("countenance",)]
    assert books.size() == 0


@ON_POSTGRES
@pytest.mark.parametrize("table", ["organisation", "log_leaf", "decision"])
def test_nobody_empties_a_table_that_is_kept_for_good(books, table):
    kept = table in {name for name, act in rows.refused() if act == "delete"}
    act = f"TRUNCATE {table} CASCADE"
    if not kept:
        with books.transaction(), books.writing() as connection:
            run(connection, act)
        return
    with pytest.raises(StoreError, match="never changed"), books.transaction(), books.writing() as connection:
        run(connection, act)


@ON_POSTGRES
def test_a_writer_that_waits_too_long_is_told(books, facts, direct):
    direct.execute("BEGIN")
    direct.execute("LOCK TABLE countenance.one_writer IN EXCLUSIVE MODE")
    with books.reading() as connection:
        connection.exec_driver_sql("SET lock_timeout = '20ms'")
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN")
    with pytest.raises(StoreError, match="the books are busy"), books.transaction():
        books.add(facts.person())
    direct.execute("ROLLBACK")
    with books.transaction():
        books.add(facts.person())


@ON_POSTGRES
def test_the_writer_after_sees_what_the_one_before_did(books, server_url, facts):
    """The later one began to wait while the first had not committed."""
    person, began, other = facts.person(), threading.Event(), build(server_url, ORIGIN)
    seen = []

    def look():
        began.set()
        with other.transaction():
            seen.extend(other.persons())

    with books.transaction():
        thread = threading.Thread(target=look)
        thread.start()
        began.wait()
        thread.join(0.1)
        assert thread.is_alive()
        books.add(person)
    thread.join()
    assert seen == [person]
    other.close()


@ON_POSTGRES
def test_someone_who_writes_beside_us_conflicts_and_it_is_said(books, facts, direct, filled):
    """They read what we write, and write what we read: one of the two is refused."""
    direct.execute("SET search_path = countenance")
    direct.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
    direct.execute("SELECT count(*) FROM revocation").fetchone()

    def both():
        with books.transaction():
            assert books.clearances("x") == ()
            direct.execute("INSERT INTO screening_clearance (id, record, asset_digest) VALUES ('c', '', 'x')")
            books.add(facts.revocation(filled["release"].id))
            direct.execute("COMMIT")

    with pytest.raises(StoreError, match="busy"):
        both()
    assert books.revocations(filled["release"].id) == ()


@ON_POSTGRES
def test_a_connection_that_is_cut_is_said_and_the_next_act_has_another(books, facts, direct):
    def cut_off():
        with books.transaction():
            books.add(facts.person())
            direct.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
            books.add(facts.person())

    with pytest.raises(StoreError, match="was lost"):
        cut_off()
    assert books.persons() == ()
    with books.transaction():
        books.add(facts.person())
    assert len(books.persons()) == 1


@ON_POSTGRES
def test_books_that_are_only_read_cannot_be_written(books, facts, filled, server_url):
    reader = build(server_url, ORIGIN, read_only=True)
    assert reader.persons() == (filled["person"],)
    with pytest.raises(StoreError, match="cannot be written here"), reader.transaction():
        reader.add(facts.person())
    reader.close()


def test_a_database_without_books_is_empty_to_a_reader(postgres):
    url = postgres.fresh()
    with pytest.raises(StoreError, match="the books are empty"):
        build(url, ORIGIN, read_only=True)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regnamespace('countenance')").fetchone() == (None,)
    postgres.drop(url)


@ON_POSTGRES
def test_a_snapshot_is_the_same_books_in_a_file_and_goes_back(books, filled, scribe, tmp_path, postgres):
    with books.transaction():
        append(*scribe.write(), books, log_key())
    books.snapshot(tmp_path / "copy.db")
    copy = in_a_file(tmp_path / "copy.db", ORIGIN)
    assert copy.persons() == books.persons() == (filled["person"],)
    assert (copy.checkpoint(), copy.size()) == (books.checkpoint(), 1)
    url = postgres.fresh()
    back = build(url, ORIGIN)
    back.receive(copy)
    assert (back.persons(), back.checkpoint(), back.size()) == (books.persons(), books.checkpoint(), 1)
    with back.transaction():
        append(*scribe.write(), back, log_key())
        back.add(filled["person"].model_copy(update={"id": "person_" + "1" * 32}))
    assert len(back.persons()) == 2
    with pytest.raises(ConfigError, match="holds books already"):
        back.receive(copy)
    copy.close()
    back.close()
    postgres.drop(url)
    with sqlite3.connect(tmp_path / "copy.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@pytest.fixture
def worker(direct, server_url):
    """A user with what the guide grants, and no more; and the URL."""
    name = f"worker_{urlsplit(server_url).path.removeprefix('/')}"
    direct.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'known'")
    for block in re.findall(r"```sql grants\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        direct.execute(block.replace("countenance_worker", name))
    yield url_with(server_url, user=name, password="known")
    direct.execute(f"DROP OWNED BY {name}")
    direct.execute(f"DROP ROLE {name}")


def test_a_user_with_the_rights_of_the_guide_can_work_and_undo_nothing(worker, facts, scribe):
    books = build(worker, ORIGIN)
    scribe.found(books, log_key())
    person = facts.person()
    with books.transaction():
        books.add(person)
        books.use_permit("n", "e")
        append(*scribe.write(), books, log_key())
    assert books.statements("decision")[0].index == 1
    for act in (
        "DROP TRIGGER log_leaf_no_delete",
        "DELETE FROM log_leaf",
        "UPDATE person SET id = 'x'",
        "TRUNCATE person",
    ):
        with pytest.raises(StoreError, match="not let this user"), books.transaction(), books.writing() as connection:
            run(connection, act)
    with books.transaction(), books.writing() as connection:
        run(connection, "DELETE FROM person")
    books.scrub()
    assert books.persons() == ()
    books.close()


def test_the_guide_lets_that_user_delete_what_may_be_erased_and_nothing_else(worker, direct):
    name = urlsplit(worker).username
    asked = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'countenance'::regnamespace"
        " AND relkind = 'r' AND has_table_privilege(%s, oid, 'DELETE')"
    )
    granted = {table for (table,) in direct.execute(asked, (name,))}
    for_good = {table for table, act in rows.refused() if act == "delete"}
    assert granted == {table.name for table in rows.tables()} - for_good


def test_a_user_without_rights_is_told(direct, server_url):
    name = f"nobody_{urlsplit(server_url).path.removeprefix('/')}"
    direct.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'known'")
    with pytest.raises(StoreError, match="does not let this user"):
        build(url_with(server_url, user=name, password="known"), ORIGIN)
    direct.execute(f"DROP ROLE {name}")


@ON_POSTGRES
def test_what_was_erased_is_not_in_the_tables_files(books, facts, direct):
    person = facts.person()
    with books.transaction():
        books.add(person)
    with books.transaction(), books.writing() as connection:
        run(connection, "DELETE FROM person")
    books.scrub()
    direct.execute("CHECKPOINT")
    (size,) = direct.execute("SELECT pg_relation_size('countenance.person')").fetchone()
    assert size == 0
