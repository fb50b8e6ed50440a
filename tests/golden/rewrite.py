"""Writes the golden pictures anew. Look at them before keeping them."""

from pathlib import Path

import cv2
import torch

from countenance.adapters.editors.warp import build
from countenance.adapters.models.store import ModelStore
from countenance.edit.render import render
from countenance.settings import Settings

HERE = Path(__file__).resolve().parent
PLAN = {"AU1": 300, "AU2": 300, "AU12": 500}


def before() -> torch.Tensor:
    """The small portrait, from the example or, once written, from its file."""
    image = torch.from_numpy(cv2.imread(str(HERE.parents[1] / "examples/portrait.jpg"))).flip(-1)
    small = torch.nn.functional.avg_pool2d(image.permute(2, 0, 1)[None].float(), 3).round()
    return small[:, :, 25:363, 77:373] / 255


def after(pixels: torch.Tensor) -> torch.Tensor:
    """The edited portrait."""
    store = ModelStore(HERE.parents[1] / "models", Settings.load({}).model_cache)
    engine = build(store)
    (box,) = engine.detect(pixels)
    return render(pixels, engine.perceive(pixels, box), PLAN, engine, seed=0).pixels


def _write(name: str, pixels: torch.Tensor) -> None:
    cv2.imwrite(str(HERE / name), (pixels[0] * 255).round().byte().permute(1, 2, 0).numpy()[:, :, ::-1])


if __name__ == "__main__":
    first = before()
    _write("portrait-before.png", first)
    _write("portrait-after.png", after(first))
