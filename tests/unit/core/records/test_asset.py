import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.core.records.asset import FaceBox

SIDES = st.integers(-50, 50)
BOXES = st.builds(FaceBox, number=st.just(0), x0_px=SIDES, y0_px=SIDES, x1_px=SIDES, y1_px=SIDES)


def box(*corners):
    return FaceBox(number=0, x0_px=corners[0], y0_px=corners[1], x1_px=corners[2], y1_px=corners[3])


@pytest.mark.parametrize(
    ("one", "other", "permille"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1000),
        ((0, 0, 10, 10), (5, 0, 15, 10), 333),
        ((0, 0, 10, 10), (10, 0, 20, 10), 0),
        ((0, 0, 10, 10), (2, 2, 8, 8), 360),
        ((0, 0, 0, 10), (0, 0, 0, 10), 0),
        ((10, 10, 0, 0), (0, 0, 10, 10), 0),
    ],
)
def test_overlap(one, other, permille):
    assert box(*one).overlap_permille(box(*other)) == permille


@given(BOXES, BOXES)
def test_overlap_is_mutual_and_bounded(one, other):
    assert one.overlap_permille(other) == other.overlap_permille(one)
    assert 0 <= one.overlap_permille(other) <= 1000
    assert one.overlap_permille(one) == (1000 if one.area_px() else 0)
