import sqlite3
import stat
import threading

import pytest
from raw_sql import ON_SQLITE, run
from sqlalchemy.exc import InvalidRequestError

from countenance.adapters.books.plain import plainly
from countenance.adapters.books.sqlite import build
from countenance.errors import StoreError, UncheckedError

ORIGIN = "log.example/countenance"


def test_a_transaction_is_all_or_nothing(books, facts):
    def add_and_fail():
        with books.transaction():
            books.add(facts.person())
            raise KeyError

    with pytest.raises(KeyError):
        add_and_fail()
    assert books.persons() == ()
    with books.transaction():
        books.add(facts.person())
        assert len(books.persons()) == 1
    assert len(books.persons()) == 1


def test_transactions_do_not_nest_and_writes_need_one(books, facts):
    with books.transaction(), pytest.raises(StoreError, match="open already"), books.transaction():
        pass
    with pytest.raises(StoreError, match="in a transaction only"):
        books.add(facts.person())
    with books.reading(), pytest.raises(StoreError, match="in a transaction only"):
        books.add(facts.person())


def test_errors_of_the_caller_pass_through(books):
    with pytest.raises(OSError, match="mine"), books.transaction():
        raise OSError("mine")


def test_what_was_committed_is_there_after_opening_again(tmp_path, facts):
    books = build(tmp_path / "books.db", ORIGIN)
    person = facts.person()
    with books.transaction():
        books.add(person)
    books.close()
    again = build(tmp_path / "books.db", ORIGIN)
    assert again.persons() == (person,)
    again.close()


@ON_SQLITE
def test_the_file_is_private_and_set_up_for_safety(books, tmp_path):
    assert stat.S_IMODE((tmp_path / "books.db").stat().st_mode) == 0o600
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1}
    with books.reading() as connection:
        for name, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() == value


@pytest.mark.parametrize("table", ["organisation", "operator", "person", "model_release", "title", "face_tie"])
def test_facts_are_never_updated(books, filled, table):
    with pytest.raises(StoreError, match="never changed"), books.transaction(), books.writing() as connection:
        run(connection, f"UPDATE {table} SET record = x'00'")  # noqa: S608
    assert filled


@pytest.mark.parametrize("table", ["organisation", "operator", "publication", "erasure"])
def test_facts_that_nobody_may_ask_to_be_erased_are_never_deleted(books, table):
    with books.reading() as connection:
        where = {"sqlite": "sqlite_master WHERE type = 'trigger' AND name", "postgresql": "pg_trigger WHERE tgname"}
        query = f"SELECT count(*) FROM {where[connection.dialect.name]} = '{table}_no_delete'"  # noqa: S608
        assert connection.exec_driver_sql(query).scalar_one() == 1


def test_an_operator_and_the_organisation_stay(books, filled):
    for table in ("operator", "organisation"):
        with pytest.raises(StoreError, match="never changed"), books.transaction(), books.writing() as connection:
            run(connection, f"DELETE FROM {table}")  # noqa: S608


UPSERT = "INSERT INTO permit VALUES ('n', 'y') ON CONFLICT (nonce) DO UPDATE SET edit_id = 'y'"


@pytest.mark.parametrize("sql", ["UPDATE permit SET edit_id = 'y'", "DELETE FROM permit", UPSERT])
def test_a_used_permit_stays_used(books, sql):
    with books.transaction():
        books.use_permit("n", "x")
    with pytest.raises(StoreError, match="never changed"), books.transaction(), books.writing() as connection:
        run(connection, sql)


def test_writers_wait_for_each_other(books, facts):
    people = [facts.person() for _ in range(12)]

    def write(mine):
        for person in mine:
            with books.transaction():
                books.add(person)

    threads = [threading.Thread(target=write, args=(people[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(books.persons()) == set(people)


@ON_SQLITE
def test_a_locked_database_is_busy(books, facts, tmp_path):
    other = sqlite3.connect(tmp_path / "books.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with books.reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    with pytest.raises(StoreError, match="busy") as caught, books.transaction():
        books.add(facts.person())
    assert caught.value.hint
    other.close()


def test_a_file_that_is_no_database(tmp_path):
    path = tmp_path / "books.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        build(path, ORIGIN)


def test_a_damaged_database(tmp_path, facts):
    path = tmp_path / "books.db"
    books = build(path, ORIGIN)
    with books.transaction():
        for _ in range(50):
            books.add(facts.person())
    books.close()
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        build(path, ORIGIN).persons()


def test_a_folder_that_is_missing(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        build(tmp_path / "missing" / "books.db", ORIGIN)
    with pytest.raises(StoreError, match="cannot be opened"):
        build(tmp_path, ORIGIN)


def test_books_of_a_newer_version_are_left_alone(tmp_path):
    path = tmp_path / "books.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(UncheckedError, match="newer"):
        build(path, ORIGIN)


@ON_SQLITE
def test_a_full_disk_is_said_and_nothing_is_kept(books, facts):
    with books.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill():
        with books.transaction():
            for _ in range(200):
                books.add(facts.person())

    with pytest.raises(StoreError, match="disk is full"):
        fill()
    assert books.persons() == ()


def test_errors_that_are_not_sqlite_s_own_are_plain_too():
    with pytest.raises(StoreError, match="could not be used"), plainly():
        raise InvalidRequestError
    with pytest.raises(StoreError, match="could not be used"), plainly():
        raise sqlite3.ProgrammingError
