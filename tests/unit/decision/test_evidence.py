from datetime import date

import pytest

from countenance.core.records.consent import DepictedPerson
from countenance.decision.evidence import chosen_face, questions, release_of, title_of
from countenance.testing.worlds import AT, BEFORE, a_release, a_revocation, a_tie, a_world, an_id


def ask(world, *, measured=False):
    return questions(world.request, world.evidence, at=world.at, measured=world.measured if measured else None)


def test_one_question_about_each_face_the_chosen_one_first():
    asked = ask(a_world(faces=3).asking(face=1).knowing(ties=(a_tie(1, an_id("release")), a_tie(0, None))))
    assert [(one.action, one.face) for one in asked] == [("edit", 1), ("leave", 0), ("leave", 2)]
    assert asked[1].facts["face_state"] == "untouched"
    assert "face_state" not in asked[2].facts


def test_with_a_measurement_the_question_is_about_publishing():
    asked = ask(a_world(faces=2), measured=True)
    assert [one.action for one in asked] == ["publish", "leave"]


def test_without_a_title_one_question_lacks_every_fact_about_it():
    (asked,) = ask(a_world().knowing(title=None))
    assert not {"title_registered", "alteration", "face_found", "face_state", "release_on_file"} & set(asked.facts)


def test_a_title_to_another_picture_is_none():
    world = a_world()
    other = world.evidence.title.asset.model_copy(update={"digest_of_file": "sha256:" + "0" * 64})
    assert title_of(world.request.model_copy(update={"asset": other}), world.evidence) is None


def test_the_only_face_needs_no_choice_and_several_do():
    one, two = a_world().asking(face=None), a_world(faces=2).asking(face=None)
    assert chosen_face(one.request, one.evidence.title).number == 0
    assert chosen_face(two.request, two.evidence.title) is None
    assert [question.action for question in ask(two)] == ["edit", "leave", "leave"]


def test_the_latest_tie_and_the_latest_version_count():
    world = a_world()
    later = a_tie(0, an_id("release"), number=2, at=AT)
    world = world.knowing(ties=(later, a_tie(0, None)))
    newer = a_release().model_copy(update={"version": 2})
    world = world.knowing(releases=(newer, a_release()))
    title = world.evidence.title
    assert release_of(world.evidence, title, title.faces[0]).version == 2


def test_another_operators_record_does_not_speak_for_the_one_who_asks():
    (asked,) = ask(a_world().asking(operator_id=an_id("operator", 2)))
    assert "operator_known" not in asked.facts


@pytest.mark.parametrize(
    ("adult", "born", "now", "then"),
    [
        (True, None, "adult", True),
        (False, None, None, None),
        (False, date(2000, 1, 1), "adult", True),
        (True, date(2009, 3, 2), "minor", False),
        (False, date(2009, 3, 1), "adult", False),
    ],
)
def test_a_birth_date_outweighs_a_declaration(adult, born, now, then):
    person = DepictedPerson(id=an_id("person"), alias="P", adult=adult, born=born, added_at=BEFORE)
    (asked,) = ask(a_world().knowing(persons=(person,)))
    assert (asked.facts.get("person_age"), asked.facts.get("signed_as_adult")) == (now, then)


def test_a_revocation_counts_from_its_instant_on():
    ended, later = a_revocation(an_id("release"), at=AT), a_revocation(an_id("release"), at="2027-03-01T12:00:00.001Z")
    assert ask(a_world().knowing(revocations=(ended,)))[0].facts["release_withdrawn"] is True
    assert ask(a_world().knowing(revocations=(later,)))[0].facts["release_withdrawn"] is False


def test_an_operator_is_revoked_by_either_record():
    for world in (
        a_world().knowing(operator_revoked_at=AT),
        a_world().knowing(revocations=(a_revocation(an_id("operator")),)),
    ):
        assert ask(world)[0].facts["operator_revoked"] is True


def test_a_measurement_of_another_edit_says_nothing():
    (asked,) = ask(a_world().measuring(edit_id=an_id("edit", 2)), measured=True)
    assert "changed_outside_px" not in asked.facts
    assert "measured" not in asked.facts["units"][0]


def test_facts_are_only_booleans_integers_words_and_lists():
    (asked,) = ask(a_world(), measured=True)
    for value in asked.facts.values():
        assert isinstance(value, bool | int | str | list)
