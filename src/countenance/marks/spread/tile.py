"""The tile that carries the mark: 32 x 32 px, of which the working grid is full.

A tile is a sum of plane waves. 36 of them, the pilot, are the same for everyone and show a reader where the tile lies;
the other 202 (404 cosines and sines) carry 100 bits through a matrix with orthonormal columns that only the tile key
gives: direct spread spectrum, I. J. Cox, J. Kilian, F. T. Leighton, T. Shamoon, *Secure spread spectrum watermarking
for multimedia*, IEEE Trans. Image Processing 6, 1997. Waves lie between .09 and .41 cycles/px: slower ones are seen,
faster ones die in resampling. None lies on an axis, where pictures have their own energy.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from countenance.core.payload import V1, Format
from countenance.errors import ConfigError, CountenanceError

SIDE: Final = 32
MIN_KEY_BYTES: Final = 16
GAIN_BANDS: Final = 10

Tile = Float[Tensor, "32 32"]
Pattern = Float[Tensor, "h w"]
KeyMatrix = Float[Tensor, "404 coded"]
Soft = Float[Tensor, "coded"]
Bands = Float[Tensor, "10"]
WaveValues = Float[Tensor, "404"]

_SLOWEST: Final = 0.09
_FASTEST: Final = 0.41
_PILOT_ENERGY: Final = 0.2

# (cycles down, cycles across, phase in 1/10000 turn). Part of the format: no two are mirror images, so that the pilot
# tells a flipped tile from a straight one, and the phases are random, so that it has one sharp peak.
_PILOT: Final = (
    *((3, 3, 2979), (2, -4, 4229), (3, 4, 7507), (5, 1, 1825), (2, -5, 50), (5, -3, 3864), (1, -6, 2714), (2, 6, 3959)),
    *((5, 4, 425), (3, 6, 3217), (1, -7, 6507), (5, 5, 89), (4, 6, 8297), (2, 7, 702), (7, 3, 490), (6, 5, 4600)),
    *((7, -4, 201), (8, -1, 8513), (2, 8, 6653), (6, 6, 3508), (3, -8, 614), (5, 7, 5987), (8, 4, 3285), (9, 1, 6915)),
    *((2, 9, 1871), (6, -7, 7570), (5, -8, 3809), (9, -3, 1021), (4, 9, 9388), (8, -6, 3554), (1, -10, 1846)),
    *((5, 9, 418), (3, -10, 8199), (8, 7, 9591), (10, 4, 6501), (6, 9, 6491)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waves:
    data: Float[Tensor, "404 32 32"]
    band: Int[Tensor, "404"]
    pilot: Tile


def key_matrix(tile_key: bytes, device: torch.device, version: Format = V1) -> KeyMatrix:
    """Return the orthonormal columns that belong to a tile key: SHAKE-256, Box-Muller, Gram-Schmidt.

    Raises:
        ConfigError: the key is shorter than 16 bytes.
    """
    if len(tile_key) < MIN_KEY_BYTES:
        raise ConfigError("the tile key is shorter than 16 bytes", hint="make one with `init`")
    rows = len(_waves().band)
    stream = hashlib.shake_256(b"countenance/mark/tile/%d/" % version.version + tile_key).digest(
        rows * version.code_bits * 8
    )
    uniform = (np.frombuffer(stream, dtype="<u4").astype(np.float64) + 0.5) / 2**32
    normal = np.sqrt(-2 * np.log(uniform[::2])) * np.cos(2 * np.pi * uniform[1::2])
    return torch.from_numpy(_orthonormal(normal.reshape(rows, version.code_bits)).astype(np.float32)).to(device)


def signs(coded: Sequence[int], device: torch.device, version: Format = V1) -> Soft:
    """Return bits as -1 and 1.

    Raises:
        CountenanceError: other than as many 0 and 1 as the version has.
    """
    if len(coded) != version.code_bits or any(bit not in {0, 1} for bit in coded):
        raise CountenanceError(f"a mark has {version.code_bits} coded bits", hint="encode the id with `core.payload`")
    return torch.tensor([2.0 * bit - 1.0 for bit in coded], device=device)


def draw(weighted: Soft, matrix: KeyMatrix, gains: Bands) -> Tile:
    """Return the tile of weighted signs, unit root mean square, 20 % of its energy in the pilot.

    Args:
        weighted: sign times weight of each bit.
        matrix: from `key_matrix`.
        gains: of the data waves, by band of frequency.
    """
    coefficients = wave_coefficients(weighted, matrix, gains) * math.sqrt(1 - _PILOT_ENERGY)
    data = torch.einsum("k,kyx->yx", coefficients, data_waves(coefficients.device))
    return data + math.sqrt(_PILOT_ENERGY) * pilot(coefficients.device)


def wave_coefficients(weighted: Soft, matrix: KeyMatrix, gains: Bands) -> WaveValues:
    """Return how strongly each data wave is drawn, of unit norm."""
    coefficients: Tensor = (matrix @ weighted) * by_wave(gains)
    unit: Tensor = coefficients / coefficients.norm()
    return unit


def read(tile: Tile, matrix: KeyMatrix, gains: Bands) -> Soft:
    """Return the matched filter's answer for each bit: positive for 1, in no particular unit."""
    found = torch.einsum("yx,kyx->k", tile, data_waves(tile.device))
    return (found * by_wave(gains)) @ matrix


