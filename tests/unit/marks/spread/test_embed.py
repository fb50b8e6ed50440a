import pytest
import torch

from countenance.errors import UnsupportedMediaError
from countenance.marks.spread.embed import embed, perceptual_mask
from countenance.marks.spread.estimator import Estimator
from countenance.media.tensors import Frames


def psnr_db(a: Frames, b: Frames) -> float:
    return float(-10 * torch.log10((a - b).square().mean()))


def test_values_are_exact_levels(marked: Frames) -> None:
    levels = (marked * 255).round()
    assert torch.equal(marked, levels / 255)
    assert 0 <= levels.min() <= levels.max() <= 255


def test_the_mark_is_faint_and_grey(portrait: Frames, marked: Frames) -> None:
    assert psnr_db(portrait, marked) > 47
    added = ((marked - portrait) * 255).round()
    inside = ((portrait > 0.05) & (portrait < 0.95)).all(1)[0]
    red, green, blue = added[0]
    assert torch.equal(red[inside], green[inside])
    assert torch.equal(red[inside], blue[inside])


def test_the_same_inputs_give_the_same_bytes(
    portrait: Frames, marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    before = portrait.clone()
    assert torch.equal(embed(portrait, coded, tile_key, estimator, seed=3), marked)
    assert not torch.equal(embed(portrait, coded, tile_key, estimator, seed=4), marked)
    assert torch.equal(portrait, before)


def test_frames_are_marked_as_if_alone(
    portrait: Frames, marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    both = embed(torch.cat([portrait.flip(-1), portrait]), coded, tile_key, estimator, seed=3)
    assert torch.equal(both[1:], marked)


def test_too_small_a_picture_is_refused(coded: tuple[int, ...], tile_key: bytes, estimator: Estimator) -> None:
    with pytest.raises(UnsupportedMediaError, match="too small"):
        embed(torch.rand(1, 3, 40, 400), coded, tile_key, estimator, seed=0)


def test_the_mask_follows_what_hides() -> None:
    generator = torch.Generator().manual_seed(1)
    grid = torch.full((1, 1, 64, 96), 0.5)
    grid[..., 32:64] = torch.rand(64, 32, generator=generator)
    grid[..., 64:] = 0.02
    mask = perceptual_mask(grid)
    flat, texture, dark = mask[:, 8:20].mean(), mask[:, 40:56].mean(), mask[:, 80:90].mean()
    assert texture > 4 * flat
    assert flat < dark < 1.5 * flat
    assert mask[:, 29].max() < 1.05 * flat  # beside the edge nothing is hidden
