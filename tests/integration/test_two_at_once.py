"""Several operators, each in a process of their own, on the same books: each act sees all that came before it."""

import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countenance import desk
from countenance.adapters.books.postgres import build as on_a_server
from countenance.adapters.books.sqlite import build as in_a_file
from countenance.adapters.clock import SystemClock, SystemIds
from countenance.adapters.policies.cedar import build as cedar
from countenance.audit.append import append_many
from countenance.audit.record import Actor
from countenance.core.digest import of_file
from countenance.core.records.audit import LogEntry
from countenance.decision.decide import decide
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.scribe import Scribe
from countenance.testing.worlds import World, a_world, an_id
from countenance.toolkit.pen import Pen

ORIGIN = "log.example/countenance"
POLICIES = Path(__file__).parents[2] / "policies"
ROUNDS = 100
WRITERS, EACH = 8, 12
LATER_MS = (0, 2, -2, 8, -8, 0, 40, -40)
"""By how much the withdrawal starts after the edit, round by round."""
FORK = multiprocessing.get_context("fork")
BEGIN, END = "2020-01-01T00:00:00.000Z", "2040-01-01T00:00:00.000Z"


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path) -> Iterator[Callable[[], object]]:
    """Opens the same books, in each database."""
    if request.param == "sqlite":
        yield lambda: in_a_file(tmp_path / "books.db", ORIGIN)
        return
    server = request.getfixturevalue("postgres")
    url = server.fresh()
    yield lambda: on_a_server(url, ORIGIN)
    server.drop(url)


@pytest.fixture
def organisation(place) -> str:
    """New books of an organisation; its id."""
    books, scribe = place(), Scribe(SystemClock(), SystemIds())
    scribe.found(books, log_key())
    books.close()
    return scribe.actor


def pen_on(books, organisation: str) -> Pen:
    actor = Actor(id=organisation, key=statement_key())
    return Pen(books=books, actor=actor, log_key=log_key(), clock=SystemClock(), ids=SystemIds())


def world(number: int, at: str) -> World:
    """A picture of its own with a release of its own, for the same operator."""
    made = a_world()
    asset = made.request.asset.model_copy(update={"digest_of_file": of_file(b"%d" % number)})
    release = made.releases[0].model_copy(
        update={
            "id": an_id("release", number),
            "grant": made.releases[0].grant.model_copy(update={"valid_from": BEGIN, "valid_until": END}),
            "added_at": at,
        }
    )
    title = made.evidence.title.model_copy(
        update={"id": an_id("title", number), "asset": asset, "fingerprint": asset.digest_of_file[-64:], "added_at": at}
    )
    tie = made.evidence.ties[0].model_copy(
        update={"id": an_id("tie", number), "title_id": title.id, "release_id": release.id, "added_at": at}
    )
    asked = made.asking(edit_id=an_id("edit", number), asset=asset, requested_at=at)
    return asked.knowing(title=title, ties=(tie,), releases=(release,))


def fill(place, organisation: str) -> list[World]:
    """Everything that the rounds need, logged as it stands, under one checkpoint."""
    clock = SystemClock()
    at = clock.now()
    scribe = Scribe(clock, SystemIds())
    scribe.actor = organisation
    worlds = [world(number, at) for number in range(1, ROUNDS + 1)]
    first = worlds[0].evidence
    facts = [first.operator.model_copy(update={"added_at": at}), first.persons[0].model_copy(update={"added_at": at})]
    facts += [fact for one in worlds for fact in (one.releases[0], one.evidence.title, one.evidence.ties[0])]
    books = place()
    with books.transaction():
        fresh = [scribe.write(one.KIND.removeprefix("depicted-"), one.id, body=one) for one in facts]
        append_many(fresh, books, log_key())
        for one in facts:
            books.add(one)
    books.close()
    return worlds


def at_once(*works: Callable[[], object]) -> None:
    """Each in a process of its own; all of them have to end well."""
    children = [FORK.Process(target=work) for work in works]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * len(works)


def test_the_later_decision_sees_the_withdrawal(place, organisation, tmp_path):
    worlds, policy = fill(place, organisation), cedar(POLICIES)
    together = FORK.Barrier(2, timeout=60)

    def withdraw_each() -> None:
        books = place()
        pen = pen_on(books, organisation)
        for number, one in enumerate(worlds):
            together.wait()
            time.sleep(max(0, LATER_MS[number % len(LATER_MS)]) / 1000)
            desk.withdraw(pen, release_id=one.releases[0].id, reason="")
        books.close()

    def edit_each() -> None:
        books, said = place(), []
        pen = pen_on(books, organisation)
        for number, one in enumerate(worlds):
            together.wait()
            time.sleep(max(0, -LATER_MS[number % len(LATER_MS)]) / 1000)
            with books.transaction():
                at = pen.clock.now()
                evidence = books.evidence_for(one.request, at=at)
                made = decide(one.request, evidence, policy, at=at, decision_id=pen.ids.new("decision"))
                receipt = pen.log_decision(made)
            said.append((made.effect, [reason.policy for reason in made.reasons], receipt.index))
        (tmp_path / "said.json").write_text(json.dumps(said))
        books.close()

    at_once(withdraw_each, edit_each)
    books = place()
    entries = [LogEntry.from_bytes(entry.leaf) for entry in books.entries(0, books.size())]
    withdrawn = [index for index, entry in enumerate(entries) if entry.kind == "revocation"]
    said = json.loads((tmp_path / "said.json").read_text())
    assert len(withdrawn) == len(said) == ROUNDS
    for (effect, reasons, decided), ended in zip(said, withdrawn, strict=True):
        assert entries[decided].kind == "decision", reasons
        assert (effect, "release-withdrawn" in reasons) == (("permit", False) if decided < ended else ("deny", True)), (
            reasons
        )
    assert {effect for effect, *_ in said} == {"permit", "deny"}
    report = books.check(tmp_path / "log", log_key().public_pem, held=(books.checkpoint(),))
    assert report.size == 1 + 2 + 3 * ROUNDS + 2 * ROUNDS
    books.close()


def test_eight_writers_and_one_log(place, organisation, tmp_path):
    def register() -> None:
        books = place()
        pen = pen_on(books, organisation)
        for _ in range(EACH):
            desk.add_person(pen, alias="A", adult=True, born=None)
            books.write_tiles(tmp_path / "log", log_key().public_pem)
        books.close()

    at_once(*[register] * WRITERS)
    books = place()
    assert len(books.persons()) == WRITERS * EACH
    report = books.check(tmp_path / "log", log_key().public_pem)
    assert (report.size, report.held) == (1 + WRITERS * EACH, 1)
    assert books.write_tiles(tmp_path / "log", log_key().public_pem) == report.size
    books.close()
