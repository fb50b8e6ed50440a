"""Reading version 1, whose tile repeats: as it lies, turned or shifted, then where a lattice shows."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from jaxtyping import Float

from countenance.core.payload import V1
from countenance.marks.ports import Candidate
from countenance.marks.spread.ecc import decode
from countenance.marks.spread.estimator import GRID_AREA, Estimator, read_frames, read_grid, working_grid
from countenance.marks.spread.sync import Aligned, Lattice, Range, align, find_lattices, straighten
from countenance.marks.spread.tile import KeyMatrix, Pattern, Tile, fold, key_matrix, read
from countenance.media.tensors import Frames, Image

_PILOT_SEEN: Final = 4.2
_STILL: Final = (0.0, 1.0, 1.0)
_TURNED: Final = (-13.0, 13.01, 0.4)

# Share of the grid's area, and what is searched there: crops and turns; small crops; stretches.
_SEARCHES: Final = (
    (1.0, Range(log_scale=(-0.14, 0.5, 0.006), log_stretch=_STILL, angle_deg=_TURNED)),
    (0.4, Range(log_scale=(-0.14, 0.4, 0.006), log_stretch=_STILL, angle_deg=_TURNED)),
    (1.0, Range(log_scale=(-0.1, 0.1, 0.006), log_stretch=(-0.09, 0.0901, 0.006), angle_deg=(-1.0, 1.01, 0.5))),
)


def at_once(pattern: Pattern, tile_key: bytes, estimator: Estimator) -> Iterator[Candidate]:
    """Yield the words of a pattern as it lies, and as it was turned or shifted; at most 8.

    Args:
        pattern: that the network sees on the working grid.
        tile_key: the key of the mark.
        estimator: the network.
    """
    matrix = key_matrix(tile_key, pattern.device)
    folded = fold(pattern)
    yield from _words(folded, matrix, estimator, "direct")
    yield from _words(align(folded).tile, matrix, estimator, "orient")


def searched(frames: Frames, tile_key: bytes, estimator: Estimator) -> Iterator[Candidate]:
    """Yield the words of every lattice on which the pilot is seen; at most 48.

    Raises:
        UnsupportedMediaError: too small or too long to carry a mark.
    """
    matrix = key_matrix(tile_key, frames.device)
    for tile, path in _synchronised(frames, estimator):
        yield from _words(tile, matrix, estimator, path)


def _words(tile: Tile, matrix: KeyMatrix, estimator: Estimator, path: str) -> Iterator[Candidate]:
    for word in decode(read(tile, matrix, estimator.read_gains.to(tile.device)), V1):
        yield Candidate(info=word.info, certainty_permille=round(1000 - 1000 * word.metric), path=path)


def _synchronised(frames: Frames, estimator: Estimator) -> Iterator[tuple[Tile, str]]:
    """Yield aligned tiles of every lattice on which the pilot is seen."""
    for share, span in _SEARCHES:
        area = GRID_AREA * share
        pattern = read_frames(estimator, frames, area)
        for lattice in find_lattices(pattern, span):
            straight = torch.from_numpy(straighten(pattern.cpu().numpy(), lattice)).to(frames.device)
            first = align(fold(straight))
            if first.peak >= _PILOT_SEEN:
                yield first.tile, "sync"
                yield _again(frames, estimator, area, lattice, first), "sync-again"


def _again(frames: Frames, estimator: Estimator, area: float, lattice: Lattice, first: Aligned) -> Tile:
    """Read once more from the straightened picture: the network sees the mark best at its nominal size."""
    nominal = area / math.exp(2 * lattice.log_scale)
    turned = replace(lattice, log_scale=0.0)
    tiles = [fold(_read_straightened(image, estimator, nominal, turned)) for image in frames]
    return align(torch.stack(tiles).sum(0), first.orientation).tile


def _read_straightened(image: Image, estimator: Estimator, area: float, lattice: Lattice) -> Float[torch.Tensor, "h w"]:
    grid = working_grid(image, area)[0].permute(1, 2, 0).cpu().numpy()
    straight = torch.from_numpy(straighten(grid, lattice, repeat_border=True)).to(image.device)
    inside = torch.from_numpy(straighten(np.ones(grid.shape[:2], np.float32), lattice)).to(image.device) > 0.5
    return read_grid(estimator, straight.permute(2, 0, 1)[None].clamp(0, 1)) * inside
