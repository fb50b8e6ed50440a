from datetime import date

import pytest

from countenance.core.records.terms import Guardian, Limit, Retention, Signature
from countenance.request.forms.doubts import doubts
from countenance.testing.worlds import AT, a_release, a_world

PERSON = a_world().evidence.persons[0]
SIGNED = Signature(role="person", name="P", method="in-person", on=date(2027, 1, 1))
GUARDIAN = Guardian(name="G", relation="mother")
BASE = a_release()
WHOLE = BASE.model_copy(
    update={
        "grant": BASE.grant.model_copy(
            update={"description": "d", "examples_shown": ("sha256:" + "0" * 64,), "valid_from": "2027-01-01T00:00:00.000Z",
                    "valid_until": "2037-01-02T00:00:00.000Z", "units": {"AU12": Limit(max_permille=1)}}
        ),
        "retention": Retention(years_after_end=1, why="w"),
        "signatures": (SIGNED,),
        "signed_on": date(2027, 1, 1),
    }
)  # fmt: skip


def granting(**changed):
    return WHOLE.model_copy(update={"grant": WHOLE.grant.model_copy(update=changed)})


def test_a_whole_release_of_an_adult_leaves_nothing_to_look_at():
    assert doubts(WHOLE, PERSON, at=AT) == ()
    assert doubts(WHOLE, None, at=AT) == ()


@pytest.mark.parametrize(
    ("release", "said"),
    [
        (granting(valid_until="2037-01-03T00:00:00.000Z"), "longer than 10 years"),
        (granting(valid_until="2027-02-01T00:00:00.000Z"), "has ended already"),
        (WHOLE.model_copy(update={"retention": None}), "no end of retention"),
        (granting(units={"AU12": Limit()}), "no change of the face is granted"),
        (granting(purposes=("training",)), "training"),
        (granting(units={"AU12": Limit(max_permille=1, absolute_max_permille=9)}), "needs the person's yes"),
        (granting(description=None), "not described"),
        (granting(examples_shown=None), "no contact sheet"),
        (WHOLE.model_copy(update={"signatures": None}), "no signature of the person"),
        (
            WHOLE.model_copy(update={"signatures": (SIGNED.model_copy(update={"method": "scan"}),)}),
            "a scan is evidence",
        ),
        (
            WHOLE.model_copy(update={"signatures": (SIGNED.model_copy(update={"method": "pdf"}),)}),
            "no document is registered",
        ),
        (WHOLE.model_copy(update={"guardian": GUARDIAN}), "no signature of theirs"),
    ],
)
def test_each_doubt_is_a_line_of_its_own(release, said):
    (line,) = doubts(release, None, at=AT)
    assert said in line


def test_a_minor_needs_a_guardian_as_of_the_day_of_signing():
    minor = PERSON.model_copy(update={"adult": False, "born": date(2009, 1, 2)})
    assert any("minor when signing" in line for line in doubts(WHOLE, minor, at="2030-01-01T00:00:00.000Z"))
    grown = minor.model_copy(update={"born": date(2009, 1, 1)})
    assert doubts(WHOLE, grown, at=AT) == ()
    signed = (SIGNED, SIGNED.model_copy(update={"role": "guardian"}))
    guarded = WHOLE.model_copy(update={"guardian": GUARDIAN, "signatures": signed})
    assert doubts(guarded, minor, at=AT) == ()
    assert any("of age when signing" in line for line in doubts(guarded, PERSON, at=AT))
