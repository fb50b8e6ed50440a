"""A page on which people try to see the mark: X is the original A or the marked B, and they say which.

    python benchmarks/watermark/abx.py FOLDER [--out build/abx.html] [--crops 16]

Crops at 1:1, three quarters of them from where a mark is most easily seen: the flattest places. The page needs no
network, keeps nothing, and says how likely the score is by guessing. Nobody's answers are recorded here.
"""

import argparse
import base64
import io
import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from ours import Pixels, ours  # noqa: E402

SIDE_PX = 360
_PAGE = Path(__file__).with_name("abx.html")


def flattest(pixels: Pixels, number: int) -> tuple[int, int]:
    """Corner of a crop: one in four at random, the others where the picture is flattest and not burnt out."""
    height, width = pixels.shape[0] - SIDE_PX, pixels.shape[1] - SIDE_PX
    rng = np.random.default_rng([3, number])
    corners = [(int(rng.integers(0, height + 1)), int(rng.integers(0, width + 1))) for _ in range(40)]
    if number % 4 == 0:
        return corners[0]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)

    def busy(corner: tuple[int, int]) -> float:
        part = grey[corner[0] : corner[0] + SIDE_PX, corner[1] : corner[1] + SIDE_PX]
        return float(np.abs(cv2.Laplacian(part, cv2.CV_32F)).mean()) + 100.0 * float((part > 250).mean())

    return min(corners, key=busy)


def encoded(pixels: Pixels) -> str:
    """PNG, as text."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "abx.html")
    parser.add_argument("--crops", type=int, default=16)
    given = parser.parse_args()
    files = sorted(path for path in given.folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    mark, trials = ours(), []
    for number in range(given.crops):
        pixels = np.asarray(Image.open(files[number % len(files)]).convert("RGB"))
        marked = mark.embed(pixels, mark.draw(np.random.default_rng([5, number])), seed=number)
        top, left = flattest(pixels, number)
        cut = np.s_[top : top + SIDE_PX, left : left + SIDE_PX]
        trials.append([encoded(pixels[cut]), encoded(marked[cut])])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    page = _PAGE.read_text(encoding="utf-8").replace("TRIALS", json.dumps(trials)).replace("SIDE", str(SIDE_PX))
    given.out.write_text(page, encoding="utf-8")
    print(given.out)


if __name__ == "__main__":
    main()
