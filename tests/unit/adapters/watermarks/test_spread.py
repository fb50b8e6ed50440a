from pathlib import Path

import pytest
import torch

from countenance.adapters.models.store import ModelStore
from countenance.adapters.watermarks.spread import build
from countenance.core.payload import encode, open_word
from countenance.errors import BackendError

MODELS = Path(__file__).parents[4] / "models"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    return ModelStore(MODELS, tmp_path_factory.mktemp("cache"))


def test_the_codec_names_itself_and_its_weights(store: ModelStore) -> None:
    codec = build(store)
    assert (codec.name, codec.version) == ("spread", "1")
    assert codec.algorithm == "org.countenance.mark.spread1"
    assert codec.weights == {
        "mark-estimator": "sha256:6db55ccd8dd2352ec6375c9a8a6c26a7455916b8fb3e5614d5863deb6fb9f402"
    }


def test_what_is_embedded_is_read(store: ModelStore) -> None:
    codec, check_key, tile_key = build(store), b"check key 1234567", b"tile key 12345678"
    ramp = torch.linspace(0.2, 0.8, 160).expand(1, 3, 120, 160)
    pixels = ramp + 0.01 * torch.randn(1, 3, 120, 160, generator=torch.Generator().manual_seed(0))
    marked = codec.embed(pixels, encode(4711, check_key), tile_key, seed=1)
    assert open_word(next(codec.candidates(marked, tile_key, deep=False)).info, check_key) == 4711


class HalfStore:
    """A store whose file holds something else."""

    def load(self, name: str) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
        return {"stem.0.weight": torch.zeros(24, 3, 3, 3)}, {}

    def digest(self, name: str) -> str:
        return "sha256:" + "0" * 64


def test_other_weights_are_refused() -> None:
    with pytest.raises(BackendError, match="lack"):
        build(HalfStore())