def by_wave(gains: Bands) -> WaveValues:
    """Return the gain of each data wave, of the band that it lies in."""
    return gains[_waves().band.to(gains.device)]


def power_by_band(values: Float[Tensor, "404 places"]) -> Bands:
    """Return the mean square of the waves' values, band by band."""
    band = _waves().band.to(values.device)
    total = torch.zeros(GAIN_BANDS, device=values.device).index_add(0, band, values.square().mean(1))
    mean: Bands = total / torch.bincount(band, minlength=GAIN_BANDS)
    return mean


def data_waves(device: torch.device) -> Float[Tensor, "404 32 32"]:
    """Return the cosines and sines that carry bits, unit root mean square."""
    return _waves().data.to(device)


def pilot(device: torch.device) -> Tile:
    """Return the pilot alone, unit root mean square."""
    return _waves().pilot.to(device)


def lay(tile: Tile, height: int, width: int) -> Pattern:
    """Repeat a tile over height x width, from the top left."""
    return tile.repeat(-(-height // SIDE), -(-width // SIDE))[:height, :width]


def fold(pattern: Pattern) -> Tile:
    """Add up all places of a pattern that fall on the same place of the tile."""
    height, width = pattern.shape
    whole = functional.pad(pattern, (0, -width % SIDE, 0, -height % SIDE))
    return whole.reshape(whole.shape[0] // SIDE, SIDE, -1, SIDE).sum((0, 2))


def _orthonormal(columns: Float[np.ndarray, "404 coded"]) -> Float[np.ndarray, "404 coded"]:
    """Run the modified Gram-Schmidt process; no linear algebra library, so that all machines get the same matrix."""
    left = columns.copy()
    for i in range(left.shape[1]):
        left[:, i] /= np.sqrt(np.square(left[:, i]).sum())
        unit = left[:, i : i + 1]
        left[:, i + 1 :] -= unit * (unit * left[:, i + 1 :]).sum(0)
    return left


def pilot_frequencies() -> Float[np.ndarray, "36 2"]:
    """Return the pilot's waves in cycles/px (across, down)."""
    return np.array([(q, p) for p, q, _ in _PILOT], np.float32) / SIDE


@lru_cache(maxsize=1)
def frequencies() -> Float[np.ndarray, "238 2"]:
    """Return all waves of the tile in cycles/px (down, across)."""
    return np.array(_grid_frequencies(), np.float32) / SIDE


def _grid_frequencies() -> list[tuple[int, int]]:
    """List the waves by frequency: half a plane, the other half being the same waves."""
    half = SIDE // 2
    pairs = [(p, q) for p in range(1, half) for q in range(1 - half, half) if q]
    chosen = [pair for pair in pairs if _SLOWEST <= math.hypot(*pair) / SIDE <= _FASTEST]
    return sorted(chosen, key=lambda pair: (pair[0] ** 2 + pair[1] ** 2, pair))


@lru_cache(maxsize=1)
def _waves() -> _Waves:
    """Compute the fixed waves once, on the CPU."""
    tones = {(p, q) for p, q, _ in _PILOT}
    carriers = [pair for pair in _grid_frequencies() if pair not in tones]
    data = torch.stack([_wave(p, q, turn) for p, q in carriers for turn in (0.0, -0.25)])
    radius = torch.tensor([math.hypot(p, q) / SIDE for p, q in carriers]).repeat_interleave(2)
    band = ((radius - _SLOWEST) / (_FASTEST - _SLOWEST) * GAIN_BANDS).long().clamp(0, GAIN_BANDS - 1)
    tone_sum = torch.stack([_wave(p, q, -phase / 10_000) for p, q, phase in _PILOT]).sum(0)
    return _Waves(data=data, band=band, pilot=tone_sum / math.sqrt(len(_PILOT)))


def _wave(p: int, q: int, turn: float) -> Tile:
    """Return a cosine of p cycles down and q across, advanced by a part of a turn, unit root mean square."""
    axis = torch.arange(SIDE, dtype=torch.float64) / SIDE
    return (math.sqrt(2) * torch.cos(2 * math.pi * (p * axis[:, None] + q * axis[None] + turn))).float()
