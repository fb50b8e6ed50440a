"""Putting the mark in: as strongly as the picture hides it, and stronger where it would be read badly."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from countenance.marks.spread.estimator import Estimator, luma, read_grid, working_grid
from countenance.marks.spread.tile import KeyMatrix, Pattern, Soft, draw, fold, key_matrix, lay, read, signs
from countenance.media.tensors import Frames, Image

_ROUNDS = 2
_SOFT_LIMIT = 3.0
_FLAT_LEVELS = 0.42  # the mark's strength where nothing hides it
_TEXTURE_SHARE = 0.15
_TEXTURE_CAP_LEVELS = 26.0
_BAND_ROWS = 64  # small enough for the cache: five times faster than the whole picture at once


@torch.no_grad()
def embed(
    frames: Frames, coded: Sequence[int], tile_key: bytes, estimator: Estimator, *, seed: int, levels: int = 255
) -> Frames:
    """Return the marked frames, every value exactly k/levels. Each frame is marked as if it were alone.

    Args:
        frames: frames 3 h w, sRGB in [0, 1].
        coded: 100 bits.
        tile_key: at least 16 bytes.
        estimator: the network that will read the mark.
        seed: of the stochastic rounding.
        levels: the number of the brightest level.

    Raises:
        UnsupportedMediaError: too small or too long to carry a mark.
    """
    matrix = key_matrix(tile_key, frames.device)
    wanted = signs(coded, frames.device)
    marked = torch.empty_like(frames)
    for image, out in zip(frames, marked, strict=True):
        _add(image, _informed_residual(image, wanted, matrix, estimator), seed, levels, out)
    return marked


def perceptual_mask(grid_luma: Float[Tensor, "1 1 h w"]) -> Pattern:
    """Return how strong the mark may be, in levels of 255.

    A floor, a little more in the dark, and a share of the local deviation. The deviation is eroded first: a lone edge
    beside a flat patch hides nothing there (A. B. Watson, *DCT quantization matrices visually optimized for individual
    images*, 1993, for contrast masking; the weights were fitted by eye).

    Args:
        grid_luma: Y' in [0, 1] on the working grid.
    """
    level = grid_luma * 255
    mean = _mean(level, 5)
    deviation = (_mean(level * level, 5) - mean * mean).clamp_min(0).sqrt()
    padded = functional.pad(-deviation, (2, 2, 2, 2), mode="replicate")
    texture = _mean(-functional.max_pool2d(padded, 5, 1), 3).clamp(0, _TEXTURE_CAP_LEVELS)
    dark = 1 + 0.4 * ((50 - mean) / 50).clamp(0, 1)
    return (_FLAT_LEVELS * dark + _TEXTURE_SHARE * texture)[0, 0]


def _informed_residual(image: Image, wanted: Soft, matrix: KeyMatrix, estimator: Estimator) -> Pattern:
    """Return what is added on the grid, in levels: drawn, read, and twice strengthened where it is read badly."""
    grid = working_grid(image)
    mask = perceptual_mask(luma(grid))
    weights = torch.ones_like(wanted)
    residual = _residual(wanted * weights, matrix, mask, estimator)
    for _ in range(_ROUNDS):
        seen = read_grid(estimator, (grid + residual / 255).clamp(0, 1))
        margin = read(fold(seen), matrix, estimator.read_gains.to(seen.device)) * wanted
        weights = _strengthened(weights, margin)
        residual = _residual(wanted * weights, matrix, mask, estimator)
    return residual


def _residual(weighted: Soft, matrix: KeyMatrix, mask: Pattern, estimator: Estimator) -> Pattern:
    """Draw the mark under the mask; the soft limit keeps rare peaks of the sum of waves from being seen."""
    tile = draw(weighted, matrix, estimator.draw_gains.to(weighted.device))
    pattern = lay(tile, *mask.shape)
    return mask * _SOFT_LIMIT * torch.tanh(pattern / _SOFT_LIMIT)


def _strengthened(weights: Soft, margin: Soft) -> Soft:
    """Give more to bits that are read badly and less to safe ones.

    Informed embedding: M. L. Miller, G. J. Doerr, I. J. Cox, IEEE Trans. Image Processing 13, 2004.
    """
    typical = margin.clamp_min(0).mean().clamp_min(1e-9)
    return (weights * (1 + 0.6 * (1 - margin / typical).clamp(-0.6, 1))).clamp(0.4, 2.2)


def _add(image: Image, residual: Pattern, seed: int, levels: int, out: Image) -> None:
    """Add the residual alike to R, G and B, round to whole levels and write the result to `out`.

    Rounding is stochastic, since in flat places the residual is smaller than a level and plain rounding would remove
    it. The random numbers come from the CPU, so that they do not depend on the device, and rows go in bands, so that a
    large picture needs little more memory than itself.
    """
    height, width = image.shape[-2:]
    spread = functional.interpolate(
        residual[None, None], size=(height, width), mode="bicubic", antialias=True, align_corners=False
    )[0, 0]
    generator = torch.Generator().manual_seed(seed & (2**63 - 1))
    for top in range(0, height, _BAND_ROWS):
        rows = slice(top, min(top + _BAND_ROWS, height))
        chance = torch.rand(rows.stop - top, width, generator=generator).to(image.device)
        marked = image[:, rows] * levels + (spread[rows] * (levels / 255) + chance)
        torch.div(marked.floor_().clamp_(0, levels), levels, out=out[:, rows])


def _mean(t: Tensor, size: int) -> Tensor:
    half = size // 2
    return functional.avg_pool2d(functional.pad(t, (half, half, half, half), mode="replicate"), size, 1)
