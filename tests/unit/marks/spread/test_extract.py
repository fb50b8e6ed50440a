import pytest
import torch

from countenance.core.payload import V1, V2, open_text
from countenance.errors import UnsupportedMediaError
from countenance.marks.spread import extract
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.extract import candidates
from countenance.media.tensors import Frames


def test_the_word_comes_first_and_certain(
    marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    first = next(candidates(marked, tile_key, estimator, deep=False))
    assert first.info == coded[: V2.info_bits]
    assert first.path == "direct"
    assert first.certainty_permille > 950
    assert first.clearness_permille > 800


def test_a_mark_of_version_1_is_still_read(
    marked_of_old: Frames, coded_of_old: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    words = candidates(marked_of_old, tile_key, estimator, deep=False)
    first = next(word for word in words if len(word.info) == V1.info_bits)
    assert first.info == coded_of_old[: V1.info_bits]
    assert first.path == "direct"


@pytest.mark.parametrize("turn", ["flip", "quarter", "shift"])
def test_old_marks_are_read_turned_without_a_search(
    marked_of_old: Frames, coded_of_old: tuple[int, ...], tile_key: bytes, estimator: Estimator, turn: str
) -> None:
    pixels = {
        "flip": marked_of_old.flip(-1),
        "quarter": marked_of_old.rot90(1, (2, 3)),
        "shift": marked_of_old.roll((9, 30), (2, 3)),
    }[turn]
    words = candidates(pixels, tile_key, estimator, deep=False)
    assert {word.path for word in words if word.info == coded_of_old[: V1.info_bits]} == {"orient"}


def test_copies_are_read_together(
    marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    noise = torch.randn(4, *marked.shape[1:], generator=torch.Generator().manual_seed(7)) * 0.1
    together = (marked + noise).clamp(0, 1)
    assert next(candidates(together, tile_key, estimator, deep=False)).info == coded[: V2.info_bits]


def test_reading_is_lazy(
    marked: Frames, tile_key: bytes, estimator: Estimator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted(*_: object) -> None:
        raise AssertionError("searched although the first word was right")

    monkeypatch.setattr(extract.Sight, "straight", unwanted)
    monkeypatch.setattr(extract.repeated, "at_once", unwanted)
    assert next(candidates(marked, tile_key, estimator, deep=True)).path == "direct"


def test_a_negative_is_read(marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator) -> None:
    words = candidates(1 - marked, tile_key, estimator, deep=True)
    assert next(word.path for word in words if word.info == coded[: V2.info_bits]) == "subtracted"


def test_an_unmarked_picture_has_no_id(
    portrait: Frames, check_key: bytes, tile_key: bytes, estimator: Estimator
) -> None:
    words = list(candidates(portrait, tile_key, estimator, deep=True))
    assert sum(len(word.info) == V2.info_bits for word in words) <= 475
    assert sum(len(word.info) == V1.info_bits for word in words) <= 56
    assert all(word.clearness_permille is None or word.clearness_permille < 610 for word in words)
    assert all(open_text(word.info, check_key) is None for word in words)


@pytest.mark.parametrize("level", [0.5])
def test_flat_pictures_are_answered(level: float, check_key: bytes, tile_key: bytes, estimator: Estimator) -> None:
    words = candidates(torch.full((1, 3, 120, 150), level), tile_key, estimator, deep=True)
    assert all(open_text(word.info, check_key) is None for word in words)


def test_too_small_a_picture_is_refused(tile_key: bytes, estimator: Estimator) -> None:
    with pytest.raises(UnsupportedMediaError, match="too small"):
        next(candidates(torch.rand(1, 3, 20, 20), tile_key, estimator, deep=True))


def test_a_part_smaller_than_a_markable_picture_is_searched(
    marked: Frames, tile_key: bytes, check_key: bytes, estimator: Estimator
) -> None:
    words = candidates(marked[..., 100:164, 100:170], tile_key, estimator, deep=True)
    assert all(open_text(word.info, check_key) is None for word in words)
