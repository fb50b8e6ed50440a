"""The registry is changed behind the log's back: `log check` finds it, with exit 6."""

import json
import sqlite3

import pytest
from agency import Agency

from countenance.core.sealing import seal, unseal


def tamper(agency: Agency, *statements: tuple[str, tuple[object, ...]]) -> None:
    database = sqlite3.connect(agency.home / "books.sqlite3")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    for statement, values in statements:
        database.execute(statement, values)
    database.commit()
    database.close()


@pytest.mark.parametrize("sealed", [True, False])
def test_a_raised_limit_is_found(agency: Agency, sealed: bool) -> None:
    """Also by who holds the key under which it is sealed; and a plain record is no way around that."""
    database = sqlite3.connect(agency.home / "books.sqlite3")
    ((release_id, record),) = database.execute("SELECT id, record FROM model_release").fetchall()
    ((person_id, wrapped),) = database.execute("SELECT person_id, wrapped FROM person_key").fetchall()
    database.close()
    registry = json.loads((agency.home / "keys" / "organisation" / "registry.json").read_text())
    key = unseal(wrapped, bytes.fromhex(registry["key_hex"]), place="person_key")
    place = f"model_release/{release_id}"
    release = json.loads(unseal(record, key, place=place))
    release["grant"]["units"]["AU12"]["max_permille"] = 1000
    changed = json.dumps(release, separators=(",", ":"), sort_keys=True).encode()
    if sealed:
        changed = seal(changed, key, b"n" * 12, place=place, of=person_id)
    tamper(agency, ("UPDATE model_release SET record = ?", (changed,)))
    answer = agency.run("log", "check")
    assert answer.code == 6
    assert "not as it was logged" in answer.json["error"]


def test_a_removed_withdrawal_is_found(agency: Agency) -> None:
    agency.ok("consent", "withdraw", agency.release)
    tamper(agency, ("DELETE FROM revocation", ()))
    answer = agency.run("log", "check")
    assert answer.code == 6
    assert "missing from the registry" in answer.json["error"]


@pytest.mark.parametrize("back", [1, 3])
def test_an_older_copy_of_the_database_is_found(agency: Agency, back: int) -> None:
    older = agency.folder / "older.sqlite3"
    with sqlite3.connect(agency.home / "books.sqlite3") as now, sqlite3.connect(older) as copy:
        now.backup(copy)
    for number in range(back):
        agency.ok("person", "add", "--alias", f"person {number}", "--adult")
    for name in ("books.sqlite3-wal", "books.sqlite3-shm"):
        (agency.home / name).unlink(missing_ok=True)
    older.replace(agency.home / "books.sqlite3")
    answer = agency.run("log", "check")
    assert answer.code == 6, answer.out
