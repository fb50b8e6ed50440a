"""Where exactly the pilot lies: a lattice is followed over the picture, tile by tile, to a homography.

The pilot's phase in a window tells by how much the mark lies off there, to a fraction of a px. The displacements of all
windows are fitted by eight numbers, robustly; that takes in what a lattice leaves over: the phase, what is left of
rotation and scale, and perspective (R. Hartley, A. Zisserman, *Multiple View Geometry*, 2003, for the homography; here
it is linearised, since what is left is small).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from jaxtyping import Float

from countenance.marks.spread.tile import SIDE, pilot

Array = Float[np.ndarray, "..."]
Raster = Float[np.ndarray, "h w"]
Homography = Float[np.ndarray, "3 3"]
"""Takes nominal px (across, down, 1) to px of a raster; whole numbers are centres of px, as in OpenCV."""

_LARGEST_PX: Final = 1100
_UNIT_PX: Final = 100.0  # lengths of the fit
_STIFF: Final = np.diag([0.01, 3, 3, 0.01, 3, 3, 4, 4])  # against shears and perspective that nothing bears out
_SEEN: Final = 3.3
_EDGE_PX: Final = 0.6  # from a raster's edge to the middle of its first px, and a little for rounding
_FAR_PX: Final = 9.0
_GROWTH: Final = 1.6
_LARGEST_AREA: Final = 16.0
_STEEPEST: Final = 0.004  # of perspective, a px
_NEAREST: Final = 0.2  # of the middle's distance to a camera: whatever lies nearer is cut off
_WAVES: Final = torch.fft.fftfreq(SIDE, 1 / SIDE).long()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """Where the mark lies, and the height of the pilot's correlation there; noise reaches about 4."""

    homography: Homography
    peak: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Windows:
    """Overlapping windows of two by two tiles: their middles in nominal px, and how far the pilot is off in them."""

    across: Array
    down: Array
    right_px: Array
    below_px: Array
    peak: Array


def linear(matrix: Float[np.ndarray, "2 2"], origin: tuple[float, float] = (0.0, 0.0)) -> Homography:
    """Return the homography of a linear map that takes (0, 0) to an origin."""
    out = np.eye(3)
    out[:2, :2], out[:2, 2] = matrix, origin
    return out


def track(pattern: Raster, starts: Sequence[Homography], *, rounds: int, radius_px: float | None = None) -> Tracked:
    """Follow the pilot over a pattern from the best of first guesses, whose phase may be any.

    Args:
        pattern: of the estimator.
        starts: nominal px to px of the pattern; (0, 0) goes to where a guess is best.
        rounds: of fitting.
        radius_px: how far from there the guess can be trusted; it grows with the rounds. None trusts it everywhere.
    """
    near = (lambda _: None) if radius_px is None else (lambda n: max(48.0, radius_px * _GROWTH**n))
    _, found, centre = max((_phased(pattern, start, near(0)) for start in starts), key=lambda phased: phased[0])
    for number in range(1, rounds):
        windows = _windows(pattern, found)
        if windows is None:
            break
        weight = np.clip(windows.peak - _SEEN, 0, 6) ** 2 * (np.hypot(windows.right_px, windows.below_px) < _FAR_PX)
        reach = near(number)
        if reach is not None:
            weight = weight * (np.hypot(windows.across - centre[0], windows.down - centre[1]) <= reach)
        if np.count_nonzero(weight) < 3:  # three points fix an affine map
            break
        better = found @ _fitted(windows, weight)
        if not _is_sound(better):
            break
        found = better
    return Tracked(homography=found, peak=_peak_at(pattern, found))


def straightened(raster: Array, homography: Homography, *, repeat_border: bool = False) -> Array:
    """Resample a raster (h w or h w c) to nominal px; the pilot's tiles then start at the top left.

    Outside the raster there is nothing (0), or its border again.
    """
    placed, size, _ = _canvas(homography, raster.shape[:2])
    border = cv2.BORDER_REPLICATE if repeat_border else cv2.BORDER_CONSTANT
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    out: Array = cv2.warpPerspective(np.ascontiguousarray(raster), placed, size, flags=flags, borderMode=border)
    return out


def origin_of(homography: Homography, shape: tuple[int, ...]) -> tuple[float, float]:
    """Return which nominal px (across, down) `straightened` puts at the top left; multiples of the tile's side."""
    return _canvas(homography, shape)[2]


