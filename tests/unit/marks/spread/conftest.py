from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from countenance.core.payload import V1, V2, encode
from countenance.marks.spread import estimator as estimators
from countenance.marks.spread.embed import embed
from countenance.marks.spread.estimator import Estimator
from countenance.media.tensors import Frames

ROOT = Path(__file__).parents[4]
MARK_ID = 0x2468ACE13
CHECK_KEY = b"check key of the unit tests"
TILE_KEY = b"tile key of the unit tests"


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)  # on a busy machine two threads wait for each other far longer than they work


@pytest.fixture(scope="session")
def state() -> dict[str, torch.Tensor]:
    return load_file(ROOT / "models" / "mark-estimator" / "mark-estimator-clean.safetensors")


@pytest.fixture(scope="session")
def estimator(state: dict[str, torch.Tensor]) -> Estimator:
    return estimators.load(state)


@pytest.fixture(scope="session")
def portrait() -> Frames:
    picture = Image.open(ROOT / "examples" / "portrait.jpg").convert("RGB").resize((480, 640), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


@pytest.fixture(scope="session")
def marked(portrait: Frames, estimator: Estimator) -> Frames:
    return embed(portrait, encode(MARK_ID, CHECK_KEY, V2), TILE_KEY, estimator, seed=3)


@pytest.fixture(scope="session")
def marked_of_old(portrait: Frames, estimator: Estimator) -> Frames:
    return embed(portrait, encode(MARK_ID, CHECK_KEY, V1), TILE_KEY, estimator, seed=3)


@pytest.fixture
def mark_id() -> int:
    return MARK_ID


@pytest.fixture
def check_key() -> bytes:
    return CHECK_KEY


@pytest.fixture
def tile_key() -> bytes:
    return TILE_KEY


@pytest.fixture
def coded() -> tuple[int, ...]:
    return encode(MARK_ID, CHECK_KEY, V2)


@pytest.fixture
def coded_of_old() -> tuple[int, ...]:
    return encode(MARK_ID, CHECK_KEY, V1)
