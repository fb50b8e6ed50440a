"""A backup is older than an erasure: putting it back does not bring the person back, where the list is at hand."""

from dataclasses import replace
from pathlib import Path

import pytest
from erasable import PERSONAL, leave_traces, office_of
from studio import fast_derivations, make_home


@pytest.fixture
def made(tmp_path: Path):
    with fast_derivations():
        home, operator = make_home(tmp_path / "home")
        left = leave_traces(home, operator)
        home.ok("backup", "--out", tmp_path / "old.bak")
        home.ok("person", "erase", left.person, "--reason", "request", "--yes")
        yield home, replace(home, path=tmp_path / "new"), left


def test_the_later_checkpoint_stops_it(made, tmp_path: Path) -> None:
    home, new, _ = made
    assert new.run("restore", tmp_path / "old.bak", "--held", home.path)[0] == 6
    assert not new.path.exists()


def test_the_list_alone_erases_again(made, tmp_path: Path) -> None:
    """All that was left of the old home is the list: a few ids, copied elsewhere now and then."""
    home, new, left = made
    listed = home.path / "log" / "erasures.json"
    assert left.person in listed.read_text()
    assert new.ok("restore", tmp_path / "old.bak", "--erasures", listed)["erased_again"] == 1
    assert office_of(new).books.person(left.person) is None
    assert new.ok("log", "check")["erased"] > 10
    files = [path.read_bytes() for path in new.path.rglob("*") if path.is_file()]
    assert [word for word in PERSONAL if any(word.encode() in data for data in files)] == []
    (erasure,) = office_of(new).books.erasures()
    assert (erasure.ground, erasure.by) == ("again", office_of(new).organisation().id)


def test_without_the_list_they_are_there_again(made, tmp_path: Path) -> None:
    _, new, left = made
    assert new.ok("restore", tmp_path / "old.bak")["erased_again"] == 0
    assert office_of(new).books.person(left.person) is not None


def test_what_is_no_list_is_refused(made, tmp_path: Path) -> None:
    _, new, _ = made
    (tmp_path / "other.json").write_text("[]")
    assert new.run("restore", tmp_path / "old.bak", "--erasures", tmp_path / "other.json")[0] == 2
    assert not new.path.exists()


def test_a_backup_made_after_it_knows(made, tmp_path: Path) -> None:
    home, new, left = made
    home.ok("backup", "--out", tmp_path / "later.bak")
    new.ok("restore", tmp_path / "later.bak", "--held", home.path)
    assert office_of(new).books.person(left.person) is None
    assert new.ok("log", "check")["erased"] > 10
