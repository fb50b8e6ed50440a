"""The engine, and a small portrait of a made-up person read once."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest
import torch
from torch import Tensor

from countenance.adapters.editors.warp import WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.edit.ports import FaceReading
from countenance.settings import Settings

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Sitter:
    """A picture and the reading of its face."""

    pixels: Tensor
    reading: FaceReading


@pytest.fixture(scope="session")
def engine() -> WarpEngine:
    return build(ModelStore(ROOT / "models", Settings.load({}).model_cache))


@pytest.fixture(scope="session")
def sitter(engine: WarpEngine) -> Sitter:
    image = cv2.imread(str(ROOT / "examples/portrait.jpg"))[:, :, ::-1].copy()
    pixels = torch.nn.functional.avg_pool2d(torch.from_numpy(image).permute(2, 0, 1)[None].float(), 3).round() / 255
    (box,) = engine.detect(pixels)
    return Sitter(pixels, engine.perceive(pixels, box))
