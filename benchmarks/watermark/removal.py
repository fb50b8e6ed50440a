"""Taking the mark away without its key, by everything that tiles, pictures or the public network give away.

    python benchmarks/watermark/removal.py FOLDER [--pictures 20] [--mean-of 100]

Each attack is tried at several strengths; those count that leave over 35 dB to the original. A mark is removed where
neither the cheap reading nor the search without a change of geometry finds it. Writes results/mark_removal.json.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from common import write  # noqa: E402
from ours import CHECK_KEY, TILE_KEY, Pixels, array_of, ours  # noqa: E402

from countenance.adapters.models.store import build as build_store  # noqa: E402
from countenance.adapters.watermarks import spread  # noqa: E402
from countenance.core import payload  # noqa: E402
from countenance.marks.spread import embed, extract, signed, tile  # noqa: E402
from countenance.marks.spread import estimator as estimators  # noqa: E402
from countenance.settings import Settings  # noqa: E402

LEAST_DB = 35.0
FEW, MANY = (1.0, 2.0, 3.0), (1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0)
NEAR = ("direct", "orient", "subtracted")
_WAVES = tile._waves().data.flatten(1)  # noqa: SLF001 - what an attacker reads in the source, too


def patterns(estimated: Tensor) -> dict[str, tuple[Tensor, tuple[float, ...]]]:
    """What may be subtracted: name to a pattern of unit deviation on the working grid, and the strengths to try."""
    height, width = estimated.shape
    values = signed.tile_values(estimated)
    rows, columns = values.shape[:2]
    flat = values.reshape(rows * columns, -1)
    left, sizes, right = torch.linalg.svd(flat, full_matrices=False)
    of_rank = {k: ((left[:, :k] * sizes[:k]) @ right[:k]).view(values.shape) for k in (1, 8)}
    mean_size = values.square().mean((0, 1)).sqrt()
    pilot = tile.lay(tile.pilot(estimated.device), height, width)
    by_signs = drawn(values.sign() * mean_size, height, width)
    found = {
        "fold": (tile.lay(tile.fold(estimated), height, width), FEW),
        "rank 1 of the tiles": (drawn(of_rank[1], height, width), FEW),
        "rank 8 of the tiles": (drawn(of_rank[8], height, width), FEW),
        "signs at their mean size": (by_signs + 0.5 * by_signs.std() * pilot, MANY),
        "the network's estimate": (estimated, MANY),
    }
    return {name: (pattern / pattern.std(), strengths) for name, (pattern, strengths) in found.items()}


def drawn(values: Tensor, height: int, width: int) -> Tensor:
    """Tiles of waves as a pattern."""
    rows, columns = values.shape[:2]
    tiles = (values @ _WAVES / tile.SIDE**2).view(rows, columns, tile.SIDE, tile.SIDE)
    return tiles.transpose(1, 2).reshape(rows * tile.SIDE, columns * tile.SIDE)[:height, :width]


def subtracted(marked: Tensor, pattern: Tensor, amount: float) -> Tensor:
    """The picture less so much of a pattern on the grid."""
    height, width = marked.shape[-2:]
    whole = functional.interpolate(
        pattern[None, None], size=(height, width), mode="bicubic", antialias=True, align_corners=False
    )[0, 0]
    dither = torch.rand(height, width, generator=torch.Generator().manual_seed(3))
    return torch.floor(marked * 255 - amount * whole + dither).clamp(0, 255) / 255


def still_there(picture: Tensor, info: tuple[int, ...], network: estimators.Estimator) -> bool:
    """Whether a reading without a change of geometry finds the word."""
    for word in extract.candidates(picture[None], TILE_KEY, network, deep=True):
        if word.info == info:
            return True
        if word.path not in NEAR:
            return False
    return False


def tensor_of(pixels: Pixels) -> Tensor:
    """h w 3 to 3 h w."""
    return torch.from_numpy(np.array(pixels)).permute(2, 0, 1).float() / 255


def mean_pattern(pictures: list[Image.Image], count: int, network: estimators.Estimator) -> Tensor:
    """The mean estimate over so many marked pictures of one key, each with an id of its own."""
    mark, total = ours(), torch.zeros(())
    for number in range(count):
        pixels = np.asarray(pictures[number % len(pictures)].resize((900, 900)))
        marked = mark.embed(pixels, mark.draw(np.random.default_rng([9, number])), seed=9000 + number)
        total = total + estimators.read_grid(network, estimators.working_grid(tensor_of(marked)))
    return total / total.std()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=20)
    parser.add_argument("--mean-of", type=int, default=100)
    given = parser.parse_args()
    torch.set_num_threads(1)
    files = sorted(path for path in given.folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    pictures = [Image.open(path).convert("RGB") for path in files]
    settings, mark = Settings.load({}), ours()
    network = spread.build(build_store(settings.models, settings.model_cache)).network
    mean = mean_pattern(pictures[given.pictures :] or pictures, given.mean_of, network)
    removed: dict[str, list[float]] = defaultdict(list)
    for number, picture in enumerate(pictures[: given.pictures]):
        pixels = np.asarray(picture)
        mark_id = mark.draw(np.random.default_rng([13, number]))
        info = tuple(payload.encode_text(mark_id, CHECK_KEY)[: mark.codec.payload.info_bits])
        marked = tensor_of(mark.embed(pixels, mark_id, seed=70 + number))
        grid = estimators.working_grid(marked)
        tried = patterns(estimators.read_grid(network, grid))
        strength = embed.perceptual_mask(estimators.luma(grid))
        if mean.shape == strength.shape:
            tried[f"the mean of {given.mean_of} marked pictures"] = (mean, FEW)
        for name, (pattern, strengths) in tried.items():
            removed[name].append(best(pixels, marked, strength * pattern, strengths, info, network))
        print(number, {name: sum(db > 0 for db in found) for name, found in removed.items()}, flush=True)
    told = {
        name: {"removed": sum(db > 0 for db in f), "of": len(f), "at_db": [d for d in f if d]}
        for name, f in removed.items()
    }
    write("mark_removal", {"least_db": LEAST_DB, "attacks": told})


def best(
    pixels: Pixels, marked: Tensor, pattern: Tensor, strengths: tuple[float, ...], info: tuple[int, ...],
    network: estimators.Estimator,
) -> float:  # fmt: skip
    """The best PSNR, in dB, of a copy without the mark; 0 where none is above the least."""
    found = 0.0
    for amount in strengths:
        copy = subtracted(marked, pattern, amount)
        left = float(cv2.PSNR(pixels, array_of(copy[None])))
        if left > max(LEAST_DB, found) and not still_there(copy, info, network):
            found = round(left, 1)
    return found


if __name__ == "__main__":
    main()
