"""The home of whoever verifies is damaged, or may not be written: verify answers, says why, and changes nothing."""

import json
import sqlite3
from pathlib import Path

import pytest
from agency import PORTRAIT, Agency

pytestmark = pytest.mark.slow


def snapshot(home: Path) -> dict[str, tuple[int, bytes]]:
    """Every file's bytes, and when it and its folder were changed."""
    files = [home, *sorted(home.rglob("*"))]
    return {
        str(path.relative_to(home)): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in files
    }


def findings(answer) -> dict[str, dict[str, str]]:
    return {finding["check"]: finding for finding in answer.json["findings"]}


@pytest.fixture
def closed(agency: Agency) -> Agency:
    """A home in which nobody works: the journal of the books is written back."""
    database = sqlite3.connect(agency.home / "books.sqlite3")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    for path in agency.home.glob("books.sqlite3-*"):
        path.unlink()
    return agency


@pytest.mark.parametrize("command", ["verify", "explain", "recover"])
def test_nothing_is_made_or_changed(closed: Agency, command: str) -> None:
    before = snapshot(closed.home)
    answer = closed.run(command, closed.folder / "published.jpg")
    assert answer.code == 0, answer.out + answer.err
    assert snapshot(closed.home) == before


BOOKS = {"empty": b"", "garbage": b"no database " * 100, "cut": None}


@pytest.mark.parametrize("damage", BOOKS)
def test_damaged_books(closed: Agency, damage: str) -> None:
    books = closed.home / "books.sqlite3"
    books.write_bytes(books.read_bytes()[:5000] if damage == "cut" else BOOKS[damage])
    before = snapshot(closed.home)
    answer = closed.run("verify", closed.folder / "published.jpg")
    assert (answer.code, answer.json["verdict"]) == (5, "unknown"), answer.out
    assert findings(answer)["log"]["result"] == "unchecked"
    assert findings(answer)["log"]["detail"].startswith("the books cannot be read")
    assert findings(answer)["watermark"]["result"] == "holds"
    recovered = closed.run("recover", closed.folder / "published.jpg")
    assert (recovered.code, recovered.json["verdict"]) == (5, "unknown")
    assert closed.run("explain", closed.folder / "published.jpg").code == 5
    assert snapshot(closed.home) == before


KEYS = {
    "missing": None,
    "empty": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "other keys": b"{}",
    "no hex": json.dumps({"tile_key_hex": "xyz", "check_key_hex": "00" * 32}).encode(),
    "short": json.dumps({"tile_key_hex": "00", "check_key_hex": "00" * 32}).encode(),
}


@pytest.mark.parametrize("damage", KEYS)
def test_damaged_mark_keys(closed: Agency, damage: str) -> None:
    path = closed.home / "keys" / "organisation" / "mark.json"
    if KEYS[damage] is None:
        path.unlink()
    else:
        path.write_bytes(KEYS[damage])
    answer = closed.run("verify", closed.folder / "published.jpg", "--against", PORTRAIT)
    assert (answer.code, answer.json["verdict"]) == (0, "trusted"), answer.out
    assert findings(answer)["watermark"]["result"] == "unchecked"
    assert "key folder" in findings(answer)["watermark"]["detail"]
    assert findings(answer)["log"]["result"] == "holds"
    assert closed.run("recover", closed.folder / "published.jpg").code == 5
    assert closed.run("explain", closed.folder / "published.jpg").code == 0


@pytest.mark.parametrize("name", ["organisation.json", "claim-root.pem"])
@pytest.mark.parametrize("data", [b"", b"\xff", b"[]"])
def test_other_damaged_files_of_the_key_folder(closed: Agency, name: str, data: bytes) -> None:
    (closed.home / "keys" / "organisation" / name).write_bytes(data)
    answer = closed.run("verify", closed.folder / "published.jpg")
    assert answer.code in {0, 5}, answer.out
    assert answer.json["schema"] == "countenance.verification/1"
    assert (answer.code == 5) is (findings(answer)["log"]["result"] == "unchecked")


@pytest.mark.parametrize("option", ["--trust", "--trust-operators", "--trust-tsa"])
@pytest.mark.parametrize(
    "data", [b"", b"just text", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_root_that_is_none(shared_agency: Agency, tmp_path: Path, option: str, data: bytes) -> None:
    (tmp_path / "root.pem").write_bytes(data)
    for command in ("verify", "recover"):
        answer = shared_agency.run(command, shared_agency.folder / "published.jpg", option, tmp_path / "root.pem")
        assert (answer.code, answer.json["schema"]) == (2, "countenance.error/1")
        assert "no root to trust" in answer.json["error"]
