import pytest
import torch

from countenance.edit.warp.mouth.light import encoded, light_of, linear, luma


def read(pixels, reading):
    return light_of(pixels[0], reading.landmarks, reading.eye_distance_px)


def test_teeth_do_not_follow_the_skin(closed) -> None:
    pixels, reading = closed
    dark = pixels.clone()
    rows = slice(int(reading.landmarks[1, 1]), None)
    dark[..., rows, :] *= 0.3
    assert torch.allclose(read(dark, reading).tooth, read(pixels, reading).tooth)


def test_teeth_follow_the_light(closed) -> None:
    pixels, reading = closed
    dim = encoded(linear(pixels) * 0.05)
    assert float(luma(read(dim, reading).tooth[:, None])) < 0.5 * float(luma(read(pixels, reading).tooth[:, None]))


def test_teeth_are_never_pure_white(closed) -> None:
    pixels, reading = closed
    assert float(encoded(read(torch.ones_like(pixels), reading).tooth).max()) < 0.93


def test_blur_and_grain_are_seen(closed) -> None:
    pixels, reading = closed
    sharp = read(pixels, reading)
    soft = read(torch.nn.functional.avg_pool2d(pixels, 5, stride=1, padding=2), reading)
    assert soft.blur_px > sharp.blur_px
    noisy = pixels + 0.03 * torch.randn(pixels.shape, generator=torch.Generator().manual_seed(1))
    assert read(noisy.clamp(0, 1), reading).grain == pytest.approx(0.03, rel=0.5)
