"""Retention: which releases and refusals are kept longer than they should be, and erasing them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from countenance.core import retention
from countenance.core.records.consent import ModelRelease
from countenance.core.records.erasure import Erasure
from countenance.erasure import Plan, erase, plan_person, plan_refusals, plan_releases
from countenance.toolkit.pen import Pen
from countenance.wiring.erase import Finished, finish
from countenance.wiring.office import Office

State = Literal["due", "review", "kept", "no rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A release that ended: until when it is kept, by whose rule, and what is to be done with it."""

    release_id: str
    person_id: str
    ended_at: str
    until: str | None
    rule: Literal["release", "house"] | None
    why: str
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is kept longer than it should be, at an instant."""

    at: str
    ended: tuple[Ended, ...]
    refusals: int
    """Decisions that did not permit, older than the house keeps them."""
    refusals_before: str | None


def listed(office: Office) -> Due:
    """Every release that ended, and how many refusals are too old."""
    at, books = office.clock.now(), office.books
    years = office.settings.retention_refusals_years
    before = None if years is None else retention.kept_until(at, -years)
    refused = [one for one in books.decisions() if one.effect != "permit" and before is not None and one.at < before]
    return Due(at=at, ended=tuple(_ended(office, at)), refusals=len(refused), refusals_before=before)


def run(office: Office, pen: Pen, due: Due) -> tuple[list[Erasure], Finished | None]:
    """Erase what is due: of a person with nothing else on file, everything.

    Raises:
        StoreError: something could not be cleared away; the next run does it.
    """
    done = [erase(pen, planned, ground="no-longer-needed")[0] for planned in _plans(office.books, due)]
    return done, finish(office) if done else None


def _plans(books: Any, due: Due) -> Iterator[Callable[[], Plan]]:
    by_person: dict[str, list[str]] = defaultdict(list)
    for one in due.ended:
        if one.state == "due":
            by_person[one.person_id].append(one.release_id)
    for person_id, ids in by_person.items():
        if {one.id for one in books.releases_of(person_id)} == set(ids):
            yield _whole(books, person_id)
        else:
            yield _some(books, ids)
    before = due.refusals_before
    if due.refusals and before is not None:
        yield lambda: plan_refusals(books, before)


def _whole(books: Any, person_id: str) -> Callable[[], Plan]:
    return lambda: plan_person(books, person_id)


def _some(books: Any, ids: Sequence[str]) -> Callable[[], Plan]:
    return lambda: plan_releases(books, [found for found in map(books.release, ids) if found is not None])


def _ended(office: Office, at: str) -> Iterator[Ended]:
    for release in office.books.releases():
        end = retention.ended_at(release, office.books.revocations(release.id))
        if end <= at:
            yield _one(release, end, at, office.settings.retention_years)


def _one(release: ModelRelease, end: str, at: str, house: int | None) -> Ended:
    own = release.retention
    years = own.years_after_end if own else house
    until = None if years is None else retention.kept_until(end, years)
    state: State = "kept"
    if until is None:
        state = "no rule"
    elif until <= at:
        state = "review" if own and own.then == "review" else "due"
    return Ended(
        release_id=release.id,
        person_id=release.person_id,
        ended_at=end,
        until=until,
        rule="release" if own else ("house" if house is not None else None),
        why=own.why if own else "",
        state=state,
    )
