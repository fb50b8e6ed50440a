import dataclasses
from typing import TYPE_CHECKING

import pytest

from countenance.edit.apart import MOST_CUT_PERMILLE, require_apart
from countenance.errors import InputError

if TYPE_CHECKING:
    from countenance.edit.ports import FaceReading


def _columns(sitter, share: float) -> tuple[int, int, int, int]:
    """A box over this share of the head, from image left."""
    reading: FaceReading = sitter.reading
    counts = reading.head.sum(0).cumsum(0).double() / reading.head.sum()
    return 0, 0, int((counts <= share).sum()), reading.head.shape[0]


def test_faces_beside_each_other_pass(sitter) -> None:
    require_apart(sitter.reading, ())
    require_apart(sitter.reading, ((0, 0, 2, 2), (-20, -20, -5, -5)))
    require_apart(sitter.reading, (_columns(sitter, MOST_CUT_PERMILLE / 1000),))


def test_a_face_over_the_head_is_refused(sitter) -> None:
    with pytest.raises(InputError, match=r"another face covers (9|10) % of the head"):
        require_apart(sitter.reading, (_columns(sitter, 0.1),))


def test_a_head_of_nothing_is_not_cut(sitter) -> None:
    empty = dataclasses.replace(sitter.reading, head=sitter.reading.head & False)
    require_apart(empty, ((0, 0, 100, 100),))
