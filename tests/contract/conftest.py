"""A small portrait, and the weights that engines load."""

from pathlib import Path

import cv2
import pytest
import torch
from torch import Tensor

from countenance.adapters.models.store import ModelStore
from countenance.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def store() -> ModelStore:
    return ModelStore(ROOT / "models", Settings.load({}).model_cache)


@pytest.fixture(scope="session")
def portrait() -> Tensor:
    image = cv2.imread(str(ROOT / "examples/portrait.jpg"))[:, :, ::-1].copy()
    return torch.nn.functional.avg_pool2d(torch.from_numpy(image).permute(2, 0, 1)[None].float(), 3).round() / 255
