import pytest
import torch

from countenance.errors import CountenanceError
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.presence import presence
from countenance.marks.spread.sight import Sight
from countenance.media.tensors import Frames


def test_the_mark_is_everywhere(marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator) -> None:
    heat = presence(Sight(marked, estimator), tile_key, coded)
    assert heat is not None
    assert heat.path == "direct"
    assert heat.values.shape == (37, 28)
    assert 0 <= heat.values.min() <= heat.values.max() <= 1
    assert heat.values.mean() > 0.7


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_replaced_region_shows(
    marked: Frames, portrait: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator, mirrored: bool
) -> None:
    edited = marked.clone()
    edited[..., 200:440, 120:300] = portrait[..., 200:440, 120:300]
    edited = edited.flip(-1) if mirrored else edited
    heat = presence(Sight(edited, estimator), tile_key, coded)
    assert heat is not None
    values = heat.values.flip(-1) if mirrored else heat.values
    inside = values[14:23, 9:16]
    outside = torch.cat([values[:9].flatten(), values[28:].flatten()])
    assert inside.mean() < 0.2
    assert outside.mean() > 0.6


def test_another_word_or_key_is_nowhere(
    marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    assert presence(Sight(marked, estimator), b"tile key of somebody else", coded) is None


def test_the_coded_bits_must_be_of_version_2(
    marked: Frames, coded_of_old: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    with pytest.raises(CountenanceError, match="126 coded bits"):
        presence(Sight(marked, estimator), tile_key, coded_of_old)
