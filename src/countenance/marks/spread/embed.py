"""Putting the mark in: as strongly as the picture hides it, and stronger where it would be read badly."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from countenance.core.payload import V1, V2
from countenance.marks.spread import signed
from countenance.marks.spread.estimator import Estimator, luma, read_grid, require_room, working_grid
from countenance.marks.spread.tile import Bands, KeyMatrix, Pattern, Soft, draw, fold, key_matrix, lay, read, signs
from countenance.media.tensors import Frames, Image

_ROUNDS = 2
_SOFT_LIMIT = 3.0
_FLAT_LEVELS = 0.33  # the mark's strength where nothing hides it
_TEXTURE_SHARE = 0.55  # of what the local deviation hides
_TEXTURE_SHARES = (0.3, 0.36, 0.42, 0.5, _TEXTURE_SHARE, 0.65, 0.75, 0.85, 1.0)
_SLOPE_LEVELS2 = 1.0  # variance that a smooth slope and whole levels have by themselves: it hides nothing
_TEXTURE_CAP_LEVELS = 3.9  # what texture adds at most: `verify --against` allows the mark no more
_LEAST_DB, _ENOUGH_DB = 42.6, 48.2
_SMOOTHED_DB = 0.8  # what enlarging the residual takes from it
_BAND_ROWS = 64  # small enough for the cache: five times faster than the whole picture at once
_NOISE_ROWS = 3 * _BAND_ROWS
_KEYS_A = -0.5  # of the cubic kernel: R. G. Keys, IEEE Trans. ASSP 29, 1981


class Ink(Protocol):
    """One version of the mark: how weighted signs become a pattern, and come back out of one."""

    def draw(self, weighted: Soft, size: tuple[int, int]) -> Pattern:
        """Return the pattern of that height and width, unit root mean square."""

    def read(self, seen: Pattern) -> Soft:
        """Return the answer for each bit where the mark lies as it was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedInk:
    """Version 1: one tile, over and over."""

    matrix: KeyMatrix
    draw_gains: Bands
    read_gains: Bands

    def draw(self, weighted: Soft, size: tuple[int, int]) -> Pattern:
        """See `Ink`."""
        return lay(draw(weighted, self.matrix, self.draw_gains), *size)

    def read(self, seen: Pattern) -> Soft:
        """See `Ink`."""
        return read(fold(seen), self.matrix, self.read_gains)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInk:
    """Version 2: tiles signed by the key, from a place of the picture's own."""

    key: signed.Key
    place: signed.Place
    draw_gains: Bands
    read_gains: Bands

    def draw(self, weighted: Soft, size: tuple[int, int]) -> Pattern:
        """See `Ink`."""
        return signed.draw(weighted, self.key, self.draw_gains, self.place, size)

    def read(self, seen: Pattern) -> Soft:
        """See `Ink`."""
        return signed.read_at(signed.tile_values(seen), self.key, self.read_gains, self.place)


@torch.no_grad()
def embed(
    frames: Frames, coded: Sequence[int], tile_key: bytes, estimator: Estimator, *, seed: int, levels: int = 255
) -> Frames:
    """Return the marked frames, every value exactly k/levels. Each frame is marked as if it were alone.

    Args:
        frames: frames 3 h w, sRGB in [0, 1].
        coded: the bits of a word; their number tells the version of the mark.
        tile_key: at least 16 bytes.
        estimator: the network that will read the mark.
        seed: of the stochastic rounding, and of the place on the torus.
        levels: the number of the brightest level.

    Raises:
        UnsupportedMediaError: too small or too long to carry a mark.
        CountenanceError: no version has so many coded bits.
        ConfigError: the tile key is too short.
    """
    version = V1 if len(coded) == V1.code_bits else V2
    wanted = signs(coded, frames.device, version)
    require_room(*frames.shape[-2:])
    ink = _ink(version is V1, tile_key, estimator, seed, frames.device)
    marked = torch.empty_like(frames)
    for image, out in zip(frames, marked, strict=True):
        _add(image, _informed_residual(image, wanted, ink, estimator), seed, levels, out)
    return marked


def _ink(repeated: bool, tile_key: bytes, estimator: Estimator, seed: int, device: torch.device) -> Ink:  # noqa: FBT001
    gains = {"draw_gains": estimator.draw_gains.to(device), "read_gains": estimator.read_gains.to(device)}
    if repeated:
        return RepeatedInk(matrix=key_matrix(tile_key, device), **gains)
    return SignedInk(key=signed.open_key(tile_key, device), place=signed.place_of(seed, tile_key), **gains)


def perceptual_mask(grid_luma: Float[Tensor, "1 1 h w"], texture_share: float = _TEXTURE_SHARE) -> Pattern:
    """Return how strong the mark may be, in levels of 255.

    A floor, a little more in the dark, and a share of what the local deviation hides: itself where it is small, its
    root where it is large (A. B. Watson, *DCT quantization matrices visually optimized for individual images*, 1993,
    takes the power .7; the root was read better at the same PSNR). The deviation is eroded first: a lone edge beside a
    flat patch hides nothing there.

    Args:
        grid_luma: Y' in [0, 1] on the working grid.
        texture_share: of what the local deviation hides.
    """
    level = grid_luma * 255
    mean = _mean(level, 5)
    deviation = (_mean(level * level, 5) - mean * mean - _SLOPE_LEVELS2).clamp_min(0).sqrt()
    padded = functional.pad(-deviation, (2, 2, 2, 2), mode="replicate")
    deviation = _mean(-functional.max_pool2d(padded, 5, 1), 3).clamp_min(0)
    texture = deviation / (1 + deviation).sqrt()
    dark = 1 + 0.4 * ((50 - mean) / 50).clamp(0, 1)
    return (_FLAT_LEVELS * dark + (texture_share * texture).clamp(0, _TEXTURE_CAP_LEVELS))[0, 0]


