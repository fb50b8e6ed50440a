import pytest

from countenance.decision.earlier import changed_before
from countenance.testing.worlds import a_title, a_world, an_earlier_edit

FIRST, SECOND = a_title(a_world().request.asset, 2).faces


def test_a_picture_that_is_no_output_was_not_changed_before():
    assert changed_before((), FIRST) == {}


def test_the_edits_of_a_face_add_up():
    chain = (an_earlier_edit(1, AU12=300, AU4=-100), an_earlier_edit(2, AU12=150))
    assert changed_before(chain, FIRST) == {"AU12": 450, "AU4": -100}


def test_the_edit_of_another_face_does_not_count():
    chain = (an_earlier_edit(1, AU12=300), an_earlier_edit(2, face=1, AU12=150))
    assert changed_before(chain, FIRST) == {"AU12": 300}
    assert changed_before(chain, SECOND) == {"AU12": 150}


@pytest.mark.parametrize(
    ("corners", "counts"),
    [
        (((0, 0), (1000, 0), (1000, 1000)), True),
        (((70, 190), (80, 190), (80, 210)), True),
        (((76, 190), (300, 190), (300, 210)), False),
        ((), True),
    ],
)
def test_one_box_holds_the_centre_of_the_other(corners, counts):
    """The first face reaches from 0 to 150 and from 100 to 300."""
    edit = an_earlier_edit(AU12=300).model_copy(update={"region_px": corners})
    assert bool(changed_before((edit,), FIRST)) is counts


def test_without_a_face_every_edit_counts():
    assert changed_before((an_earlier_edit(face=1, AU12=300),), None) == {"AU12": 300}
