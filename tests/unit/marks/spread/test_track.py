import cv2
import numpy as np
import pytest
import torch

from countenance.marks.spread import tile, track

PILOT = tile.pilot(torch.device("cpu")).numpy()


def shown(homography: np.ndarray, noise: float = 1.0) -> np.ndarray:
    """The pilot, whose tiles start at nominal (0, 0), as a homography shows it in 256 x 256 px, under noise."""
    middle = track.linear(np.eye(2), (-640.0, -640.0))
    seen = cv2.warpPerspective(np.tile(PILOT, (40, 40)), homography @ middle, (256, 256), flags=cv2.INTER_CUBIC)
    return seen + noise * np.random.default_rng(0).normal(size=seen.shape).astype(np.float32)


def places(homography: np.ndarray) -> np.ndarray:
    corners = np.array([[30, 30, 1], [220, 40, 1], [210, 220, 1], [40, 200, 1.0]]).T
    nominal = np.linalg.solve(homography, corners)
    return nominal[:2] / nominal[2]


def off_px(found: np.ndarray, wanted: np.ndarray) -> float:
    """How far nominal px are off, whole tiles apart."""
    apart = places(found) - places(wanted)
    return float(np.abs(apart - 32 * np.round(apart.mean(1, keepdims=True) / 32)).max())


@pytest.mark.parametrize(
    ("matrix", "steep"),
    [
        (np.eye(2), (0.0, 0.0)),
        (np.array([[1.02, -0.03], [0.02, 0.99]]), (0.0, 0.0)),
        (np.array([[0.7, -0.7], [0.7, 0.7]]), (2e-4, -1e-4)),
        (np.diag([1.2, 1.1]), (5e-4, 3e-4)),
    ],
)
def test_a_guess_is_followed_to_the_truth(matrix: np.ndarray, steep: tuple[float, float]) -> None:
    truth = track.linear(matrix, (128.0, 120.0)) @ track.linear(np.eye(2), (11.3, -7.6))
    truth = truth / truth[2, 2]
    truth[2, :2] = steep
    local = np.linalg.inv(truth) @ [128.0, 120.0, 1.0]
    middle = local[:2] / local[2]
    step = 1e-3

    def at(point: np.ndarray) -> np.ndarray:
        seen = truth @ [*point, 1.0]
        return seen[:2] / seen[2]

    guess = np.stack([(at(middle + step * axis) - at(middle - step * axis)) / (2 * step) for axis in np.eye(2)], 1)
    starts = [track.linear(sign * guess * 1.004, (128.0, 120.0)) for sign in (1, -1)]
    found = track.track(shown(truth), starts, rounds=8, radius_px=60.0)
    assert found.peak > 6
    assert off_px(found.homography, truth) < 0.7


def test_noise_has_no_high_peak() -> None:
    noise = np.random.default_rng(5).normal(size=(256, 256)).astype(np.float32)
    assert track.track(noise, [np.eye(3)], rounds=5).peak < 4.5


def test_straightening_nothing_keeps_the_raster() -> None:
    raster = np.random.default_rng(0).random((40, 50, 3)).astype(np.float32)
    np.testing.assert_allclose(track.straightened(raster, np.eye(3), repeat_border=True)[:40, :50], raster, atol=1e-5)


@pytest.mark.parametrize("origin", [(0.0, 0.0), (37.0, -5.0), (-400.0, 90.5)])
def test_the_canvas_starts_at_a_tile(origin: tuple[float, float]) -> None:
    left, top = track.origin_of(track.linear(np.eye(2), origin), (64, 64))
    assert left % 32 == top % 32 == 0
    assert -32.5 < left + origin[0] <= 0.5
    assert -32.5 < top + origin[1] <= 0.5


def test_peaks_are_told_to_a_fraction_of_a_pixel() -> None:
    shifted = np.roll(PILOT, (5, -3), (0, 1))
    height, right, below = track.peak(track.correlation(np.stack([PILOT, shifted]), 4), 4)
    assert right.tolist() == [0, -3]
    assert below.tolist() == [0, 5]
    assert height.min() > 7


def test_tiles_are_filled_up() -> None:
    assert track.tiles(np.ones((33, 64), np.float32)).shape == (2, 2, 32, 32)
    assert track.tiles(np.ones((33, 64), np.float32)).sum() == 33 * 64
