import math

import cv2
import numpy as np
import pytest
import torch

from countenance.marks.spread import sync, tile
from countenance.marks.spread.sync import Lattice, Range

CPU = torch.device("cpu")
TURNED = Range(log_scale=(-0.14, 0.5, 0.006), log_stretch=(0.0, 1.0, 1.0), angle_deg=(-13.0, 13.01, 0.4))
STRETCHED = Range(log_scale=(-0.1, 0.1, 0.006), log_stretch=(-0.09, 0.0901, 0.006), angle_deg=(-1.0, 1.01, 0.5))


@pytest.fixture
def drawn(coded_of_old: tuple[int, ...], tile_key: bytes) -> torch.Tensor:
    return tile.draw(tile.signs(coded_of_old, CPU), tile.key_matrix(tile_key, CPU), torch.ones(tile.GAIN_BANDS))


def likeness(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a * b).sum() / (a.norm() * b.norm()))


@pytest.mark.parametrize("flip", [(), (0,), (1,), (0, 1)])
@pytest.mark.parametrize("turns", [0, 1])
def test_a_turned_flipped_and_shifted_tile_is_found(drawn: torch.Tensor, flip: tuple[int, ...], turns: int) -> None:
    aligned = sync.align(torch.rot90(drawn.roll((5, 11), (0, 1)), turns).flip(flip))
    assert aligned.peak > 8
    assert likeness(aligned.tile, drawn) > 0.999


def test_a_tile_is_found_on_half_a_pixel(drawn: torch.Tensor) -> None:
    wave = torch.fft.fftfreq(tile.SIDE)
    half = torch.exp(-2j * math.pi * 0.5 * (wave[:, None] + wave[None]))
    moved = torch.fft.ifft2(torch.fft.fft2(drawn) * half).real
    assert likeness(sync.align(moved).tile, drawn) > 0.99


def test_only_the_given_orientation_is_tried(drawn: torch.Tensor) -> None:
    aligned = sync.align(drawn, 3)
    assert aligned.orientation == 3
    assert likeness(aligned.tile, drawn) < 0.7


def test_noise_has_no_peak() -> None:
    noise = torch.randn(20, 32, 32, generator=torch.Generator().manual_seed(2))
    assert max(sync.align(one).peak for one in noise) < 6


@pytest.mark.parametrize(
    ("lattice", "span"),
    [
        (Lattice(log_scale=0.3, log_stretch=0.0, angle_rad=math.radians(-7.3)), TURNED),
        (Lattice(log_scale=0.0, log_stretch=0.05, angle_rad=0.0), STRETCHED),
    ],
)
def test_a_lattice_is_found_and_straightened(drawn: torch.Tensor, lattice: Lattice, span: Range) -> None:
    flat = tile.lay(drawn, 512, 512).numpy()
    bent = cv2.warpAffine(flat, np.column_stack([_forward(lattice), [-40.0, -30.0]]), (256, 256), flags=cv2.INTER_CUBIC)
    noise = np.random.default_rng(4).normal(0, 1.5, bent.shape).astype(np.float32)
    found = sync.find_lattices(torch.from_numpy(bent + noise), span)[0]
    assert found.log_scale == pytest.approx(lattice.log_scale, abs=0.003)
    assert found.log_stretch == pytest.approx(lattice.log_stretch, abs=0.003)
    assert found.angle_rad == pytest.approx(lattice.angle_rad, abs=0.003)
    straight = torch.from_numpy(sync.straighten(bent, found))
    assert likeness(sync.align(tile.fold(straight)).tile, drawn) > 0.9


def test_straightening_nothing_keeps_the_raster() -> None:
    raster = np.random.default_rng(0).random((40, 50, 3)).astype(np.float32)
    still = sync.straighten(raster, Lattice(log_scale=0.0, log_stretch=0.0, angle_rad=0.0), repeat_border=True)
    np.testing.assert_allclose(still, raster, atol=1e-5)


def _forward(lattice: Lattice) -> np.ndarray:
    cos, sin = math.cos(lattice.angle_rad), math.sin(lattice.angle_rad)
    wide, high = math.exp(lattice.log_scale + lattice.log_stretch), math.exp(lattice.log_scale - lattice.log_stretch)
    return np.array([[cos * wide, -sin * high], [sin * wide, cos * high]])
