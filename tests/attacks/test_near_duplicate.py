"""Somebody registers another owner's picture, a little changed, as their own, and edits that."""

from pathlib import Path

import pytest
from house import BLACK, a_picture, make_house, near_to

from countenance import oversight
from countenance.adapters.policies.cedar import build
from countenance.decision.decide import decide
from countenance.errors import DeniedError
from countenance.testing.worlds import a_world, an_id
from countenance.verify.findings import SAME_PICTURE_BITS

ENGINE = build(Path(__file__).parents[2] / "policies")
MINE = a_world().request.asset
THEIRS = a_picture(b"theirs")


@pytest.fixture
def house(tmp_path):
    made = make_house(tmp_path)
    yield made
    made.books.close()


def reasons(house):
    request = house.request()
    evidence = house.evidence(request)
    decision = decide(request, evidence, ENGINE, at=evidence.as_of, decision_id=an_id("decision"))
    return {reason.policy for reason in decision.reasons}


def review(house, title_id, other_id, *, role="approver", verdict="distinct"):
    return oversight.review(
        house.pen(role), operator=house.operators[role], title_id=title_id, other_id=other_id, verdict=verdict,
        reason="compared them",
    )  # fmt: skip


@pytest.mark.parametrize("bits", [0, 1, 26, SAME_PICTURE_BITS])
def test_a_copy_of_a_titled_picture_is_not_edited(house, bits):
    house.title(asset=THEIRS, fingerprint=near_to(BLACK, bits) if bits else BLACK, owner="Other")
    house.tied()
    assert reasons(house) == {"near-duplicate"}


def test_an_owner_who_registers_later_counts_too(house):
    house.tied()
    assert reasons(house) == {"within-the-release"}
    house.title(asset=THEIRS, owner="Other")
    assert reasons(house) == {"near-duplicate"}


def test_the_very_file_under_another_owner(house):
    house.title(owner="Other")
    house.tied()
    assert reasons(house) == {"near-duplicate"}


def test_a_review_of_ones_own_title_is_refused_and_would_not_count(house):
    other = house.title("retoucher", asset=THEIRS, owner="Other")
    title, _ = house.tied("rights")
    with pytest.raises(DeniedError, match="four-eyes"):
        review(house, title.id, other.id, role="rights")
    made = review(house, title.id, other.id)
    request = house.request()
    evidence = house.evidence(request)
    own = made.model_copy(update={"by": house.operators["rights"].id})
    forged = evidence.model_copy(update={"reviews": (own,)})
    decision = decide(request, forged, ENGINE, at=evidence.as_of, decision_id=an_id("decision"))
    assert {reason.policy for reason in decision.reasons} == {"near-duplicate"}
    assert reasons(house) == {"within-the-release"}


def test_each_look_alike_is_reviewed(house):
    first = house.title(asset=THEIRS, owner="Other")
    second = house.title(asset=a_picture(b"third"), owner="Third")
    title, _ = house.tied()
    review(house, title.id, first.id)
    assert reasons(house) == {"near-duplicate"}
    review(house, title.id, second.id, verdict="conflict")
    assert reasons(house) == {"near-duplicate"}
    review(house, second.id, title.id, verdict="same-right")
    assert reasons(house) == {"within-the-release"}


def test_a_review_grants_nothing(house):
    other = house.title(asset=THEIRS, owner="Other")
    title, _ = house.tied(alteration="no")
    review(house, title.id, other.id, verdict="same-right")
    assert reasons(house) == {"alteration-barred"}


def test_a_new_title_is_reviewed_anew(house):
    other = house.title(asset=THEIRS, owner="Other")
    title, _ = house.tied()
    review(house, title.id, other.id)
    house.tied()
    assert reasons(house) == {"near-duplicate"}


def test_a_fingerprint_that_cannot_be_compared_hides_nothing(house):
    house.tied(fingerprint="0f")
    assert reasons(house) == {"near-duplicate"}
