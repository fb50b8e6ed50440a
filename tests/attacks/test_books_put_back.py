"""An older copy of the database is put back, in which a withdrawn release still stands. Nothing is done on it."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from agency import PORTRAIT, Agency

BOOKS = "books.sqlite3"


def copy_of(agency: Agency) -> Path:
    older = agency.folder / "older.sqlite3"
    with sqlite3.connect(agency.home / BOOKS) as now, sqlite3.connect(older) as copy:
        now.backup(copy)
    return older


def put_back(agency: Agency, older: Path) -> None:
    for name in (f"{BOOKS}-wal", f"{BOOKS}-shm"):
        (agency.home / name).unlink(missing_ok=True)
    older.replace(agency.home / BOOKS)


@pytest.fixture
def rolled_back(agency: Agency) -> Agency:
    older = copy_of(agency)
    agency.ok("consent", "withdraw", agency.release)
    put_back(agency, older)
    return agency


def test_no_edit(rolled_back: Agency) -> None:
    out = rolled_back.folder / "out.jpg"
    answer = rolled_back.edit(out, "--au", "AU12=0.2")
    assert answer.code == 6, answer.out
    assert "cut" in answer.json["error"]
    assert not list(rolled_back.folder.glob("*out*"))


def test_no_act(rolled_back: Agency) -> None:
    entries = entry_count(rolled_back)
    for words in (
        ("person", "add", "--alias", "other", "--adult"),
        ("title", "face", PORTRAIT, "0", "--untouched"),
        ("operator", "add", "Other", "--role", "rights"),
    ):
        assert rolled_back.run(*words).code == 6
    assert entry_count(rolled_back) == entries


def test_a_new_database(agency: Agency) -> None:
    for name in (BOOKS, f"{BOOKS}-wal", f"{BOOKS}-shm"):
        (agency.home / name).unlink(missing_ok=True)
    answer = agency.run("init", "--organisation", "Test Agency", "--domain", "agency.example")
    assert answer.code == 6, answer.out


def test_an_older_copy_and_no_held_checkpoint(rolled_back: Agency) -> None:
    """Without it nothing can be said, and so nothing is done."""
    shutil.rmtree(rolled_back.home / "log")
    for words in (("log", "check"), ("person", "add", "--alias", "other", "--adult")):
        answer = rolled_back.run(*words)
        assert answer.code == 5, answer.out
        assert "no checkpoint is held" in answer.json["error"]
    assert rolled_back.edit(rolled_back.folder / "out.jpg", "--au", "AU12=0.2").code == 5
    assert not (rolled_back.home / "log" / "checkpoint").exists()


def entry_count(agency: Agency) -> int:
    with sqlite3.connect(agency.home / BOOKS) as database:
        return int(database.execute("SELECT count(*) FROM log_leaf").fetchone()[0])
