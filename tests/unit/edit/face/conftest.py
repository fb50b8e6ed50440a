from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Pictures
from torch import Tensor

from countenance.adapters.models.store import build
from countenance.edit.face.detector import Detection, detect
from countenance.edit.face.graph import Graph, load_graphs
from countenance.edit.face.landmarks import Reading, landmarks
from countenance.errors import EngineError
from countenance.settings import Settings

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """Where `countenance models pull` puts weights; override this fixture for another place."""
    return Settings.load({}).model_cache


def _graphs(cache: Path, name: str) -> dict[str, Graph]:
    try:
        return load_graphs(*build(ROOT / "models", cache).load(name))
    except EngineError as error:
        pytest.fail(f"{error.message}: `make setup` pulls the weights that these tests need", pytrace=False)


@pytest.fixture(scope="session")
def detectors(model_cache: Path) -> dict[str, Graph]:
    return _graphs(model_cache, "face-detector")


@pytest.fixture(scope="session")
def mesh(model_cache: Path) -> Graph:
    return _graphs(model_cache, "face-mesh")["mesh"]


def picture(name: str) -> Tensor:
    with Pictures.open(ROOT / "examples" / name) as opened:
        pixels = np.array(opened.convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1).float() / 255


@pytest.fixture(scope="session")
def portrait() -> Tensor:
    return picture("portrait.jpg")


@pytest.fixture(scope="session")
def group() -> Tensor:
    return picture("group.jpg")


@pytest.fixture(scope="session")
def face(portrait: Tensor, detectors: dict[str, Graph]) -> Detection:
    (found,) = detect(portrait, detectors)
    return found


@pytest.fixture(scope="session")
def reading(portrait: Tensor, face: Detection, mesh: Graph) -> Reading:
    return landmarks(portrait, face, mesh)


@pytest.fixture(scope="session")
def mean(model_cache: Path) -> Tensor:
    """The mean neutral face."""
    return build(ROOT / "models", model_cache).load("expression-basis")[0]["mean"]
