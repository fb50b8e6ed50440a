"""Mark version 2: tiles of one word, each signed by the key in its own way; only the pilot repeats.

A tile at place (i, j) carries D_ij * (K @ bits) on the data waves, D_ij being 404 signs of a torus of 64 x 64 places
that only the tile key gives. Every picture starts at a place of its own on the torus. Whoever folds a picture without
the key adds up noise, and gets the pilot; whoever has the key correlates with the whole torus at once, by FFT, and so
needs to know neither the place nor how the picture was cropped.

Compare T. Kalker, G. Depovere, J. Haitsma, M. Maes, *A video watermarking system for broadcast monitoring*, SPIE 3657,
1999, for the search over shifts by FFT, and F. Cayre, C. Fontaine, T. Furon, *Watermarking security*, IEEE Trans.
Signal Processing 53, 2005, for why a mark that repeats is given away.
"""

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn import functional

from countenance.core.payload import V2
from countenance.marks.spread.tile import (
    GAIN_BANDS,
    SIDE,
    Bands,
    KeyMatrix,
    Pattern,
    Soft,
    WaveValues,
    by_wave,
    data_waves,
    key_matrix,
    lay,
    pilot,
    power_by_band,
    wave_coefficients,
)

PLACES: Final = 64
PILOT_ENERGY: Final = 0.3
_DRAWN_SLANT: Final = 0.8  # from the slowest to the fastest band, as a logarithm: blur and small copies keep the slow
_READ_SLANT: Final = 0.4  # half of it: all of it would hear white noise best, none would keep the bits at right angles
_LARGE: Final = 1.5

Signs = Float[Tensor, "rows columns 404"]
Values = Float[Tensor, "rows columns 404"]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a tile key gives: the matrix, and the signs with their spectrum."""

    matrix: KeyMatrix
    signs: Float[Tensor, "64 64 404"]
    spectrum: Complex[Tensor, "404 64 33"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place on the torus where the tiles may start, and what they then say."""

    place: Place
    soft: Soft
    share: float
    """Share of the energy that lies in the key's 126 of 404 dimensions; at most about .46 in noise."""
    folded: WaveValues
    """The answer of each data wave."""
    noise: Bands
    """Mean square of the answers at all other places, by band."""


def open_key(tile_key: bytes, device: torch.device) -> Key:
    """Return the matrix and the signs that belong to a tile key.

    Raises:
        ConfigError: the key is shorter than 16 bytes.
    """
    key = _open_key(tile_key)
    if device.type == "cpu":
        return key
    return Key(matrix=key.matrix.to(device), signs=key.signs.to(device), spectrum=key.spectrum.to(device))


def place_of(seed: int, tile_key: bytes) -> Place:
    """Return where a picture starts on the torus; without the key nobody can tell, even if the seed is published."""
    stream = hashlib.shake_256(b"countenance/mark/place/2/" + tile_key + (seed & (2**64 - 1)).to_bytes(8))
    down, across = stream.digest(2)
    return down % PLACES, across % PLACES


