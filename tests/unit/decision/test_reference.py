from dataclasses import replace
from pathlib import Path

import pytest

from countenance.adapters.policies.cedar import build
from countenance.core.digest import of_file
from countenance.decision.reference import as_reference, decide_reference
from countenance.testing.worlds import AT, a_release, a_revocation, a_tie, a_title, a_world, an_earlier_edit, an_id

ENGINE = build(Path(__file__).parents[3] / "policies")


def a_reference(*, faces=1):
    """Another picture of the same person, with a title of its own."""
    world = a_world(faces=faces)
    asset = world.request.asset.model_copy(update={"digest_of_file": of_file(b"the reference")})
    return world.asking(asset=asset).knowing(title=a_title(asset, faces))


def decided(reference, source=None, *, measured=None):
    source = source or a_world()
    decision = decide_reference(
        reference.request, as_reference(reference.evidence), ENGINE,
        source=source.request, evidence=source.evidence, at=AT, decision_id=an_id("decision"), measured=measured,
    )  # fmt: skip
    return decision.effect, {reason.policy for reason in decision.reasons}


def test_the_same_persons_picture():
    assert decided(a_reference()) == ("permit", {"within-the-release"})


def test_it_is_asked_again_with_what_was_measured():
    world = a_reference()
    assert decided(world, measured=world.measured)[0] == "permit"
    teeth = world.measured.model_copy(update={"teeth_visible_after": True})
    assert decided(world, measured=teeth) == ("deny", {"teeth-not-granted"})


@pytest.mark.parametrize("side", ["reference", "source"])
def test_another_persons_picture(side):
    other = a_release(2, person=2)
    changed = {"ties": (a_tie(0, other.id),), "releases": (other,)}
    person = a_world().evidence.persons[0].model_copy(update={"id": an_id("person", 2)})
    reference, source = a_reference(), a_world()
    if side == "reference":
        reference = reference.knowing(**changed, persons=(person,))
    else:
        source = source.knowing(**changed, persons=(person,))
    assert decided(reference, source) == ("deny", {"reference-other-person"})


def test_another_release_of_the_same_person():
    second = a_release(2)
    assert decided(a_reference().knowing(ties=(a_tie(0, second.id),), releases=(second,)))[0] == "permit"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"title": None}, "title-missing"),
        ({"ties": ()}, "face-not-tied"),
        ({"ties": (a_tie(0, None),)}, "face-must-stay-untouched"),
        ({"revocations": (a_revocation(an_id("release")),)}, "release-withdrawn"),
        ({"persons": ()}, "age-unknown"),
    ],
)
def test_any_doubt_refuses(changed, why):
    effect, reasons = decided(a_reference().knowing(**changed))
    assert effect == "deny"
    assert why in reasons


def test_nobody_is_not_the_same_person_as_nobody():
    untied = a_world().knowing(ties=())
    effect, reasons = decided(a_reference().knowing(ties=()), untied)
    assert effect == "deny"
    assert "reference-other-person" in reasons


def test_the_chosen_face_counts():
    group = a_reference(faces=2)
    assert decided(group)[0] == "permit"
    assert decided(group.asking(face=1))[0] == "deny"


def test_earlier_edits_of_a_reference_do_not_add_up():
    earlier = a_reference().knowing(earlier=(an_earlier_edit(AU12=500),))
    assert decided(earlier)[0] == "permit"
    assert as_reference(earlier.evidence) == replace(earlier, evidence=a_reference().evidence).evidence
