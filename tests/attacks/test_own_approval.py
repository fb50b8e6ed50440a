"""Somebody lets an edit through that needs a second pair of eyes: their own yes, another picture's, a stale one."""

from datetime import date
from pathlib import Path

import pytest
from house import DOCUMENT, a_picture, make_house

from countenance import desk, oversight
from countenance.adapters.policies.cedar import build
from countenance.core.clock import later
from countenance.core.records.terms import Guardian
from countenance.decision.decide import decide, permit_of
from countenance.errors import DeniedError
from countenance.testing.worlds import a_world, an_id

ENGINE = build(Path(__file__).parents[2] / "policies")
WORLD = a_world()
DAY = 86_400


@pytest.fixture
def house(tmp_path):
    made = make_house(tmp_path)
    yield made
    made.books.close()


def asked(house, request, *, at=None, measured=None):
    evidence = house.evidence(request)
    moment = at or evidence.as_of
    decision = decide(request, evidence, ENGINE, at=moment, decision_id=an_id("decision"), measured=measured)
    return decision, evidence


def reasons(house, request, **more):
    return {reason.policy for reason in asked(house, request, **more)[0].reasons}


def yes(house, of="alteration", *, asset=WORLD.request.asset, **more):
    return oversight.approve(
        house.pen("approver"), operator=house.operators["approver"], of=of, asset_digest=asset.digest_of_file,
        reason="the client asked", document=DOCUMENT, **more,
    )  # fmt: skip


@pytest.mark.parametrize("alteration", ["no", "approval"])
def test_who_edits_does_not_approve(house, alteration):
    house.tied(alteration=alteration)
    with pytest.raises(DeniedError, match="operator-role"):
        oversight.approve(
            house.pen("retoucher"), operator=house.operators["retoucher"], of="alteration",
            asset_digest=WORLD.request.asset.digest_of_file, reason="I say so", document=DOCUMENT,
        )  # fmt: skip
    refused = {"no": "alteration-barred", "approval": "alteration-needs-approval"}[alteration]
    assert reasons(house, house.request()) == {refused}
    yes(house)
    decision, evidence = asked(house, house.request())
    permit = permit_of(decision, house.request(), evidence, nonce="0" * 32, at=evidence.as_of)
    assert permit.approvals == {"alteration": house.books.approvals(permit.asset.digest_of_file)[0].digest()}


def test_a_yes_slipped_into_the_books_under_the_askers_name_counts_for_nothing(house):
    house.tied(alteration="no")
    made = yes(house)
    request = house.request()
    evidence = house.evidence(request)
    forged = evidence.model_copy(update={"approvals": (made.model_copy(update={"by": request.operator_id}),)})
    decision = decide(request, forged, ENGINE, at=evidence.as_of, decision_id=an_id("decision"))
    assert {reason.policy for reason in decision.reasons} == {"alteration-barred"}


def test_a_yes_for_another_picture_or_another_thing(house):
    house.tied(alteration="no")
    other = a_picture(b"another")
    house.title(asset=other, fingerprint="f" * 64)
    yes(house, asset=other)
    yes(house, "minor")
    yes(house, "picture", units={"AU12": 400})
    assert reasons(house, house.request()) == {"alteration-barred"}


def test_a_yes_that_ended_before_or_while_rendering(house):
    house.tied(alteration="no")
    made = yes(house, until=later(house.claim.clock.now(), seconds=DAY))
    world = a_world()
    asks = house.request(edit_id=world.measured.edit_id)
    first = asked(house, asks)[0]
    assert first.effect == "permit"
    at_the_end = made.valid_until
    assert reasons(house, asks, at=at_the_end) == {"alteration-barred"}
    seen = world.measured
    assert reasons(house, asks, at=at_the_end, measured=seen) == {"alteration-barred"}
    assert asked(house, asks, measured=seen)[0].effect == "permit"


def test_a_minor_needs_guardian_and_second_operator(house):
    title = house.title()
    alone = house.release(born=date(2012, 1, 1))
    tie(house, title, alone)
    yes(house, "minor")
    assert reasons(house, house.request()) == {"minor"}
    guarded = house.release(born=date(2012, 1, 1), terms={"guardian": Guardian(name="G", relation="mother")})
    tie(house, title, guarded)
    assert reasons(house, house.request()) == {"within-the-release"}


def test_an_approval_for_a_minor_of_another_release(house):
    title = house.title()
    guarded = house.release(born=date(2012, 1, 1), terms={"guardian": Guardian(name="G", relation="mother")})
    other = house.release()
    tie(house, title, guarded)
    yes(house, "minor", release_id=other.id)
    assert reasons(house, house.request()) == {"minor-needs-approval"}


def test_a_sensitive_use_that_the_release_grants_needs_a_second_operator(house):
    title, release = house.tied()
    assert title.asset == WORLD.request.asset
    request = house.request(sensitive_uses=("health",))
    assert "sensitive-use-needs-approval" in reasons(house, request)
    yes(house, "sensitive-use", release_id=release.id)
    assert "sensitive-use-needs-approval" not in reasons(house, request)


def tie(house, title, release):
    desk.tie_face(house.pen("rights"), asset_digest=title.asset.digest_of_file, face=0, release_id=release.id)
