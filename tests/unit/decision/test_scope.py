import pytest

from countenance.core.records.consent import SiblingEdit
from countenance.core.records.terms import Denied
from countenance.decision.scope import (
    approval_facts,
    count_facts,
    denied_facts,
    measured_facts,
    picture_approval,
    use_facts,
)
from countenance.testing.worlds import AT, a_world, an_approval, an_earlier_edit, an_id

WORLD = a_world()
RELEASE = WORLD.releases[0]
GRANT = RELEASE.grant
FACE = WORLD.evidence.title.faces[0]


def granted(**changes):
    return GRANT.model_copy(update=changes)


def released(**changes):
    return RELEASE.model_copy(update={"grant": granted(**changes)})


def test_what_the_release_does_not_name_is_not_compared() -> None:
    facts = use_facts(WORLD.asking(advertiser="Acme").request, GRANT)
    assert facts["advertisers"] == ["*"]
    assert "advertiser" not in facts
    assert facts["sensitive_granted"] == facts["sensitive_uses"] == []


def test_names_are_compared_without_case_and_spaces() -> None:
    facts = use_facts(WORLD.asking(advertiser="  ACME   Shoes ").request, granted(advertiser="Acme shoes"))
    assert facts["advertisers"] == [facts["advertiser"]] == ["acme shoes"]


def test_a_picture_is_known_by_its_digest() -> None:
    digest = WORLD.request.asset.digest_of_file
    facts = use_facts(WORLD.request, granted(pictures=(digest,)))
    assert facts["pictures"] == [facts["picture"]] == [digest]


def sibling(number, *, release=1, face=0):
    return SiblingEdit(
        edit_id=an_id("edit", number),
        release_id=an_id("release", release),
        region_px=an_earlier_edit(face=face).region_px,
    )


def test_edits_are_counted_that_are_of_this_release_or_of_this_face() -> None:
    published = (sibling(1), sibling(2, face=1), sibling(3, release=2), sibling(4, release=2, face=1))
    evidence = WORLD.knowing(siblings=published).evidence
    facts = count_facts(released(most_edits=3), evidence, FACE)
    assert (facts["edits_before"], facts["most_edits"]) == (3, 3)


def test_what_was_not_counted_is_left_out() -> None:
    assert "edits_before" not in count_facts(released(most_edits=3), WORLD.evidence, FACE)
    assert count_facts(RELEASE, WORLD.evidence, FACE) == {"generation": 1, "generations": 1, "edits_limited": False}


def test_every_edit_of_the_face_on_the_way_is_a_generation() -> None:
    evidence = WORLD.knowing(earlier=(an_earlier_edit(1), an_earlier_edit(2, face=1))).evidence
    assert count_facts(released(generations=4), evidence, FACE)["generation"] == 2
    assert count_facts(released(generations=4), evidence, None)["generation"] == 3


def test_of_two_approvals_the_one_that_covers_counts() -> None:
    weak = an_approval(WORLD, number=2, AU12=100).model_copy(update={"at": "2027-02-20T00:00:00.000Z"})
    evidence = WORLD.knowing(approvals=(an_approval(WORLD, AU12=400), weak)).evidence
    assert picture_approval(WORLD.request, RELEASE, evidence, at=AT).units == {"AU12": 400}
    strong = WORLD.asking(units={"AU12": 500}).request
    assert picture_approval(strong, RELEASE, evidence, at=AT).units == {"AU12": 100}, "none covers: the newest"
    assert picture_approval(WORLD.request, RELEASE, WORLD.evidence, at=AT) is None


def test_approval_is_a_fact_only_where_it_is_asked_for() -> None:
    assert approval_facts(GRANT, an_approval(WORLD)) == {"approval_needed": False}
    asked = granted(approval="per-picture")
    assert approval_facts(asked, None) == {"approval_needed": True, "approval_on_file": False}


@pytest.mark.parametrize(
    ("denied", "complete"),
    [
        (Denied(test="teeth-visible", reason="r"), True),
        (Denied(test="eyes-closed", reason="r", limit_permille=0), True),
        (Denied(test="eyes-closed", reason="r"), False),
        (Denied(test="asymmetry", reason="r"), False),
        (Denied(test="unit", reason="r", unit="AU12L"), True),
        (Denied(test="unit", reason="r", unit="AU99"), False),
        (Denied(test="unit", reason="r"), False),
        (Denied(test="teeth-visible", reason="r").model_copy(update={"test": "unheard-of"}), False),
    ],
)
def test_a_denial_says_all_that_its_test_needs(denied, complete) -> None:
    assert denied_facts(WORLD.request, granted(denied=(denied,)))["denied_complete"] is complete


def test_the_narrowest_of_two_limits_counts() -> None:
    denied = tuple(Denied(test="asymmetry", reason="r", limit_permille=limit) for limit in (300, 200))
    asked = WORLD.asking(units={"AU12L": 400, "AU12R": 150, "AU4": 900}).request
    facts = denied_facts(asked, granted(denied=denied))
    assert (facts["asymmetry_max"], facts["asymmetry_asked"]) == (200, 250)


def test_a_reading_that_is_absent_is_left_out() -> None:
    denied = (Denied(test="eyes-closed", reason="r", limit_permille=300), Denied(test="asymmetry", reason="r"))
    facts = measured_facts(granted(denied=denied), WORLD.measured)
    assert facts["eyes_closed_denied"] is True
    assert facts["eyes_closed_max"] == 300
    assert "eyes_closed" not in facts
    assert "asymmetry" not in facts
