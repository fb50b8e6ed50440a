"""Who may be shown their own face, and by whom: every reason alone, and none."""

from datetime import date

import pytest

from countenance.core.records.consent import DepictedPerson, FaceTie, Revocation
from countenance.decision.show import against_showing
from countenance.testing.worlds import AT, a_world, an_id

WORLD = a_world()
RELEASE = WORLD.evidence.releases[0]
OPERATOR = WORLD.evidence.operator
PERSON = next(one for one in WORLD.evidence.persons if one.id == RELEASE.person_id)
TITLE = WORLD.evidence.title
TIE = FaceTie(id=an_id("tie"), title_id=TITLE.id, face=0, release_id=RELEASE.id, added_at=AT)


def reasons(**changed):
    facts = {
        "operator": OPERATOR, "release": RELEASE, "person": PERSON, "title": None, "tie": None, "revocations": (), "at": AT,
    } | changed  # fmt: skip
    return [reason.policy for reason in against_showing(**facts)]


def ends(what):
    return Revocation(id=an_id("revocation"), of_id=what, at=AT)


def test_nothing_speaks_against_it_before_there_is_a_tie():
    assert reasons() == []
    assert reasons(title=TITLE, tie=TIE) == []
    assert reasons(operator=OPERATOR.model_copy(update={"role": "rights"})) == []


@pytest.mark.parametrize(
    ("changed", "policy"),
    [
        ({"revocations": (ends(OPERATOR.id),)}, "operator-revoked"),
        ({"operator": OPERATOR.model_copy(update={"role": "approver"})}, "operator-role"),
        ({"revocations": (ends(RELEASE.id),)}, "release-withdrawn"),
        ({"at": RELEASE.grant.valid_until}, "release-expired"),
        ({"person": None}, "person-unknown"),
        ({"person": PERSON.model_copy(update={"adult": False, "born": None})}, "minor"),
        ({"person": PERSON.model_copy(update={"born": date(2020, 1, 1)})}, "minor"),
        ({"title": TITLE.model_copy(update={"alteration": "no"})}, "alteration-forbidden"),
        ({"tie": TIE.model_copy(update={"release_id": an_id("release", 9)})}, "face-tied-elsewhere"),
        ({"tie": TIE.model_copy(update={"release_id": None})}, "face-tied-elsewhere"),
    ],
)
def test_each_reason_alone_refuses(changed, policy):
    assert reasons(**changed) == [policy]


def test_another_release_of_the_same_person_does_not_bar():
    elsewhere = TIE.model_copy(update={"release_id": an_id("release", 9)})
    theirs = RELEASE.model_copy(update={"id": an_id("release", 9)})
    assert reasons(tie=elsewhere, tied=theirs) == []
    assert reasons(tie=elsewhere, tied=theirs.model_copy(update={"person_id": an_id("person", 9)})) == [
        "face-tied-elsewhere"
    ]


def test_a_revocation_of_something_else_does_not():
    assert reasons(revocations=(ends(an_id("release", 9)),)) == []


def test_a_declared_adult_by_birth_date_is_asked_at_the_instant():
    grown = DepictedPerson(id=PERSON.id, alias="x", adult=False, born=date(1990, 1, 1), added_at=AT)
    assert reasons(person=grown) == []
