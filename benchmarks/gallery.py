"""The pictures of the guides: every expression by name on the made-up portraits of examples/.

    python benchmarks/gallery.py [--out docs/images]

Nothing is measured here; what one sees is what the engine renders, before marks.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from countenance.adapters.editors.warp import WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.edit.render import render
from countenance.request.presets import PRESETS, preset
from countenance.settings import Settings

HERE = Path(__file__).resolve().parent
CELL_PX = 300
COLUMNS = 5
JPEG_QUALITY = 88


def cells(path: Path, engine: WarpEngine) -> list[tuple[str, np.ndarray]]:
    """The face as it is, then with each expression that changes it, cut out square."""
    image = cv2.imread(str(path))[:, :, ::-1].copy()
    pixels = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255
    reading = engine.perceive(pixels, engine.detect(pixels)[0])
    x, y = (int(v) for v in reading.landmarks[:468, :2].mean(0))
    reach = round(1.75 * reading.eye_distance_px)
    found = [("as it is", image)]
    for name in PRESETS:
        wish = preset(name)
        plan = {unit: value for unit, value in wish.changes.items() if unit not in reading.blocked}
        if plan and not wish.targets:
            edited = render(pixels, reading, plan, engine, seed=0)
            found.append((name, (edited.pixels[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)))
    return [(name, one[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]) for name, one in found]


def page(shown: list[tuple[str, np.ndarray]]) -> Image.Image:
    """All cells with their names."""
    bar = 26
    rows = -(-len(shown) // COLUMNS)
    out = Image.new("RGB", (COLUMNS * CELL_PX, rows * (CELL_PX + bar)), "white")
    pen, font = ImageDraw.Draw(out), ImageFont.load_default(size=16)
    for number, (name, picture) in enumerate(shown):
        x, y = number % COLUMNS * CELL_PX, number // COLUMNS * (CELL_PX + bar)
        out.paste(Image.fromarray(picture).resize((CELL_PX - 4, CELL_PX - 4), Image.Resampling.LANCZOS), (x, y + bar))
        pen.text((x + 4, y + 4), name, fill="black", font=font)
    return out


def main() -> None:
    """One page a portrait."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs" / "images")
    given = parser.parse_args()
    torch.set_num_threads(1)
    settings = Settings.load({})
    engine = build(ModelStore(settings.models, settings.model_cache))
    given.out.mkdir(parents=True, exist_ok=True)
    for name in ("portrait", "portrait-2"):
        shown = cells(HERE.parent / "examples" / f"{name}.jpg", engine)
        page(shown).save(given.out / f"expressions-{name}.jpg", quality=JPEG_QUALITY)


if __name__ == "__main__":
    main()
