import math

import torch

from countenance.edit.warp.kernel import coefficients, interpolate


def _at(picture: torch.Tensor, dx: float, dy: float) -> torch.Tensor:
    height, width = picture.shape[1:]
    x = (torch.arange(width) + 0.5 + dx).expand(height, width)
    y = (torch.arange(height) + 0.5 + dy)[:, None].expand(height, width)
    return interpolate(coefficients(picture), x, y)


def _skin(sitter) -> torch.Tensor:
    x, y = (int(v) for v in sitter.reading.landmarks[50, :2])
    return sitter.pixels[0, :, y - 60 : y + 60, x - 60 : x + 60]


def test_the_picture_comes_back_at_its_own_pixels(sitter) -> None:
    away = (_at(_skin(sitter), 0, 0) - _skin(sitter)).abs()
    assert away[:, 12:-12, 12:-12].max() < 1e-3


def _bicubic(picture: torch.Tensor, dx: float, dy: float) -> torch.Tensor:
    height, width = picture.shape[1:]
    x = ((torch.arange(width) + 0.5 + dx) * (2 / width) - 1).expand(height, width)
    y = ((torch.arange(height) + 0.5 + dy)[:, None] * (2 / height) - 1).expand(height, width)
    at = torch.stack([x, y], -1)[None]
    return torch.nn.functional.grid_sample(picture[None], at, mode="bicubic", align_corners=False)[0]


def test_a_shift_there_and_back_loses_less_than_bicubic(sitter) -> None:
    part = _skin(sitter)
    for dx, dy in ((0.3, 0.7), (0.5, 0.5)):
        loss = []
        for way in (_at, _bicubic):
            back = way(way(part, dx, dy), -dx, -dy)
            loss.append(10 * math.log10(float((back - part)[:, 15:-15, 15:-15].square().mean())))
        assert loss[0] < loss[1] - 3


def test_grain_is_kept(sitter) -> None:
    part = _skin(sitter)
    window = torch.hann_window(96)
    radius = torch.hypot(torch.fft.fftfreq(96)[:, None], torch.fft.rfftfreq(96))
    power = [
        torch.fft.rfft2(p.mean(0)[12:-12, 12:-12] * window * window[:, None]).abs() ** 2
        for p in (part, _at(part, 0.4, 0.6))
    ]
    for low in (0.05, 0.1, 0.2, 0.3):
        band = (radius >= low) & (radius < low + 0.1)
        assert 0.9 < float((power[1][band].sum() / power[0][band].sum()).sqrt()) < 1.1


def test_a_ramp_stays_a_ramp() -> None:
    ramp = (torch.arange(80.0) / 100).expand(3, 60, 80)
    assert torch.allclose(_at(ramp, 0.37, -0.2)[:, 15:-15, 15:-15], (ramp + 0.0037)[:, 15:-15, 15:-15], atol=1e-4)