def _informed_residual(image: Image, wanted: Soft, ink: Ink, estimator: Estimator) -> Pattern:
    """Return what is added on the grid, in levels: drawn, read, and twice strengthened where it is read badly."""
    grid = working_grid(image)
    weights = torch.ones_like(wanted)
    drawn = _limited(wanted, ink, grid)
    mask = _fitting_mask(luma(grid), drawn)
    residual = mask * drawn
    for _ in range(_ROUNDS):
        margin = ink.read(read_grid(estimator, (grid + residual / 255).clamp(0, 1))) * wanted
        weights = _strengthened(weights, margin)
        residual = mask * _limited(wanted * weights, ink, grid)
    return residual


def _limited(weighted: Soft, ink: Ink, grid: Float[Tensor, "1 3 h w"]) -> Pattern:
    """Draw the mark; the soft limit keeps rare peaks of the sum of waves from being seen."""
    height, width = grid.shape[-2:]
    return _SOFT_LIMIT * torch.tanh(ink.draw(weighted, (height, width)) / _SOFT_LIMIT)


def _fitting_mask(grid_luma: Float[Tensor, "1 1 h w"], drawn: Pattern) -> Pattern:
    """Return the usual mask; a stronger one where texture is rare, a weaker one where it is everywhere.

    So a smooth picture gets up to 48.2 dB, and no picture less than 42 dB, as far as the share's bounds allow it.
    """
    masks = {share: perceptual_mask(grid_luma, share) for share in _TEXTURE_SHARES}
    quality = {share: _expected_db(mask * drawn) for share, mask in masks.items()}
    stronger = [share for share in _TEXTURE_SHARES if share > _TEXTURE_SHARE and quality[share] >= _ENOUGH_DB]
    weaker = [share for share in _TEXTURE_SHARES if quality[share] >= _LEAST_DB]
    return masks[max(stronger, default=min(_TEXTURE_SHARE, max(weaker, default=_TEXTURE_SHARES[0])))]


def _expected_db(residual: Pattern) -> float:
    """Return the PSNR that a residual and its stochastic rounding will leave."""
    part = residual - residual.floor()
    return float(20 * math.log10(255) + _SMOOTHED_DB - 10 * torch.log10((residual.square() + part * (1 - part)).mean()))


def _strengthened(weights: Soft, margin: Soft) -> Soft:
    """Give more to bits that are read badly and less to safe ones.

    Informed embedding: M. L. Miller, G. J. Doerr, I. J. Cox, IEEE Trans. Image Processing 13, 2004.
    """
    typical = margin.clamp_min(0).mean().clamp_min(1e-9)
    return (weights * (1 + 0.6 * (1 - margin / typical).clamp(-0.6, 1))).clamp(0.4, 2.2)


def _add(image: Image, residual: Pattern, seed: int, levels: int, out: Image) -> None:
    """Add the residual alike to R, G and B, round to whole levels and write the result to `out`.

    Rounding is stochastic, since in flat places the residual is smaller than a level and plain rounding would remove
    it. The random numbers come from the CPU, so that they do not depend on the device. Rows go in bands, so that a
    large picture needs little more memory than itself; a band takes its numbers from one small field, at a place of
    its own, since drawing them costs more than all the rest.
    """
    height, width = image.shape[-2:]
    across = functional.interpolate(residual[None, None], (residual.shape[0], width), mode="bicubic", antialias=True)
    wide = across[0, 0]
    generator = torch.Generator().manual_seed(seed & (2**63 - 1))
    noise = torch.rand(_NOISE_ROWS, width + _BAND_ROWS, generator=generator)
    starts = torch.randint(0, 2 * _BAND_ROWS, (2, -(-height // _BAND_ROWS)), generator=generator)
    starts[1] //= 2
    noise = noise.to(image.device)
    taps, weights = _cubic_taps(residual.shape[0], height)
    taps, weights = taps.to(image.device), weights.to(image.device)
    for band, top in enumerate(range(0, height, _BAND_ROWS)):
        rows = slice(top, min(top + _BAND_ROWS, height))
        down, right = starts[:, band].tolist()
        chance = noise[down : down + rows.stop - top, right : right + width]
        added = (wide[taps[rows]] * weights[rows, :, None]).sum(1)
        marked = image[:, rows] * levels + (added * (levels / 255) + chance)
        torch.div(marked.floor_().clamp_(0, levels), levels, out=out[:, rows])


def _cubic_taps(source: int, target: int) -> tuple[Int[Tensor, "target taps"], Float[Tensor, "target taps"]]:
    """Return which rows of the source make each row of the target, and by what weight: cubic, antialiased."""
    scale = source / target
    stretch = max(scale, 1.0)
    centre = (torch.arange(target, dtype=torch.float64) + 0.5) * scale - 0.5
    reach = math.ceil(2 * stretch)
    taps = centre.floor()[:, None] + torch.arange(1 - reach, reach + 1)
    away = ((taps - centre[:, None]) / stretch).abs()
    near = (_KEYS_A + 2) * away**3 - (_KEYS_A + 3) * away**2 + 1
    far = _KEYS_A * (away**3 - 5 * away**2 + 8 * away - 4)
    weights = torch.where(away <= 1, near, torch.where(away < 2, far, 0.0)) * ((taps >= 0) & (taps < source))
    return taps.clamp(0, source - 1).long(), (weights / weights.sum(1, keepdim=True)).float()


def _mean(t: Tensor, size: int) -> Tensor:
    half = size // 2
    return functional.avg_pool2d(functional.pad(t, (half, half, half, half), mode="replicate"), size, 1)