def tiles(raster: Raster) -> Float[np.ndarray, "rows columns 32 32"]:
    """Return a raster as tiles, filled up with nothing to whole ones."""
    height, width = raster.shape
    whole = np.pad(raster, ((0, -height % SIDE), (0, -width % SIDE)))
    return whole.reshape(whole.shape[0] // SIDE, SIDE, -1, SIDE).transpose(0, 2, 1, 3)


def correlation(folded: Float[np.ndarray, "... 32 32"], finer: int) -> Array:
    """Correlate tiles with the pilot, on a raster so many times finer (zero padding)."""
    product = torch.fft.fft2(torch.from_numpy(folded).float()) * torch.fft.fft2(pilot(torch.device("cpu"))).conj()
    side = SIDE * finer
    padded = product.new_zeros(*folded.shape[:-2], side, side)
    padded[..., (_WAVES % side)[:, None], (_WAVES % side)[None]] = product
    out: Array = torch.fft.ifft2(padded).real.numpy()
    return out


def peak(correlated: Array, finer: int) -> tuple[Array, Array, Array]:
    """Return the height of the highest value in standard deviations, and its place in px (across, down)."""
    side = correlated.shape[-1]
    flat = correlated.reshape(*correlated.shape[:-2], -1)
    highest = flat.argmax(-1)
    height = np.take_along_axis(flat, highest[..., None], -1)[..., 0] / (flat.std(-1) + 1e-12)
    down, across = np.divmod(highest, side)
    return height, _around(across, side) / finer, _around(down, side) / finer


def _around(place: Array, side: int) -> Array:
    """Take a place on a ring to the nearest side of zero."""
    return (place + side // 2) % side - side // 2


def _canvas(homography: Homography, shape: tuple[int, ...]) -> tuple[Homography, tuple[int, int], tuple[float, float]]:
    """Return the homography from a canvas that just holds the raster, the canvas's size, and where it starts."""
    height, width = shape[:2]
    edges = np.array([[-0.5, width - 0.5, width - 0.5, -0.5], [-0.5, -0.5, height - 0.5, height - 0.5], [1, 1, 1, 1]])
    corners = np.linalg.solve(homography, edges)
    corners = corners[:2] / np.maximum(corners[2], _NEAREST)
    lowest = np.floor((corners.min(1) + _EDGE_PX) / SIDE) * SIDE
    size = np.clip(np.ceil(corners.max(1) - lowest), SIDE, _LARGEST_PX).astype(int)
    placed = homography @ linear(np.eye(2), (lowest[0], lowest[1]))
    return placed, (int(size[0]), int(size[1])), (float(lowest[0]), float(lowest[1]))


def _phased(
    pattern: Raster, start: Homography, radius_px: float | None
) -> tuple[float, Homography, tuple[float, float]]:
    """Return how well the pilot answers, the guess shifted to there, and where its middle is then, in nominal px."""
    cut = tiles(straightened(pattern, start))
    if radius_px is not None:
        left, top = origin_of(start, pattern.shape)
        rows, columns = cut.shape[:2]
        across, down = np.meshgrid(left + SIDE * (np.arange(columns) + 0.5), top + SIDE * (np.arange(rows) + 0.5))
        cut = cut[np.hypot(across, down) <= radius_px]
    height, right, below = peak(correlation(cut.reshape(-1, SIDE, SIDE).sum(0), 4), 4)
    return float(height), start @ linear(np.eye(2), (float(right), float(below))), (-float(right), -float(below))


def _windows(pattern: Raster, homography: Homography) -> _Windows | None:
    cut = tiles(straightened(pattern, homography))
    rows, columns = cut.shape[:2]
    middle = SIDE / 2
    if min(rows, columns) > 2:  # fewer tiles leave no overlapping windows
        padded = np.pad(cut, ((0, 1), (0, 1), (0, 0), (0, 0)))
        cut = padded[:-1, :-1] + padded[1:, :-1] + padded[:-1, 1:] + padded[1:, 1:]
        middle = float(SIDE)
    left, top = origin_of(homography, pattern.shape)
    across, down = np.meshgrid(left + middle + SIDE * np.arange(columns), top + middle + SIDE * np.arange(rows))
    height, right, below = peak(correlation(cut, 2), 2)
    return _Windows(across=across, down=down, right_px=right, below_px=below, peak=height)


def _fitted(windows: _Windows, weight: Array) -> Homography:
    """Fit a homography to the displacements: least squares, far ones trusted less (Cauchy's weights)."""
    middle = np.array([(windows.across * weight).sum(), (windows.down * weight).sum()]) / weight.sum()
    x, y = (windows.across - middle[0]).ravel() / _UNIT_PX, (windows.down - middle[1]).ravel() / _UNIT_PX
    none, one = np.zeros_like(x), np.ones_like(x)
    design = np.concatenate(
        [
            np.stack([one, x, y, none, none, none, x * x, x * y], 1),
            np.stack([none, none, none, one, x, y, x * y, y * y], 1),
        ]
    )
    moved = np.concatenate([windows.right_px.ravel(), windows.below_px.ravel()])
    weights = np.tile(weight.ravel(), 2)
    stiff = _STIFF * max(0.3, float(np.median(weight[weight > 0])))
    fit = np.zeros(8)
    for _ in range(4):
        left_over = np.hypot(*(moved - design @ fit).reshape(2, -1))
        trusted = weights / (1 + np.tile(left_over, 2) ** 2)
        fit = np.linalg.solve(design.T @ (design * trusted[:, None]) + stiff, design.T @ (moved * trusted))
    turned = np.eye(2) + np.array([fit[1:3], fit[4:6]]) / _UNIT_PX
    local = linear(turned, (fit[0], fit[3]))
    local[2, :2] = -fit[6:] / _UNIT_PX**2
    there = linear(np.eye(2), (middle[0], middle[1]))
    back = linear(np.eye(2), (-middle[0], -middle[1]))
    out: Homography = there @ local @ back
    return out


def _is_sound(homography: Homography) -> bool:
    """Whether tiles keep a sensible size: anything else is a fit to noise."""
    if not np.isfinite(homography).all():
        return False
    area = abs(float(np.linalg.det(homography[:2, :2])))
    return 1 / _LARGEST_AREA < area < _LARGEST_AREA and float(np.abs(homography[2, :2]).max()) < _STEEPEST


def _peak_at(pattern: Raster, homography: Homography) -> float:
    """Return how high the pilot's correlation is where it should be highest."""
    found = correlation(tiles(straightened(pattern, homography)).sum((0, 1)), 4)
    return float(found[:3, :3].max() / (found.std() + 1e-12))
