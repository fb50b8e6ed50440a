"""One person's consent is stretched over a second face in the same picture."""

from pathlib import Path

import pytest

from countenance.adapters.policies.cedar import build
from countenance.decision.decide import decide
from countenance.testing.worlds import AT, a_release, a_tie, a_world, an_id

ENGINE = build(Path(__file__).parents[2] / "policies")
FIRST, SECOND = an_id("release"), an_id("release", 2)


def reasons(world):
    decision = decide(world.request, world.evidence, ENGINE, at=AT, decision_id=an_id("decision"))
    return decision.effect, {reason.policy for reason in decision.reasons}


@pytest.mark.parametrize("face", [0, 1])
def test_the_same_release_tied_to_both_faces(face):
    world = a_world(faces=2).knowing(ties=(a_tie(0, FIRST), a_tie(1, FIRST))).asking(face=face)
    assert reasons(world) == ("deny", {"person-tied-twice"})


@pytest.mark.parametrize("face", [0, 1])
def test_two_releases_of_the_same_person(face):
    world = a_world(faces=2).knowing(
        ties=(a_tie(0, FIRST), a_tie(1, SECOND)), releases=(a_release(1), a_release(2, person=1))
    )
    assert reasons(world.asking(face=face)) == ("deny", {"person-tied-twice"})


def test_the_other_faces_release_is_kept_back():
    world = a_world(faces=2).knowing(ties=(a_tie(0, FIRST), a_tie(1, SECOND)))
    assert reasons(world) == ("deny", {"person-tied-twice"})


def test_asking_for_the_face_that_has_no_release():
    assert reasons(a_world(faces=2).asking(face=1)) == ("deny", {"face-must-stay-untouched"})
    untied = a_world(faces=2).knowing(ties=(a_tie(0, FIRST),))
    assert reasons(untied.asking(face=1)) == ("deny", {"face-not-tied"})
    assert reasons(untied) == ("deny", {"face-not-decided"})


def test_two_people_with_a_release_each_are_fine():
    world = a_world(faces=2)
    other = world.evidence.persons[0].model_copy(update={"id": an_id("person", 2)})
    world = world.knowing(
        ties=(a_tie(0, FIRST), a_tie(1, SECOND)),
        releases=(a_release(1), a_release(2, person=2)),
        persons=(*world.evidence.persons, other),
    )
    assert reasons(world) == ("permit", {"within-the-release"})
