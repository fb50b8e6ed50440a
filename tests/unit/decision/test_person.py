"""The depicted person to facts."""

from datetime import date

import pytest

from countenance.core.records.oversight import Approval, Dispute
from countenance.core.records.terms import Guardian
from countenance.decision.person import is_minor, person_facts
from countenance.testing.worlds import AT, BEFORE, a_world, an_id

GUARDIAN = Guardian(name="G", relation="mother")
LATER = "2027-03-01T12:00:00.001Z"


def born(day, *, guardian=None):
    world = a_world()
    release = world.releases[0].model_copy(update={"guardian": guardian})
    person = world.evidence.persons[0].model_copy(update={"born": day, "adult": False})
    return world.knowing(releases=(release,), persons=(person,))


def facts(world):
    return person_facts(world.request, world.evidence, world.releases[0], at=world.at)


def test_an_adult_is_not_asked_for_a_guardian():
    expected = {"person_age": "adult", "signed_as_adult": True, "release_disputed": False}
    assert facts(a_world()) == expected
    assert facts(born(date(1990, 1, 1), guardian=GUARDIAN)) == expected


@pytest.mark.parametrize("guardian", [None, GUARDIAN])
def test_a_minor(guardian):
    world = born(date(2012, 5, 5), guardian=guardian)
    assert facts(world) == {
        "person_age": "minor",
        "signed_as_adult": False,
        "guardian_signed": guardian is not None,
        "minor_approved": False,
        "release_disputed": False,
    }
    assert is_minor(world.evidence, world.releases[0], at=world.at)


@pytest.mark.parametrize(("day", "age"), [(date(2009, 3, 1), "adult"), (date(2009, 3, 2), "minor")])
def test_majority_comes_on_the_birthday(day, age):
    said = facts(born(day, guardian=GUARDIAN))
    assert (said["person_age"], said["guardian_signed"]) == (age, True)
    assert ("minor_approved" in said) == (age == "minor")


def test_an_approval_for_the_minor():
    world = born(date(2012, 5, 5), guardian=GUARDIAN)
    yes = Approval(
        id=an_id("approval"), of="minor", asset_digest=world.request.asset.digest_of_file, by=an_id("operator", 2),
        reason="r", valid_until=LATER, at=BEFORE,
    )  # fmt: skip
    assert facts(world.knowing(approvals=(yes,)))["minor_approved"] is True


@pytest.mark.parametrize("persons", ["unknown age", "not on file"])
def test_an_unknown_age_is_no_fact(persons):
    world = born(None) if persons == "unknown age" else a_world().knowing(persons=())
    assert facts(world) == {"release_disputed": False}
    assert not is_minor(world.evidence, world.releases[0], at=world.at)


def test_a_disputed_release():
    dispute = Dispute(id=an_id("dispute"), of_id=an_id("release"), reason="r", by=an_id("operator"), at=AT)
    assert facts(a_world().knowing(disputes=(dispute,)))["release_disputed"] is True
    assert "release_disputed" not in facts(a_world().knowing(disputes=None))
