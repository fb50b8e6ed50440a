from pathlib import Path

import cv2
import torch

from countenance.adapters.editors.warp import build
from countenance.adapters.models.store import ModelStore
from countenance.edit.render import render
from countenance.settings import Settings

HERE = Path(__file__).resolve().parent
PLAN = {"AU1": 300, "AU2": 300, "AU12": 500}


def _read(name: str) -> torch.Tensor:
    return torch.from_numpy(cv2.imread(str(HERE / name))).flip(-1).permute(2, 0, 1)[None].float() / 255


def test_the_small_portrait_smiles_as_before() -> None:
    engine = build(ModelStore(HERE.parents[1] / "models", Settings.load({}).model_cache))
    pixels, expected = _read("portrait-before.png"), _read("portrait-after.png")
    (box,) = engine.detect(pixels)
    edited = render(pixels, engine.perceive(pixels, box), PLAN, engine, seed=0)
    difference = (edited.pixels - expected).abs() * 255
    assert float(difference.max()) <= 2.001
    assert float(difference.mean()) < 0.02
    assert torch.equal(edited.pixels[:, :, ~edited.mask[0]], pixels[:, :, ~edited.mask[0]])
    assert edited.changed_px > 5000
