"""How the fingerprints tell copies and crops of a picture from other pictures: pHash, ISCC and the grid, side by side.

    python benchmarks/soft_bindings.py FOLDER      a folder with *_neutral.jpg and *_smiling.jpg of the same people

People of one studio are the hard case: same light, same background, same place in the frame. The grid is asked for
crops only, so its other pictures are crops too.
"""

import io
import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from common import write
from PIL import Image, ImageEnhance

from countenance.adapters.fingerprints.iscc import build as iscc
from countenance.adapters.fingerprints.phash import build as phash
from countenance.marks import grid
from countenance.verify.findings import CROP_AREA_PERMILLE, CROP_LIKENESS_PERMILLE, SAME_CODE_BITS, SAME_PICTURE_BITS

PRINTERS = {"phash_256": phash(), "iscc_image_256": iscc()}
SIDES = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15)
AREAS = (0.98, 0.95, 0.9, 0.85, 0.7, 0.5, 0.3)
Copy = Callable[[Image.Image], Image.Image]


def tensor(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def saved(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def fitted(picture: Image.Image, px: int = 1080) -> Image.Image:
    scale = px / max(picture.size)
    size = (round(picture.width * scale), round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS) if scale < 1 else picture


def sides_off(picture: Image.Image, share: float) -> Image.Image:
    x, y = round(picture.width * share), round(picture.height * share)
    return picture.crop((x, y, picture.width - x, picture.height - y))


def part(picture: Image.Image, area: float, rng: np.random.Generator) -> Image.Image:
    """A part of the picture's own aspect, at a random place, as it goes round: 1080 px, JPEG 60."""
    width, height = (int(side * area**0.5) for side in picture.size)
    x, y = (int(rng.integers(0, whole - own + 1)) for whole, own in zip(picture.size, (width, height), strict=True))
    return saved(fitted(picture.crop((x, y, x + width, y + height))), 60)


def copies() -> dict[str, Copy]:
    def each(shares: tuple[float, ...], make: Callable[[Image.Image, float], Image.Image]) -> list[Copy]:
        return [lambda picture, share=share: make(picture, share) for share in shares]

    crops = zip(SIDES, each(SIDES, sides_off), strict=True)
    return {
        "jpeg 60": lambda picture: saved(picture, 60),
        "1080 px, jpeg 60": lambda picture: saved(fitted(picture), 60),
        "half, jpeg 70": lambda picture: saved(picture.resize((picture.width // 2, picture.height // 2)), 70),
        "brighter by 1.2": lambda picture: picture.point(lambda value: min(255, int(value * 1.2))),
        "contrast 1.3": lambda picture: ImageEnhance.Contrast(picture).enhance(1.3),
        "half the colour": lambda picture: ImageEnhance.Color(picture).enhance(0.5),
        "grey": lambda picture: picture.convert("L").convert("RGB"),
        "gamma 0.8": lambda picture: picture.point(lambda value: int(255 * (value / 255) ** 0.8)),
        **{f"crop {share:.1%} a side": crop for share, crop in crops},
    }


def spread(values: list[int]) -> dict[str, int]:
    return {"least": min(values), "median": int(np.median(values)), "most": max(values), "pairs": len(values)}


def whole_prints(neutral: list[Image.Image], smiling: list[Image.Image], more: list[Image.Image]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, printer in PRINTERS.items():
        own = [printer.fingerprint(tensor(picture)) for picture in (*neutral, *more)]
        expressions = [printer.fingerprint(tensor(picture)) for picture in smiling]
        found[name] = {
            "copies": {
                kind: spread([
                    printer.distance(printer.fingerprint(tensor(make(picture))), own[n])
                    for n, picture in enumerate(neutral[:10])
                ])
                for kind, make in copies().items()
            },
            "other_pictures": spread([printer.distance(a, b) for a, b in itertools.combinations(own, 2)]),
            "another_expression": spread([
                printer.distance(one, other) for one, other in zip(own, expressions, strict=False)
            ]),
        }  # fmt: skip
    return found


def grid_prints(neutral: list[Image.Image], smiling: list[Image.Image]) -> dict[str, object]:
    rng = np.random.default_rng(7)
    few = neutral[:12]
    stored = [grid.grid_print(tensor(picture)) for picture in few]

    def likeness(picture: Image.Image, area: float, of: str) -> int:
        return grid.find(tensor(part(picture, area, rng)), of).likeness_permille

    others = [(n, m) for n in range(len(few)) for m in range(0, len(few), 3) if n != m]
    return {
        "crops_jpeg_60": {
            f"{area:.0%} of the area": spread([likeness(few[n], area, stored[n]) for n in range(8)]) for area in AREAS
        },
        "crops_of_other_people": {
            f"{area:.0%} of the area": spread([likeness(few[n], area, stored[m]) for n, m in others])
            for area in (0.95, 0.6, 0.3)
        },
        "crops_of_another_expression": spread(
            [likeness(smiling[n], area, stored[n]) for n in range(8) for area in (0.95, 0.7)]
        ),
    }


def main() -> None:
    torch.set_num_threads(1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("faces")
    neutral, smiling = (
        [Image.open(path).convert("RGB") for path in sorted(folder.glob(f"*_{kind}.jpg"))]
        for kind in ("neutral", "smiling")
    )
    if not neutral or len(neutral) != len(smiling):
        print("no pairs of *_neutral.jpg and *_smiling.jpg there: nothing measured")
        return
    examples = Path(__file__).parents[1] / "examples"
    more = [Image.open(path).convert("RGB") for path in sorted(examples.glob("*.jpg"))]
    figures = {
        "people": len(neutral),
        "thresholds": {
            "phash_256": SAME_PICTURE_BITS, "iscc_image_256": SAME_CODE_BITS,
            "grid_likeness_permille": CROP_LIKENESS_PERMILLE, "grid_area_permille": CROP_AREA_PERMILLE,
        },
        **whole_prints(neutral, smiling, more),
        "grid": grid_prints(neutral, smiling),
    }  # fmt: skip
    write("soft_bindings", figures)
    print(figures)


if __name__ == "__main__":
    main()