def draw(weighted: Soft, key: Key, gains: Bands, place: Place, size: tuple[int, int]) -> Pattern:
    """Return the pattern of weighted signs over height x width, unit root mean square.

    Args:
        weighted: sign times weight of each coded bit.
        key: from `open_key`.
        gains: of the data waves, by band of frequency.
        place: of the top left tile.
        size: height and width in px of the working grid.
    """
    rows, columns = (-(-side // SIDE) for side in size)
    coefficients = wave_coefficients(weighted, key.matrix, _slanted(gains, _DRAWN_SLANT)) * math.sqrt(1 - PILOT_ENERGY)
    waves = data_waves(weighted.device).flatten(1)
    tiles = (window(key, place, rows, columns) * coefficients) @ waves
    raster = tiles.view(rows, columns, SIDE, SIDE).transpose(1, 2).reshape(rows * SIDE, columns * SIDE)
    height, width = size
    return raster[:height, :width] + math.sqrt(PILOT_ENERGY) * lay(pilot(weighted.device), height, width)


def tile_values(pattern: Pattern) -> Values:
    """Return the matched filter's answer of each tile for each data wave; a tile that is cut off answers less."""
    height, width = pattern.shape
    whole = functional.pad(pattern, (0, -width % SIDE, 0, -height % SIDE))
    rows, columns = whole.shape[0] // SIDE, whole.shape[1] // SIDE
    tiles = whole.view(rows, SIDE, columns, SIDE).transpose(1, 2).reshape(rows, columns, SIDE * SIDE)
    return tiles @ data_waves(pattern.device).flatten(1).T


def read_at(values: Values, key: Key, gains: Bands, place: Place) -> Soft:
    """Return the answer for each coded bit where the place is known: positive for 1, in no particular unit."""
    rows, columns = values.shape[:2]
    folded = (values * window(key, place, rows, columns)).sum((0, 1))
    return (folded * by_wave(_slanted(gains, _READ_SLANT))) @ key.matrix


def find_places(values: Values, key: Key, gains: Bands, count: int) -> list[Found]:
    """Return the likeliest places of the first tile on the torus, best first.

    All 4096 are tried: one correlation by FFT for each wave, then the share of the energy in the word's dimensions.
    """
    rows, columns = min(values.shape[0], PLACES), min(values.shape[1], PLACES)
    weighted = (values[:rows, :columns] * by_wave(_slanted(gains, _READ_SLANT))).permute(2, 0, 1)
    seen = torch.fft.rfft2(weighted, s=(PLACES, PLACES))
    folded = torch.fft.irfft2(seen.conj() * key.spectrum, s=(PLACES, PLACES)).flatten(1)
    soft = key.matrix.T @ folded
    share = soft.square().sum(0) / folded.square().sum(0).clamp_min(1e-12)
    best = share.topk(count)
    noise = power_by_band(folded)
    return [
        Found(place=divmod(int(index), PLACES), soft=soft[:, index], share=value, folded=folded[:, index], noise=noise)
        for value, index in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    ]


def evened(found: Found, key: Key) -> Soft:
    """Return the answer for each coded bit once each band is trusted as far as it still carries anything.

    Blur and small copies leave the slow waves and take the fast ones, after which a bit's waves no longer stand at
    right angles to another's. What a band carries is its power here less its power at all other places; with that, the
    linear estimate of least mean square error (S. Verdú, *Multiuser Detection*, 1998, chapter 6), each bit in units
    of its own error.
    """
    carried = (power_by_band(found.folded[:, None]) - found.noise).clamp_min(0)
    edges = torch.cat([carried[:1], carried, carried[-1:]])
    smooth = (edges[:-2] + 2 * carried + edges[2:]) / 4
    amplitude = by_wave((smooth * key.matrix.shape[0] / key.matrix.shape[1]).sqrt())
    noise = by_wave(found.noise).clamp_min(1e-12)
    heard = key.matrix.T @ (key.matrix * (amplitude.square() / noise)[:, None])
    inverse = torch.linalg.inv(heard + torch.eye(len(heard), device=heard.device))
    estimate = inverse @ (key.matrix.T @ (found.folded * amplitude / noise))
    soft: Soft = estimate / inverse.diagonal().clamp_min(1e-6)
    return soft


def disguised(values: Values) -> tuple[Values, ...]:
    """Return the values as they are to be read after somebody subtracted an estimate of his own from the picture.

    Whoever subtracts just as much as makes the correlation nothing turns small answers around, and leaves large ones as
    they were. So the signs alone, and large ones against small ones, still tell the word.
    """
    sign = values.sign()
    size = values.abs() / values.square().mean((0, 1)).sqrt().clamp_min(1e-12)
    opposed = torch.where(size > _LARGE, 2.0, torch.where(size < 1, -1.0, 0.0))
    return values, sign, sign * opposed


def window(key: Key, place: Place, rows: int, columns: int) -> Signs:
    """Return the signs of so many tiles from a place on, around the torus."""
    down = (place[0] + torch.arange(rows, device=key.signs.device)) % PLACES
    across = (place[1] + torch.arange(columns, device=key.signs.device)) % PLACES
    return key.signs[down[:, None], across[None]]


def _slanted(gains: Bands, slant: float) -> Bands:
    return gains * torch.exp(-slant * torch.linspace(0, 1, GAIN_BANDS, device=gains.device))


@lru_cache(maxsize=4)
def _open_key(tile_key: bytes) -> Key:
    cpu = torch.device("cpu")
    matrix = key_matrix(tile_key, cpu, V2)
    waves = matrix.shape[0]
    stream = hashlib.shake_256(b"countenance/mark/signs/2/" + tile_key).digest(PLACES * PLACES * waves // 8)
    bits = np.unpackbits(np.frombuffer(stream, np.uint8)).astype(np.float32)
    signs = torch.from_numpy(2 * bits - 1).view(PLACES, PLACES, waves)
    return Key(matrix=matrix, signs=signs, spectrum=torch.fft.rfft2(signs.permute(2, 0, 1)).contiguous())
