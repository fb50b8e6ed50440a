"""How often a mark is found where there is none: at least 10,000 unmarked crops, beside the bound by counting.

    python benchmarks/watermark/false_positives.py FOLDER [--crops 10000] [--deep 200]

Every crop is read the cheap way; so many of them also with the whole search. Writes
benchmarks/results/mark_false_positives.json.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from common import write  # noqa: E402
from ours import Ours, Pixels, ours  # noqa: E402


def crop(whole: Image.Image, rng: np.random.Generator) -> Pixels:
    """A random part of a random size, sometimes scaled or mirrored."""
    side = int(rng.integers(160, min(whole.size) + 1))
    left, top = int(rng.integers(0, whole.width - side + 1)), int(rng.integers(0, whole.height - side + 1))
    part = whole.crop((left, top, left + side, top + side))
    if rng.random() < 0.5:
        part = part.resize((int(rng.integers(160, 513)),) * 2, Image.Resampling.BICUBIC)
    if rng.random() < 0.5:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return np.asarray(part)


def count(mark: Ours, pictures: list[Image.Image], crops: int, deep: int) -> dict[str, object]:
    """Marks found in unmarked crops, and words tried."""
    found, tries, deep_tries = 0, 0, 0
    began = time.monotonic()
    for number in range(crops):
        rng = np.random.default_rng([11, number])
        part = crop(pictures[number % len(pictures)], rng)
        seen = mark.find(part, deep=number < deep)
        found += seen.mark_id is not None
        tries += seen.tries
        deep_tries = max(deep_tries, seen.tries)
        if number % 500 == 0:
            print(f"{mark.name}: {number} of {crops}, {found} found, {time.monotonic() - began:.0f} s", flush=True)
    bits = mark.codec.payload.check_bits + 1
    return {
        "name": mark.name,
        "crops": crops,
        "of_these_searched_whole": deep,
        "found": found,
        "words_tried": tries,
        "most_words_a_picture": deep_tries,
        "bound_a_picture_by_counting": f"{deep_tries * 2.0**-bits:.1e}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--crops", type=int, default=10_000)
    parser.add_argument("--deep", type=int, default=200)
    given = parser.parse_args()
    torch.set_num_threads(1)
    files = sorted(path for path in given.folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    pictures = [Image.open(path).convert("RGB") for path in files]
    for picture in pictures:
        picture.thumbnail((1280, 1280))
    figures = count(ours(), pictures, given.crops, given.deep)
    write("mark_false_positives", {"pictures": len(files), **figures})


if __name__ == "__main__":
    main()
