"""Whoever has the claim key signs a file past the log."""

import shutil
from dataclasses import replace

import pytest
from agency import Agency

pytestmark = pytest.mark.slow


@pytest.fixture
def elsewhere(agency: Agency) -> Agency:
    """The home as it was before: same keys, and the log goes another way from here."""
    copy = agency.folder.parent / "elsewhere"
    shutil.copytree(agency.folder, copy)
    return replace(agency, home=copy / "home", folder=copy)


def test_our_own_log_must_know_what_our_key_signed(agency: Agency, elsewhere: Agency) -> None:
    unlogged = elsewhere.folder / "unlogged.jpg"
    assert elsewhere.edit(unlogged, "--smile", "0.2").code == 0
    assert elsewhere.ok("verify", unlogged)["verdict"] == "trusted"
    answer = agency.run("verify", unlogged)
    log = next(finding for finding in answer.json["findings"] if finding["check"] == "log")
    assert (answer.code, answer.json["verdict"], log["result"]) == (4, "invalid", "fails")
    assert "never logged" in log["detail"]
    assert answer.json["consent"]["then"] == "unknown"


def test_without_the_books_our_own_file_is_unknown(agency: Agency) -> None:
    for path in agency.home.glob("books.sqlite3*"):
        path.unlink()
    answer = agency.run("verify", agency.folder / "published.jpg")
    log = next(finding for finding in answer.json["findings"] if finding["check"] == "log")
    assert (answer.code, answer.json["verdict"], log["result"]) == (5, "unknown", "unchecked")
    assert "missing" in log["detail"]
    assert not list(agency.home.glob("books.sqlite3*"))
