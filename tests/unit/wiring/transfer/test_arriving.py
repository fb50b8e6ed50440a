"""Which facts are taken, on a real database: what a trusted export could still get wrong."""

import pytest

from countenance import desk
from countenance.adapters.books.sqlite import build
from countenance.audit.record import Actor
from countenance.core.digest import of_file
from countenance.core.records.consent import DepictedPerson, FaceTie
from countenance.core.records.oversight import Dispute
from countenance.core.records.transfer import ExportManifest
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.worlds import AT, a_release, a_revocation, a_title, a_world, an_id
from countenance.toolkit.pen import Pen
from countenance.wiring.transfer.arriving import take_in
from countenance.wiring.transfer.opening import Line

ASSET = a_world().request.asset
PERSON = DepictedPerson(id=an_id("person"), alias="P", adult=True, added_at=AT)
TEXT = "I agree."
RELEASE = a_release().model_copy(update={"text": TEXT, "text_digest": of_file(TEXT.encode())})
TITLE = a_title(ASSET, 2)
TIE = FaceTie(id=an_id("tie"), title_id=TITLE.id, face=0, release_id=RELEASE.id, added_at=AT)
DISPUTE = Dispute(id=an_id("dispute"), of_id=TITLE.id, reason="mine", by=an_id("operator", 7), at=AT)
MANIFEST = ExportManifest(
    organisation_id=an_id("organisation", 2), organisation="Other", origin="o", entries=1, exported_at=AT, chosen=(),
    nonce="0" * 32, files=(),
)  # fmt: skip


@pytest.fixture
def pen(tmp_path):
    books = build(tmp_path / "books.sqlite3", "log.example/arriving")
    claim = statement_key("claim")
    made = Pen(
        books=books, actor=Actor(id=an_id("organisation"), key=claim), log_key=log_key(), clock=FixedClock(step_ms=1),
        ids=SeededIds(),
    )  # fmt: skip
    desk.add_organisation(
        made, name="Studio", domain="", public_pem=claim.public_pem, log_public_pem=log_key().public_pem
    )
    yield made
    books.close()


def take(pen, *records, dry=False):
    lines = [Line(file="releases.jsonl", line=number, record=one) for number, one in enumerate(records, start=1)]
    return [row.refused for row in take_in(pen, lines, MANIFEST, dry=dry)]


def test_a_fact_is_taken_with_all_that_limits_it_whatever_the_order(pen):
    second = RELEASE.model_copy(update={"version": 2, "grant": RELEASE.grant.model_copy(update={"media": ("web",)})})
    gone = a_revocation(RELEASE.id)
    assert take(pen, TIE.model_copy(), PERSON, RELEASE, second, gone, TITLE) != []
    assert pen.books.title(TITLE.id) is None, "a tie before its title: the fact has no beginning"
    assert take(pen, TITLE, TIE, DISPUTE) == [None, None, None]
    assert pen.books.release(RELEASE.id).grant.media == ("web",)
    (kept,) = pen.books.revocations(RELEASE.id)
    assert kept.at == pen.books.release(RELEASE.id).added_at
    assert kept.reason.startswith(f"withdrawn {gone.at} by the {gone.by}")
    assert [tie.release_id for tie in pen.books.ties(TITLE.id)] == [RELEASE.id]
    assert [one.by for one in pen.books.disputes(TITLE.id)] == [pen.actor.id]


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ((RELEASE,), "the person is not known here"),
        ((PERSON, RELEASE.model_copy(update={"text": "I agree to all."})), "not the one that was agreed to"),
        ((PERSON, RELEASE.model_copy(update={"version": 2})), "versions are not whole"),
        ((PERSON, RELEASE, RELEASE.model_copy(update={"version": 3})), "versions are not whole"),
        ((a_revocation(RELEASE.id),), "not in the export"),
        ((a_revocation(an_id("operator")),), "not in the export"),
    ],
)
def test_what_is_not_whole_is_refused_as_a_whole(pen, records, why):
    for dry in (True, False):
        refused = [one for one in take(pen, *records, dry=dry) if one]
        assert refused
        assert all(why in one for one in refused)
    assert pen.books.release(RELEASE.id) is None


def test_a_tie_to_a_release_that_is_not_here_is_left_out_and_said(pen):
    assert take(pen, TITLE, TIE) == [None, "the release of this face is not known here"]
    assert pen.books.ties(TITLE.id) == ()
    assert pen.books.title(TITLE.id) is not None


def test_a_title_here_is_not_replaced_by_one_from_elsewhere(pen):
    assert take(pen, TITLE) == [None]
    (refused,) = take(pen, TITLE.model_copy(update={"id": an_id("title", 2)}))
    assert "title to the same picture" in refused


def test_a_line_that_is_no_record_is_refused_alone(pen):
    lines = [
        Line(file="persons.jsonl", line=1, problem="not a person record: no schema"),
        Line(file="persons.jsonl", line=2, record=PERSON),
    ]
    assert [row.refused for row in take_in(pen, lines, MANIFEST, dry=False)] == [lines[0].problem, None]
    assert pen.books.person(PERSON.id) is not None
