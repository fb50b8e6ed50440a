import pytest

from countenance.errors import InputError
from countenance.marks.label.place import around, free_corner

PICTURE = (1000, 800)
SIZE = (300, 60)


def test_an_empty_picture_takes_the_bottom_right():
    assert free_corner(SIZE, PICTURE, (), margin=10) == (690, 730, 990, 790)


@pytest.mark.parametrize(
    ("face", "corner"),
    [
        ((50, 50, 300, 350), (690, 730, 990, 790)),
        ((700, 450, 990, 790), (10, 10, 310, 70)),
        ((650, 20, 990, 300), (10, 730, 310, 790)),
    ],
)
def test_the_corner_farthest_from_the_face(face, corner):
    assert free_corner(SIZE, PICTURE, [face], margin=10) == corner


def test_no_corner_is_free():
    with pytest.raises(InputError, match="no corner"):
        free_corner(SIZE, PICTURE, [(0, 60, 1000, 740)], margin=10)
    with pytest.raises(InputError, match="no corner"):
        free_corner(SIZE, (200, 800), (), margin=10)


def test_the_box_around_a_polygon():
    assert around([(3, 9), (7, 2), (5, 5)]) == (3, 2, 7, 9)
