import math

import cv2
import numpy as np
import pytest
import torch

from countenance.marks.spread import lattice, tile

PILOT = tile.pilot(torch.device("cpu")).numpy()


def shown(matrix: np.ndarray, noise: float = 1.0) -> np.ndarray:
    """The pilot, mapped by a matrix about the origin, under noise."""
    plane = np.tile(PILOT, (40, 40))
    onto = np.column_stack([matrix, [128.0, 128.0]]) @ np.array([[1, 0, -640], [0, 1, -640], [0, 0, 1.0]])
    seen = cv2.warpAffine(plane, onto[:2], (256, 256), flags=cv2.INTER_CUBIC)
    return seen + noise * np.random.default_rng(0).normal(size=seen.shape).astype(np.float32)


def turned(degrees: float, scale: float = 1.0, mirror: float = 1.0, shear: float = 0.0) -> np.ndarray:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return scale * np.array([[cos, -sin], [sin, cos]]) @ np.array([[mirror, shear], [0, 1.0]])


def off(found: np.ndarray, wanted: np.ndarray) -> float:
    return min(np.abs(found - sign * wanted).max() for sign in (1, -1))


@pytest.mark.parametrize(
    "matrix",
    [
        turned(0),
        turned(37),
        turned(-80, 1.3),
        turned(20, 0.8, -1),
        turned(10, 1.1, 1, 0.15),
        np.diag([1.2, 0.9]),
    ],
)
def test_any_map_is_found_from_pairs_of_peaks(matrix: np.ndarray) -> None:
    found = lattice.by_pairs(lattice.whitened_spectrum(shown(matrix)), 2)
    assert found[0].height > 15
    assert off(found[0].matrix, matrix) < 0.01


@pytest.mark.parametrize("matrix", [turned(37), turned(-80, 1.3), turned(20, 0.8, -1)])
def test_turns_and_scales_are_found_by_going_through_them(matrix: np.ndarray) -> None:
    found = lattice.by_turns(lattice.whitened_spectrum(shown(matrix, 3.0)), 2)
    assert found[0].height > 8
    assert off(found[0].matrix, matrix) < 0.02


def test_noise_has_no_high_lattice() -> None:
    spectrum = lattice.whitened_spectrum(np.random.default_rng(3).normal(size=(256, 256)).astype(np.float32))
    assert lattice.by_pairs(spectrum, 1)[0].height < 8
    assert lattice.by_turns(spectrum, 1)[0].height < 6.5


def test_nothing_has_no_lattice() -> None:
    assert all(one.height < 1 for one in lattice.by_pairs(np.zeros((512, 512), np.float32), 2))
