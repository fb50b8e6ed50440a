from pathlib import Path

import pytest
import torch

from countenance.adapters.models.store import ModelStore
from countenance.adapters.watermarks.spread import build
from countenance.core.payload import V1, V2, encode, open_text
from countenance.errors import BackendError

CHECK_KEY, TILE_KEY = b"check key 1234567", b"tile key 12345678"
MODELS = Path(__file__).parents[4] / "models"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    return ModelStore(MODELS, tmp_path_factory.mktemp("cache"))


def test_the_codec_names_itself_and_its_weights(store: ModelStore) -> None:
    codec = build(store)
    assert (codec.name, codec.version) == ("spread", "2")
    assert codec.algorithm == "org.countenance.mark.spread2"
    assert codec.weights == {
        "mark-estimator": "sha256:6db55ccd8dd2352ec6375c9a8a6c26a7455916b8fb3e5614d5863deb6fb9f402"
    }


@pytest.fixture(scope="module")
def pixels() -> torch.Tensor:
    ramp = torch.linspace(0.2, 0.8, 160).expand(1, 3, 120, 160)
    return ramp + 0.01 * torch.randn(1, 3, 120, 160, generator=torch.Generator().manual_seed(0))


def test_what_is_embedded_is_read_and_located(store: ModelStore, pixels: torch.Tensor) -> None:
    codec = build(store)
    coded = encode(4711, CHECK_KEY, codec.payload)
    marked = codec.embed(pixels, coded, TILE_KEY, seed=1)
    assert open_text(next(codec.candidates(marked, TILE_KEY, deep=False)).info, CHECK_KEY) == f"{4711:012x}"
    heat = codec.presence(marked, TILE_KEY, coded)
    assert heat is not None
    assert heat.values.mean() > 0.5


def test_marks_of_version_1_are_still_read(store: ModelStore) -> None:
    codec = build(store)
    assert codec.payload is V2
    pixels = torch.linspace(0.2, 0.8, 320).expand(1, 3, 240, 320)
    pixels = pixels + 0.02 * torch.randn(1, 3, 240, 320, generator=torch.Generator().manual_seed(0))
    marked = codec.embed(pixels, encode(4711, CHECK_KEY, V1), TILE_KEY, seed=1)
    read = {open_text(word.info, CHECK_KEY) for word in codec.candidates(marked, TILE_KEY, deep=False)}
    assert f"{4711:09x}" in read
    assert codec.framings(marked, TILE_KEY, encode(4711, CHECK_KEY, V1), (4 / 3,)) == ()


class HalfStore:
    """A store whose file holds something else."""

    def load(self, name: str) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
        return {"stem.0.weight": torch.zeros(24, 3, 3, 3)}, {}

    def digest(self, name: str) -> str:
        return "sha256:" + "0" * 64


def test_other_weights_are_refused() -> None:
    with pytest.raises(BackendError, match="lack"):
        build(HalfStore())
