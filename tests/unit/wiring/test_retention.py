"""What is kept longer than it should be, and the job that erases it."""

from pathlib import Path

import pytest
from erasable import Desk, a_person, a_release, a_release_that_must_be_kept, a_title, an_edit, grant, office_of
from studio import Home, fast_derivations, make_home

from countenance.core.records.terms import Retention
from countenance.wiring.retention import listed

ENDED = {"valid_from": "2010-01-01T00:00:00.000Z", "valid_until": "2011-06-01T00:00:00.000Z"}


@pytest.fixture
def made(tmp_path: Path):
    with fast_derivations():
        yield make_home(tmp_path / "home")


def states(home: Home) -> dict[str, tuple[str, str | None]]:
    return {one["release"]: (one["state"], one["until"]) for one in home.ok("retention", "list")["releases"]}


def test_a_release_in_force_is_not_listed(made) -> None:
    home, operator = made
    a_release_that_must_be_kept(home, operator, ended=False)
    assert states(home) == {}


def test_each_rule_has_its_state(made) -> None:
    home, operator = made
    desk = Desk(office_of(home), operator)
    person = a_person(desk).id

    def ended(**more: object) -> str:
        return a_release(desk, person, grant=grant(**ENDED), **more).id

    due = ended(retention=Retention(years_after_end=2, why="claims"))
    keep = ended(retention=Retention(years_after_end=90, why="claims"))
    look = ended(retention=Retention(years_after_end=2, why="claims", then="review"))
    free = ended()
    desk.office.write_log()
    assert states(home) == {
        due: ("due", "2013-06-01T00:00:00.000Z"),
        keep: ("kept", "2101-06-01T00:00:00.000Z"),
        look: ("review", "2013-06-01T00:00:00.000Z"),
        free: ("no rule", None),
    }
    (home.path / "countenance.toml").write_text("retention_years = 5\n")
    assert states(home)[free] == ("due", "2016-06-01T00:00:00.000Z")
    said = home.ok("retention", "run")
    assert len(said["erasures"]) == 1
    assert set(states(home)) == {keep, look}
    assert office_of(home).books.person(person) is not None
    assert home.ok("log", "check")["erased"] == 2


def test_the_last_release_takes_the_person_along(made) -> None:
    home, operator = made
    person, _ = a_release_that_must_be_kept(home, operator, years=1)
    assert home.ok("retention", "run", "--dry-run")["erasures"] == []
    assert office_of(home).books.person(person) is not None
    home.ok("retention", "run")
    assert office_of(home).books.person(person) is None
    assert home.ok("retention", "run")["erasures"] == []


def test_a_withdrawal_ends_a_release(made) -> None:
    home, operator = made
    _, release = a_release_that_must_be_kept(home, operator, years=0, ended=False)
    assert states(home) == {}
    home.ok("consent", "withdraw", release)
    assert states(home)[release][0] == "due"


def test_old_refusals_go_where_the_house_says_so(made) -> None:
    home, operator = made
    office = office_of(home)
    desk = Desk(office, operator)
    release = a_release(desk, a_person(desk).id)
    title = a_title(desk, b"a picture")
    an_edit(desk, title, release.id, name="", effect="deny")
    allowed = an_edit(desk, title, release.id, name="out.jpg")
    office.write_log()
    assert (listed(office).refusals, listed(office).refusals_before) == (0, None)
    (home.path / "countenance.toml").write_text("retention_refusals_years = 3\n")
    assert home.ok("retention", "list")["refusals"] == 0
    (home.path / "countenance.toml").write_text("retention_refusals_years = 0\n")
    assert home.ok("retention", "list")["refusals"] == 1
    assert len(home.ok("retention", "run")["erasures"]) == 1
    assert [one.id for one in office_of(home).books.decisions()] == list(allowed.decision_ids)
    assert home.ok("log", "check")["erased"] == 1
