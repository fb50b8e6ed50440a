import pytest
import torch
from torch.nn import functional

from countenance.errors import CountenanceError, UnsupportedMediaError
from countenance.marks.spread.embed import _cubic_taps, embed, perceptual_mask
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
    for other in (green, blue):  # but for a value that lies on the border of two levels to the last bit
        assert (red[inside] == other[inside]).float().mean() > 0.9999


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


@pytest.mark.parametrize("spread", [0.05, 0.3])
def test_no_picture_gets_much_more_noise_than_42_db(
    spread: float, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    rough = (0.5 + spread * torch.randn(1, 3, 300, 400, generator=torch.Generator().manual_seed(0))).clamp(0.1, 0.9)
    assert psnr_db(rough, embed(rough, coded, tile_key, estimator, seed=0)) > 41.5


def test_another_number_of_bits_is_refused(portrait: Frames, tile_key: bytes, estimator: Estimator) -> None:
    with pytest.raises(CountenanceError, match="126 coded bits"):
        embed(portrait, (1, 0, 1), tile_key, estimator, seed=0)


@pytest.mark.parametrize("target", [90, 60, 41])
def test_rows_are_interpolated_as_columns_are(target: int) -> None:
    source = torch.rand(60, 7, generator=torch.Generator().manual_seed(2))
    taps, weights = _cubic_taps(60, target)
    wanted = functional.interpolate(source[None, None], (target, 7), mode="bicubic", antialias=True)[0, 0]
    torch.testing.assert_close((source[taps] * weights[:, :, None]).sum(1), wanted, atol=1e-4, rtol=0)


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
