"""How the pilot lies in a pattern: rotation, scale, mirror and shear, from the peaks of its spectrum.

The pilot repeats, so its 36 tones are peaks of the pattern's spectrum wherever the picture was cropped. A linear map of
the picture maps the tones by its inverse transpose. Two ways to find it: every pair of peaks is held against every pair
of tones (a pair fixes the map), or all turns and scales are gone through where peaks are too weak to stand out. Each
tried map is judged by the spectrum at the places of all 36 tones (compare S. Pereira, T. Pun, *Robust template matching
for affine resistant image watermarks*, IEEE Trans. Image Processing 9, 2000).
"""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float

from countenance.marks.spread.tile import pilot_frequencies

Array = Float[np.ndarray, "..."]
Maps = Float[np.ndarray, "n 2 2"]

SMALLEST: Final = -0.4
LARGEST: Final = 0.55
"""Bounds of the logarithm of the scale: tile in the pattern over nominal tile."""

_SIZE: Final = 512
_HALF: Final = _SIZE // 2
_PEAK_CAP: Final = 12.0
_PEAKS: Final = 28
_STRETCH: Final = 0.22  # of the logarithm, each way
_STEPS: Final = (0.006, 0.006, 0.003, 0.003, 0.0015, 0.0015)
_CHUNK: Final = 20_000
_APART: Final = 0.03
_CUBE: Final = np.array(list(itertools.product((-1, 0, 1), repeat=4)), np.float32).reshape(-1, 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """A linear map from nominal px (across, down) to px of the pattern, and how well the spectrum bears it out."""

    matrix: Float[np.ndarray, "2 2"]
    height: float
    """Standard deviations above noise; the best of all tried maps reaches 7 in noise."""


def whitened_spectrum(pattern: Array, window: Array | None = None) -> Array:
    """Return power over its neighbourhood's mean, capped, zero frequency in the middle."""
    height, width = pattern.shape
    if window is None:
        window = (np.hanning(height + 2)[1:-1, None] * np.hanning(width + 2)[None, 1:-1]) ** 0.3
    power = np.abs(np.fft.fft2((pattern - pattern.mean()) * window, (_SIZE, _SIZE))) ** 2
    power = np.fft.fftshift(power).astype(np.float32)
    flat = np.minimum(power / (cv2.blur(power, (31, 31)) + 1e-9), _PEAK_CAP)
    smooth: Array = cv2.GaussianBlur(flat, (3, 3), 0.6)
    return smooth


def by_pairs(spectrum: Array, count: int) -> list[Lattice]:
    """Return the best maps that carry two tones onto two peaks, best first: any turn, mirror, scale and shear."""
    return _best(spectrum, _pair_maps(_peaks(spectrum)), count)


def by_turns(spectrum: Array, count: int) -> list[Lattice]:
    """Return the best maps of all that turn, mirror and scale, best first: it sees weaker tones, and no shear."""
    return _best(spectrum, _turns(), count)


def _best(spectrum: Array, tried: Maps, count: int) -> list[Lattice]:
    if not len(tried):
        return []
    scores = np.concatenate([_score(spectrum, tried[i : i + _CHUNK]) for i in range(0, len(tried), _CHUNK)])
    ordered = tried[np.argsort(-scores)[:400]]
    refined = [_refined(spectrum, start) for start in _distinct(ordered, count)]
    refined.sort(key=lambda lattice: -lattice.height)
    return refined


def _score(spectrum: Array, maps: Maps) -> Float[np.ndarray, "n"]:
    """Sum the spectrum at the tones' places, in standard deviations above noise, for maps of frequencies."""
    tones = pilot_frequencies().T * _SIZE
    across, down = (np.rint(maps[:, axis] @ tones).astype(np.int32) + _HALF for axis in (0, 1))
    inside = (across >= 0) & (across < _SIZE) & (down >= 0) & (down < _SIZE)
    power = spectrum.ravel()[np.where(inside, down * _SIZE + across, 0)] * inside
    seen = inside.sum(1)
    expected = np.sqrt(seen + 1.0)
    score: Array = (power.sum(1) - seen) / expected
    return score


def _refined(spectrum: Array, start: Float[np.ndarray, "2 2"]) -> Lattice:
    best, height = start, -math.inf
    for step in _STEPS:
        tried = best + _CUBE * step
        score = _score(spectrum, tried)
        best, height = tried[score.argmax()], float(score.max())
    return Lattice(matrix=np.linalg.inv(best.astype(np.float64)).T, height=height)


def _distinct(ordered: Maps, count: int) -> list[Array]:
    chosen: list[Array] = []
    for one in ordered:
        if all(np.abs(one - other).max() > _APART for other in chosen):
            chosen.append(one)
        if len(chosen) == count:
            break
    return chosen


def _peaks(spectrum: Array) -> Float[np.ndarray, "n 2"]:
    """Return the frequencies (across, down) of the highest local maxima of one half of the plane."""
    highest = (spectrum == cv2.dilate(spectrum, np.ones((5, 5), np.uint8)))[: _HALF + 1]
    down, across = np.nonzero(highest)
    radius = np.hypot(across - _HALF, down - _HALF) / _SIZE
    banded = (radius > 0.06) & (radius < 0.49)
    down, across = down[banded], across[banded]
    order = np.argsort(-spectrum[down, across])[:_PEAKS]
    return np.stack([across[order] - _HALF, down[order] - _HALF], 1).astype(np.float32) / _SIZE


def _pair_maps(peaks: Float[np.ndarray, "n 2"]) -> Maps:
    """Return the maps of frequencies from each pair of tones to each pair of peaks, as far as they are plausible.

    A peak stands for a tone or its negative; turning both makes no difference.
    """
    one, two = np.triu_indices(len(peaks), 1)
    seen = np.concatenate([np.stack([peaks[one], sign * peaks[two]], -1) for sign in (1, -1)])
    inverse = _tone_pairs()
    log_scale = -0.5 * np.log(np.abs(_det(seen))[:, None] * np.abs(_det(inverse)) + 1e-12)
    pair, tones = np.nonzero((log_scale > SMALLEST) & (log_scale < LARGEST))
    maps = np.asarray(seen[pair] @ inverse[tones])
    squeezed = np.square(maps).sum((1, 2)) / (2 * np.abs(_det(maps)))  # cosh of twice the log stretch
    kept: Maps = maps[squeezed < math.cosh(2 * _STRETCH)]
    return kept


def _det(maps: Maps) -> Float[np.ndarray, "n"]:
    out: Array = maps[:, 0, 0] * maps[:, 1, 1] - maps[:, 0, 1] * maps[:, 1, 0]
    return out


@lru_cache(maxsize=1)
def _tone_pairs() -> Maps:
    """Return the inverses of all pairs of tones (as columns) that are not nearly parallel."""
    tones = pilot_frequencies()
    one, two = (index.ravel() for index in np.indices((len(tones), len(tones))))
    pairs = np.stack([tones[one], tones[two]], -1)
    slanted = pairs[np.abs(_det(pairs)) > 0.03]
    out: Maps = np.linalg.inv(slanted).astype(np.float32)
    return out


@lru_cache(maxsize=1)
def _turns() -> Maps:
    log_scale, angle, mirror = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(-0.36, 0.48, 0.008), np.radians(np.arange(-90, 90, 0.4)), (1.0, -1.0), indexing="ij"
        )
    )
    cos, sin = np.cos(angle) * np.exp(-log_scale), np.sin(angle) * np.exp(-log_scale)
    rows = np.stack([np.stack([cos * mirror, -sin], -1), np.stack([sin * mirror, cos], -1)], -2)
    return rows.astype(np.float32)
