import pytest
import torch

from countenance.core.payload import V2, encode
from countenance.errors import BackendError, UnsupportedMediaError
from countenance.marks.spread import sight as sights
from countenance.marks.spread.embed import embed
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.extract import read
from countenance.marks.spread.sight import Sight
from countenance.media.tensors import Frames


def test_one_search_serves_every_key(
    marked: Frames,
    coded: tuple[int, ...],
    check_key: bytes,
    tile_key: bytes,
    estimator: Estimator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []
    seek = sights.seek
    monkeypatch.setattr(sights, "seek", lambda *given: (found.append(one) or one for one in seek(*given)))
    other, other_key = encode(77, check_key, V2), tile_key + b" on top"
    twice = embed(marked, other, other_key, estimator, seed=9)[..., 60:560, 40:440]
    sight = Sight(twice, estimator)
    for key, word in ((tile_key, coded), (other_key, other), (tile_key, coded)):
        assert any(one.info == word[: V2.info_bits] for one in read(sight, key, deep=True))
    assert len(found) <= 2


def test_a_large_picture_is_not_kept(estimator: Estimator) -> None:
    large = torch.rand(1, 3, 1500, 1000)
    sight = Sight(large, estimator)
    assert sight.base.numel() <= 3 * 1.01 * 2**20
    assert sight.size == (1500, 1000)


def test_a_picture_that_is_gone_is_said(estimator: Estimator) -> None:
    sight = Sight(torch.rand(1, 3, 200, 200), estimator)
    with pytest.raises(BackendError, match="gone"):
        next(sight.straight())


@pytest.mark.parametrize("size", [(20, 20), (40, 500)])
def test_too_small_or_too_long_a_picture_is_refused(size: tuple[int, int], estimator: Estimator) -> None:
    with pytest.raises(UnsupportedMediaError, match="to be read"):
        Sight(torch.rand(1, 3, *size), estimator)
