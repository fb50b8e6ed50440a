"""Finding the tile again after the picture was flipped, turned, cropped, resized or stretched.

Two steps. The lattice: a repeated tile has sharp lines in its spectrum, and their place tells scale, rotation and
stretch; a search over those sums the whitened spectrum where lines should be. The phase: the folded tile is correlated
with the pilot in all eight orientations (compare B. D. Reddy, B. N. Chatterji, *An FFT-based technique for translation,
rotation, and scale-invariant image registration*, IEEE Trans. Image Processing 5, 1996).
"""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from countenance.marks.spread.tile import SIDE, Pattern, Tile, frequencies, pilot

_UPSAMPLING: Final = 4
_SPECTRUM: Final = 512
_PEAK_CAP: Final = 12.0
_CHUNK: Final = 4000

Array = Float[np.ndarray, "..."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A folded tile, turned and shifted so that it lies as the embedder drew it."""

    tile: Tile
    peak: float
    """Height of the pilot's correlation, in standard deviations; noise reaches about 4."""
    orientation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """How the tile's lattice lies in the grid: nominal point to grid point is rotation times diag(e^(s+t), e^(s-t))."""

    log_scale: float
    log_stretch: float
    angle_rad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What one lattice search covers: half-open spans of log scale, log stretch and angle, with steps."""

    log_scale: tuple[float, float, float]
    log_stretch: tuple[float, float, float]
    angle_deg: tuple[float, float, float]


def align(folded: Tile, orientation: int | None = None) -> Aligned:
    """Turn and shift a folded tile to where the pilot answers best, to a quarter of a pixel.

    Args:
        folded: sum of tiles in unknown orientation and phase.
        orientation: index of the only one to try; None tries all eight.
    """
    turned = _orientations(folded) if orientation is None else _orientations(folded)[orientation : orientation + 1]
    spectrum = torch.fft.fft2(turned)
    peaks = _correlation(spectrum)
    spread = peaks.flatten(1).std(1, unbiased=False).clamp_min(1e-12)
    heights, places = (peaks.flatten(1) / spread[:, None]).max(1)
    best = int(heights.argmax())
    down, across = divmod(int(places[best]), SIDE * _UPSAMPLING)
    wave = torch.fft.fftfreq(SIDE, device=folded.device)
    turn = 2 * math.pi * (wave[:, None] * down + wave[None] * across) / _UPSAMPLING
    tile = torch.fft.ifft2(spectrum[best] * torch.polar(torch.ones_like(turn), turn)).real
    return Aligned(tile=tile, peak=float(heights[best]), orientation=best if orientation is None else orientation)


def find_lattices(pattern: Pattern, span: Range, count: int = 2) -> list[Lattice]:
    """Return the most likely lattices in a pattern, best first."""
    spectrum = _whitened_spectrum(pattern.cpu().numpy())
    axes = (np.arange(*span.log_scale), np.arange(*span.log_stretch), np.radians(np.arange(*span.angle_deg)))
    tried = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3).astype(np.float32)
    score = np.concatenate([_score(spectrum, tried[i : i + _CHUNK]) for i in range(0, len(tried), _CHUNK)])
    refined = [_refined(spectrum, start) for start in _distinct(tried[np.argsort(-score)[:400]], count)]
    refined.sort(key=lambda pair: -pair[0])
    return [Lattice(log_scale=float(p[0]), log_stretch=float(p[1]), angle_rad=float(p[2])) for _, p in refined]


def straighten(raster: Array, lattice: Lattice, *, repeat_border: bool = False) -> Array:
    """Resample a raster (h w or h w c) so that the lattice lies straight and at its nominal size.

    Outside the raster there is nothing (0), or its border again.
    """
    height, width = raster.shape[:2]
    forward = _matrix(lattice)
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ np.linalg.inv(forward).T
    origin = corners.min(0)
    size = np.ceil(corners.max(0) - origin).astype(int)
    warp = np.column_stack([forward, forward @ origin])
    border = cv2.BORDER_REPLICATE if repeat_border else cv2.BORDER_CONSTANT
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    out: Array = cv2.warpAffine(
        np.ascontiguousarray(raster), warp, (int(size[0]), int(size[1])), flags=flags, borderMode=border
    )
    return out


def _orientations(tile: Tile) -> Float[Tensor, "8 32 32"]:
    """Return the eight symmetries of the square: flipping a pattern flips its folded tile, up to phase."""
    turns = [torch.rot90(tile, k) for k in range(4)]
    return torch.stack([*turns, *(turn.flip(1) for turn in turns)])


def _correlation(spectrum: Tensor) -> Float[Tensor, "n 128 128"]:
    """Correlate spectra with the pilot, on a four times finer raster (zero padding)."""
    fine = SIDE * _UPSAMPLING
    product = spectrum * torch.fft.fft2(pilot(spectrum.device)).conj()
    place = torch.fft.fftfreq(SIDE, 1 / SIDE, device=spectrum.device).long() % fine
    padded = product.new_zeros(len(spectrum), fine, fine)
    padded[:, place[:, None], place[None]] = product
    correlation: Tensor = torch.fft.ifft2(padded).real
    return correlation


def _whitened_spectrum(pattern: Array) -> Array:
    """Return power over its neighbourhood's mean, capped, zero frequency in the middle."""
    height, width = pattern.shape
    window = (np.hanning(height + 2)[1:-1, None] * np.hanning(width + 2)[None, 1:-1]) ** 0.3
    power = np.abs(np.fft.fft2((pattern - pattern.mean()) * window, (_SPECTRUM, _SPECTRUM))) ** 2
    power = np.fft.fftshift(power).astype(np.float32)
    flat = np.minimum(power / (cv2.blur(power, (31, 31)) + 1e-9), _PEAK_CAP)
    smooth: Array = cv2.GaussianBlur(flat, (3, 3), 0.6)
    return smooth


def _score(spectrum: Array, tried: Array) -> Array:
    """Sum the spectrum at the lines of each tried lattice (n 3), in standard deviations above noise."""
    waves = frequencies()
    cos, sin = np.cos(tried[:, 2:]), np.sin(tried[:, 2:])
    across = waves[None, :, 1] * np.exp(-tried[:, :1] - tried[:, 1:2])
    down = waves[None, :, 0] * np.exp(-tried[:, :1] + tried[:, 1:2])
    half = _SPECTRUM // 2
    column = np.rint((cos * across - sin * down) * _SPECTRUM).astype(np.int32) + half
    row = np.rint((sin * across + cos * down) * _SPECTRUM).astype(np.int32) + half
    inside = (row >= 0) & (row < _SPECTRUM) & (column >= 0) & (column < _SPECTRUM)
    power = spectrum.ravel()[np.where(inside, row * _SPECTRUM + column, 0)] * inside
    expected = np.sqrt(inside.sum(1) + 1)
    score: Array = power.sum(1) / expected - expected
    return score


def _distinct(ordered: Array, count: int) -> list[Array]:
    chosen: list[Array] = []
    for one in ordered:
        if all(np.abs(one - other).max() > 0.02 for other in chosen):
            chosen.append(one)
        if len(chosen) == count:
            break
    return chosen


def _refined(spectrum: Array, start: Array) -> tuple[float, Array]:
    best, height = start, -math.inf
    for reach in (np.array([0.006, 0.006, 0.007]), np.array([0.002, 0.002, 0.0024])):
        steps = np.stack(np.meshgrid(*[np.linspace(-r, r, 7) for r in reach], indexing="ij"), -1).reshape(-1, 3)
        tried = (best + steps).astype(np.float32)
        score = _score(spectrum, tried)
        best, height = tried[score.argmax()], float(score.max())
    return height, best


def _matrix(lattice: Lattice) -> Array:
    cos, sin = math.cos(lattice.angle_rad), math.sin(lattice.angle_rad)
    wide, high = math.exp(lattice.log_scale + lattice.log_stretch), math.exp(lattice.log_scale - lattice.log_stretch)
    return np.array([[cos * wide, -sin * high], [sin * wide, cos * high]])
