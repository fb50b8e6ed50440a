import pytest
import torch

from countenance.core.payload import INFO_BITS, open_word
from countenance.errors import UnsupportedMediaError
from countenance.marks.spread import extract
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.extract import candidates
from countenance.media.tensors import Frames


def test_the_word_comes_first_and_certain(
    marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    first = next(candidates(marked, tile_key, estimator, deep=False))
    assert first.info == coded[:INFO_BITS]
    assert first.path == "direct"
    assert first.certainty_permille > 950


@pytest.mark.parametrize("turn", ["flip", "quarter", "shift"])
def test_turned_pictures_are_read_without_a_search(
    marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator, turn: str
) -> None:
    pixels = {"flip": marked.flip(-1), "quarter": marked.rot90(1, (2, 3)), "shift": marked.roll((9, 30), (2, 3))}[turn]
    found = {
        word.path for word in candidates(pixels, tile_key, estimator, deep=False) if word.info == coded[:INFO_BITS]
    }
    assert found == {"orient"}


def test_copies_are_read_together(
    marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    noise = torch.randn(4, *marked.shape[1:], generator=torch.Generator().manual_seed(7)) * 0.1
    together = (marked + noise).clamp(0, 1)
    assert next(candidates(together, tile_key, estimator, deep=False)).info == coded[:INFO_BITS]


def test_reading_is_lazy(
    marked: Frames, tile_key: bytes, estimator: Estimator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted(*_: object) -> None:
        raise AssertionError("searched although the first word was right")

    monkeypatch.setattr(extract, "find_lattices", unwanted)
    monkeypatch.setattr(extract, "align", unwanted)
    assert next(candidates(marked, tile_key, estimator, deep=True)).path == "direct"


def test_an_unmarked_picture_has_words_but_no_id(
    portrait: Frames, check_key: bytes, tile_key: bytes, estimator: Estimator
) -> None:
    words = list(candidates(portrait, tile_key, estimator, deep=True))
    assert 1 <= len(words) <= 56
    assert all(open_word(word.info, check_key) is None for word in words)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_flat_pictures_are_answered(level: float, check_key: bytes, tile_key: bytes, estimator: Estimator) -> None:
    words = candidates(torch.full((1, 3, 120, 150), level), tile_key, estimator, deep=True)
    assert all(open_word(word.info, check_key) is None for word in words)


def test_too_small_a_picture_is_refused(tile_key: bytes, estimator: Estimator) -> None:
    with pytest.raises(UnsupportedMediaError, match="too small"):
        next(candidates(torch.rand(1, 3, 20, 20), tile_key, estimator, deep=True))
