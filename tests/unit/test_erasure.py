"""Which statements are a person's, and what runs against erasing them."""

import json
from pathlib import Path

import pytest
from erasable import Desk, Left, a_person, a_release, a_release_that_must_be_kept, grant, leave_traces, office_of
from studio import Home, fast_derivations, make_home

from countenance.core.records.terms import Retention
from countenance.erasure import duties, erase, kept, plan_person, plan_refusals, plan_releases
from countenance.errors import ConfigError, DeniedError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    with fast_derivations():
        home, operator = make_home(tmp_path_factory.mktemp("erasure") / "home")
        yield home, operator, leave_traces(home, operator)


@pytest.fixture
def books(made: tuple[Home, str, Left]):
    found = office_of(made[0]).books
    yield found
    found.close()


def test_everything_that_is_theirs_is_planned_and_nothing_else(made, books) -> None:
    _, _, left = made
    plan = plan_person(books, left.person)
    assert plan.kinds == {
        "person": 2,
        "model-release": 3,
        "face-tie": 1,
        "screening": 1,
        "approval": 2,
        "dispute": 1,
        "decision": 2,
        "withdrawal-link": 1,
        "revocation": 2,
        "invitation": 1,
        "signing": 1,
    }
    assert len(plan.facts) == len(set(plan.facts)) == len(plan.entries) == 17
    assert [one.edit_id for one in plan.made] == list(left.edits)
    assert plan.faces == ((left.title, 0),)
    leaves = [json.loads(books.entries(entry, entry + 1)[0].leaf)["kind"] for entry in plan.entries]
    assert sorted(set(leaves)) == sorted(plan.kinds)


def test_one_release_goes_without_its_person(made, books) -> None:
    _, _, left = made
    second = books.release(left.releases[1])
    plan = plan_releases(books, [second])
    assert plan.kinds == {"model-release": 1, "dispute": 1, "revocation": 1}
    assert (plan.person_id, plan.faces, list(plan.made)) == (None, (), [])


def test_refusals_are_planned_by_age(books) -> None:
    assert plan_refusals(books, "2000-01-01T00:00:00.000Z").entries == []
    plan = plan_refusals(books, "2999-01-01T00:00:00.000Z")
    assert plan.kinds == {"decision": 1}


def test_what_stays_is_told_with_its_reason(made, books) -> None:
    told = {one.what: one.count for one in kept(plan_person(books, made[2].person))}
    assert told == {"published edit": 1, "title": 1, "log entry": 17}


def test_nobody_is_planned_where_nobody_is(books) -> None:
    with pytest.raises(ConfigError, match="no depicted person"):
        plan_person(books, "person_" + "0" * 32)


@pytest.fixture
def fresh(tmp_path: Path):
    with fast_derivations():
        home, operator = make_home(tmp_path / "home")
        yield home, operator


def test_a_duty_runs_from_the_end_of_the_release(fresh) -> None:
    home, operator = fresh
    person, release = a_release_that_must_be_kept(home, operator)
    books = office_of(home).books
    plan = plan_person(books, person)
    (duty,) = duties(plan, books, "2026-01-01T00:00:00.000Z")
    assert (duty.release_id, duty.until) == (release, "2030-06-01T00:00:00.000Z")
    assert duties(plan, books, "2030-06-01T00:00:00.000Z") == ()


def test_that_of_a_release_in_force_runs_from_the_erasure(fresh) -> None:
    home, operator = fresh
    person, _ = a_release_that_must_be_kept(home, operator, ended=False)
    books = office_of(home).books
    (duty,) = duties(plan_person(books, person), books, "2026-01-01T00:00:00.000Z")
    assert duty.until == "2036-01-01T00:00:00.000Z"


def test_a_refused_erasure_changes_nothing(fresh) -> None:
    home, operator = fresh
    person, _ = a_release_that_must_be_kept(home, operator)
    office = office_of(home)
    size = office.books.size()
    with pytest.raises(DeniedError, match="retention-runs"):
        erase(office.pen(operator), lambda: plan_person(office.books, person), ground="request")
    assert office.books.size() == size
    assert office.books.person(person) is not None


def test_some_releases_of_a_person_leave_the_person_and_their_key(fresh) -> None:
    home, operator = fresh
    office = office_of(home)
    desk = Desk(office, operator)
    person = a_person(desk)
    ended = grant(valid_from="2010-01-01T00:00:00.000Z", valid_until="2011-01-01T00:00:00.000Z")
    old = a_release(desk, person.id, grant=ended, retention=Retention(years_after_end=1, why="x"))
    new = a_release(desk, person.id)
    books = office.books
    erasure, _ = erase(desk.pen, lambda: plan_releases(books, [books.release(old.id)]), ground="no-longer-needed")
    assert (erasure.scope, erasure.person_id, erasure.counts.get("person_key")) == ("releases", None, None)
    assert books.person(person.id) == person
    assert [one.id for one in books.releases()] == [new.id]
    assert books.erased(old.id)
    assert not books.erased(person.id)
    office.write_log()
    assert books.check(home.path / "log", office.keys.log_public).erased == 1


def test_an_operator_who_was_revoked_erases_nothing(fresh) -> None:
    home, operator = fresh
    person, _ = a_release_that_must_be_kept(home, operator, years=0)
    office = office_of(home)
    pen = office.pen(operator)
    home.ok("operator", "revoke", operator)
    with pytest.raises(DeniedError, match="revoked"):
        erase(pen, lambda: plan_person(office.books, person), ground="request")
