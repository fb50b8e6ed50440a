"""Whoever has the network and no key folds, averages or decomposes what he estimates, and subtracts it: the id is read.

Version 1 of the mark fell to the first of these, since its tile repeated.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn import functional

from countenance.core.payload import V1, V2, Format, encode, open_text
from countenance.marks.spread import estimator as estimators
from countenance.marks.spread import signed
from countenance.marks.spread.embed import embed, perceptual_mask
from countenance.marks.spread.estimator import Estimator, luma, read_grid, working_grid
from countenance.marks.spread.extract import candidates
from countenance.marks.spread.tile import SIDE, Pattern, data_waves, fold, lay
from countenance.media.tensors import Frames

ROOT = Path(__file__).parents[2]
CHECK_KEY, TILE_KEY = b"check key of the attacks", b"tile key of the attacks"
STRENGTHS = (1.0, 2.0, 3.0)
LEAST_DB = 35.0


@pytest.fixture(scope="module")
def estimator() -> Estimator:
    torch.set_num_threads(1)
    return estimators.load(load_file(ROOT / "models" / "mark-estimator" / "mark-estimator-clean.safetensors"))


@pytest.fixture(scope="module")
def original() -> Frames:
    picture = Image.open(ROOT / "examples" / "portrait.jpg").convert("RGB").resize((700, 700), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def marked_with(number: int, version: Format, original: Frames, estimator: Estimator) -> Frames:
    return embed(original, encode(number, CHECK_KEY, version), TILE_KEY, estimator, seed=number)


def folded(pattern: Pattern) -> Pattern:
    tile = fold(pattern)
    return lay(tile / tile.std(), *pattern.shape)


def of_rank_one(pattern: Pattern) -> Pattern:
    """The part that all tiles have in common up to a factor each: what a plain sign a tile would be given away by."""
    values = signed.tile_values(pattern)
    rows, columns, waves = values.shape
    left, size, right = torch.linalg.svd(values.reshape(-1, waves), full_matrices=False)
    common = ((left[:, :1] * size[:1]) @ right[:1] @ data_waves(pattern.device).flatten(1)).view(
        rows, columns, SIDE, SIDE
    )
    height, width = pattern.shape
    raster = common.transpose(1, 2).reshape(rows * SIDE, columns * SIDE)[:height, :width]
    return raster / raster.std()


def without(marked: Frames, estimate: Pattern, strength: float) -> Frames:
    """Subtract an estimate of the pattern, as strongly as the public mask says it was added."""
    residual = strength * estimate * perceptual_mask(luma(working_grid(marked[0])))
    wide = functional.interpolate(residual[None, None], marked.shape[-2:], mode="bicubic", antialias=True)
    return ((marked * 255 - wide).round() / 255).clamp(0, 1)


def is_read(pixels: Frames, number: int, estimator: Estimator, version: Format = V2) -> bool:
    words = candidates(pixels, TILE_KEY, estimator, deep=False)
    return f"{number:0{version.digits}x}" in {open_text(word.info, CHECK_KEY) for word in words}


def psnr_db(a: Frames, b: Frames) -> float:
    return float(-10 * torch.log10((a - b).square().mean()))


@pytest.mark.parametrize("estimated", [folded, of_rank_one])
def test_what_one_picture_gives_away_does_not_remove_its_mark(
    estimated: object, original: Frames, estimator: Estimator
) -> None:
    marked = marked_with(7, V2, original, estimator)
    estimate = estimated(read_grid(estimator, working_grid(marked[0])))  # type: ignore[operator]
    attacked = [without(marked, estimate, strength) for strength in STRENGTHS]
    spared = [pixels for pixels in attacked if psnr_db(pixels, original) > LEAST_DB]
    assert len(spared) >= 2
    assert all(is_read(pixels, 7, estimator) for pixels in spared)


def test_folding_removed_the_mark_of_version_1(original: Frames, estimator: Estimator) -> None:
    marked = marked_with(7, V1, original, estimator)
    assert is_read(marked, 7, estimator, V1)
    attacked = without(marked, folded(read_grid(estimator, working_grid(marked[0]))), 1.4)
    assert psnr_db(attacked, original) > LEAST_DB
    assert not is_read(attacked, 7, estimator, V1)


def test_what_many_pictures_have_in_common_is_the_pilot_alone(original: Frames, estimator: Estimator) -> None:
    patterns = []
    for number in range(6):
        marked = marked_with(number, V2, original, estimator)
        patterns.append(read_grid(estimator, working_grid(marked[0])))
    mean = torch.stack(patterns).mean(0)
    attacked = [without(marked, mean / mean.std(), strength) for strength in STRENGTHS]
    assert all(is_read(pixels, 5, estimator) for pixels in attacked if psnr_db(pixels, original) > LEAST_DB)


def test_subtracting_the_network_s_estimate_turns_the_mark_around_at_most(
    original: Frames, estimator: Estimator
) -> None:
    marked = marked_with(7, V2, original, estimator)
    seen = read_grid(estimator, working_grid(marked[0]))
    attacked = without(marked, seen / seen.std(), 5.0)
    words = candidates(attacked, TILE_KEY, estimator, deep=True)
    assert next(word.path for word in words if open_text(word.info, CHECK_KEY)) == "subtracted"
