"""The title to facts."""

import pytest

from countenance.core.records.decision import Reason
from countenance.core.records.oversight import Dispute, NearTitle, TitleReview
from countenance.core.records.terms import Licence, PropertyRelease
from countenance.decision.picture import disputed, picture_facts, unreviewed, with_clause
from countenance.decision.ports import Answer
from countenance.testing.worlds import AT, BEFORE, a_world, an_id

LATER = "2027-03-01T12:00:00.001Z"
TITLE, OTHER = an_id("title"), an_id("title", 2)
SOMEBODY = an_id("operator", 2)
LICENCE = Licence(licensor="L", tier="T")


def facts(world):
    return picture_facts(world.request, world.evidence, world.evidence.title, at=world.at)


def titled(**changes):
    world = a_world()
    return world.knowing(title=world.evidence.title.model_copy(update=changes))


def a_dispute(number=1, *, of=TITLE, settles=None, at=BEFORE):
    return Dispute(id=an_id("dispute", number), of_id=of, reason="r", by=an_id("operator", 2), at=at, settles=settles)


def a_review(number, verdict, *, by=SOMEBODY, at=BEFORE, pair=(TITLE, OTHER)):
    return TitleReview(
        id=an_id("review", number), title_id=pair[0], other_id=pair[1], verdict=verdict, reason="r", by=by, at=at
    )


def test_a_plain_title_says_little():
    assert facts(a_world()) == {
        "title_registered": True,
        "alteration": "yes",
        "basis": "own-work",
        "property_releases": [],
        "title_disputed": False,
        "near_unreviewed": False,
    }


def test_a_licence_speaks_where_it_is_the_basis():
    assert "licence_on_file" not in facts(titled(basis="licence"))
    said = facts(titled(basis="licence", licence=LICENCE))
    assert said["licence_territories"] == ["*"]
    assert said["licence_ends"] is False
    assert "licence_until_ms" not in said
    ends = LICENCE.model_copy(update={"expires_at": AT, "territories": ("FR", "DE"), "editorial_only": True})
    said = facts(titled(basis="licence", licence=ends))
    assert (said["licence_ends"], said["licence_territories"]) == (True, ["DE", "FR"])
    assert said["licence_editorial_only"] is True
    assert "licence_on_file" not in facts(titled(basis="assignment", licence=LICENCE))


@pytest.mark.parametrize(
    ("state", "until", "found"),
    [
        ("released", None, "released"),
        ("released", LATER, "released"),
        ("released", AT, "expired"),
        ("missing", LATER, "missing"),
        ("not-needed", None, "not-needed"),
    ],
)
def test_a_property_release_ends_at_its_instant(state, until, found):
    shown = PropertyRelease(what="a house", state=state, valid_until=until)
    assert facts(titled(property_releases=(shown, shown)))["property_releases"] == [found]


def test_a_dispute_freezes_until_it_is_settled():
    assert facts(a_world().knowing(disputes=(a_dispute(),)))["title_disputed"] is True
    assert facts(a_world().knowing(disputes=(a_dispute(at=LATER),)))["title_disputed"] is False
    settled = (a_dispute(1), a_dispute(2), a_dispute(3, settles=an_id("dispute", 1)))
    assert facts(a_world().knowing(disputes=settled))["title_disputed"] is True, "another dispute is still open"
    both = (*settled, a_dispute(4, settles=an_id("dispute", 2)))
    assert facts(a_world().knowing(disputes=both))["title_disputed"] is False
    early = (a_dispute(1), a_dispute(2, settles=an_id("dispute", 1), at=LATER))
    assert facts(a_world().knowing(disputes=early))["title_disputed"] is True, "settled later than now"


def test_a_dispute_over_the_release_is_not_one_over_the_title():
    world = a_world().knowing(disputes=(a_dispute(of=an_id("release")),))
    assert facts(world)["title_disputed"] is False
    assert disputed(world.evidence, an_id("release"), world.at)
    assert not disputed(world.evidence, an_id("title"), world.at)


def test_an_older_title_to_the_picture_carries_its_dispute_along():
    assert facts(a_world().knowing(disputes=(a_dispute(of=an_id("title", 9)),)))["title_disputed"] is True


def test_what_was_not_looked_for_is_no_fact():
    said = facts(a_world().knowing(disputes=None, near=None))
    assert "title_disputed" not in said
    assert "near_unreviewed" not in said


NEAR = (NearTitle(title_id=TITLE, other_id=OTHER, distance_bits=3),)


@pytest.mark.parametrize(
    ("reviews", "open_"),
    [
        ((), True),
        ((a_review(1, "distinct"),), False),
        ((a_review(1, "same-right"),), False),
        ((a_review(1, "conflict"),), True),
        ((a_review(1, "distinct"), a_review(2, "conflict", at=AT)), True),
        ((a_review(2, "conflict"), a_review(1, "distinct", at=AT)), False),
        ((a_review(1, "distinct", at=LATER),), True),
        ((a_review(1, "distinct", pair=(OTHER, TITLE)),), False),
        ((a_review(1, "distinct", pair=(TITLE, an_id("title", 3))),), True),
        ((a_review(1, "distinct", by=an_id("operator", 7)),), True),
    ],
)
def test_the_newest_review_of_the_pair_counts_unless_the_registrar_wrote_it(reviews, open_):
    world = titled(registered_by=an_id("operator", 7)).knowing(near=NEAR, reviews=reviews)
    assert bool(unreviewed(world.evidence, world.evidence.title, world.at)) is open_
    assert facts(world)["near_unreviewed"] is open_


def test_a_refusal_names_the_licence_that_it_rests_on():
    barred = Reason(policy="alteration-barred", reason="the title forbids it")
    other = Reason(policy="purpose-not-granted", reason="not granted")
    answer = Answer(effect="deny", reasons=(barred, other))
    licensed = titled(basis="licence", licence=LICENCE.model_copy(update={"number": "7"})).evidence.title
    assert [one.reason for one in with_clause(answer, licensed).reasons] == [
        "the title forbids it (licence 7, T)",
        "not granted",
    ]
    assert with_clause(answer, a_world().evidence.title) == answer
    assert with_clause(answer, None) == answer
    permit = Answer(effect="permit", reasons=())
    assert with_clause(permit, licensed) == permit
