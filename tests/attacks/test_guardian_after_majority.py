"""A guardian's model release is used after the day on which the child came of age."""

from datetime import date
from pathlib import Path

import pytest

from countenance.adapters.policies.cedar import build
from countenance.core.records.oversight import Approval
from countenance.core.records.terms import Guardian
from countenance.decision.decide import decide
from countenance.testing.worlds import BEFORE, a_world, an_id

ENGINE = build(Path(__file__).parents[2] / "policies")
EVE, BIRTHDAY = "2027-03-01T23:59:59.999Z", "2027-03-02T00:00:00.000Z"
GUARDIAN = Guardian(name="G", relation="mother")


def a_child(*, guardian=GUARDIAN, signed_on=date(2027, 1, 1)):
    """Eighteen on the second of March, 2027 (UTC), with everything that a minor needs."""
    world = a_world()
    release = world.releases[0].model_copy(update={"guardian": guardian, "signed_on": signed_on})
    person = world.evidence.persons[0].model_copy(update={"born": date(2009, 3, 2), "adult": False})
    approval = Approval(
        id=an_id("approval"), of="minor", asset_digest=world.request.asset.digest_of_file, by=an_id("operator", 2),
        reason="r", valid_until="2028-01-01T00:00:00.000Z", at=BEFORE,
    )  # fmt: skip
    return world.knowing(releases=(release,), persons=(person,), approvals=(approval,))


def reasons(world, at, *, measured=False):
    seen = world.measured if measured else None
    decision = decide(world.request, world.evidence, ENGINE, at=at, decision_id=an_id("decision"), measured=seen)
    return {reason.policy for reason in decision.reasons}


@pytest.mark.parametrize("measured", [False, True])
def test_it_lapses_on_the_birthday(measured):
    assert reasons(a_child(), EVE, measured=measured) == {"within-the-release"}
    assert reasons(a_child(), BIRTHDAY, measured=measured) == {"lapsed-at-majority"}


def test_an_edit_begun_the_evening_before_is_not_let_out_after_midnight():
    world = a_child()
    assert reasons(world, EVE) == {"within-the-release"}
    assert reasons(world, BIRTHDAY, measured=True) == {"lapsed-at-majority"}


def test_dropping_the_guardian_from_the_record_gains_nothing():
    assert reasons(a_child(guardian=None), EVE) == {"minor"}
    assert reasons(a_child(guardian=None), BIRTHDAY) == {"signed-by-minor"}


def test_declaring_the_child_adult_gains_nothing():
    world = a_child()
    grown = world.evidence.persons[0].model_copy(update={"adult": True})
    assert reasons(world.knowing(persons=(grown,), approvals=()), EVE) == {"minor-needs-approval"}
    assert reasons(world.knowing(persons=(grown,)), BIRTHDAY) == {"lapsed-at-majority"}


def test_what_they_signed_themselves_since_holds():
    assert reasons(a_child(guardian=None, signed_on=date(2027, 3, 2)), BIRTHDAY) == {"within-the-release"}
    assert reasons(a_child(guardian=None, signed_on=date(2027, 3, 1)), BIRTHDAY) == {"signed-by-minor"}
