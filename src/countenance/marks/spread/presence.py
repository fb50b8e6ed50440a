"""Where in a picture its mark still is: a region that was painted over or replaced does not carry it.

Once the word is known, so is the pattern that should lie there. Its correlation with what the network sees is taken in
every neighbourhood of a tile's size: near nothing where the mark is not, and high where it is.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from countenance.core.payload import V2
from countenance.marks.ports import Heat
from countenance.marks.spread import signed
from countenance.marks.spread.estimator import GRID_AREA, Estimator
from countenance.marks.spread.extract import DIRECT
from countenance.marks.spread.seek import Straight
from countenance.marks.spread.sight import Sight
from countenance.marks.spread.tile import SIDE, Pattern, Soft, signs
from countenance.marks.spread.track import Homography, linear

_CELL_PX: Final = 8  # of the working grid
_AGREEING: Final = 6.0  # standard deviations: chance reaches 5 or so over all places that are tried
_PLACES: Final = 3
_FULL_QUANTILE: Final = 0.75
_LEAST_FULL: Final = 0.15


@torch.no_grad()
def presence(sight: Sight, tile_key: bytes, coded: Sequence[int]) -> Heat | None:
    """Return where the mark is, as cells of the picture; None where the mark of this word is not found at all.

    Args:
        sight: of the picture.
        tile_key: the key of the mark.
        coded: 126 coded bits, of the word that was read.

    Raises:
        CountenanceError: not the coded bits of a version 2 word.
    """
    estimator, device = sight.estimator, sight.pattern.device
    key = signed.open_key(tile_key, device)
    wanted = signs(coded, device, V2)
    located = locate(_alignments(sight), key, wanted, estimator)
    if located is None:
        return None
    straight, place = located
    height, width = straight.pattern.shape
    expected = signed.draw(wanted, key, estimator.draw_gains.to(device), place, (height, width))
    values = _in_picture(_likeness(straight.pattern, expected), straight.homography, sight.size)
    return Heat(values=values, path=straight.path)


def locate(
    alignments: Iterable[Straight], key: signed.Key, wanted: Soft, estimator: Estimator
) -> tuple[Straight, signed.Place] | None:
    """Return the first alignment in which a word lies, and the place of its first tile on the torus.

    Args:
        alignments: patterns in which the mark may lie straight.
        key: from `signed.open_key`.
        wanted: the signs of the word's 126 coded bits.
        estimator: whose gains the word is read with.
    """
    gains = estimator.read_gains.to(wanted.device)
    for straight in alignments:
        for found in signed.find_places(signed.tile_values(straight.pattern), key, gains, _PLACES):
            if float((found.soft * wanted).sum() / found.soft.norm().clamp_min(1e-12)) >= _AGREEING:
                return straight, found.place
    return None


def _alignments(sight: Sight) -> Iterator[Straight]:
    height, width = sight.pattern.shape
    onto = linear(np.diag([1 / width, 1 / height]), (0.5 / width, 0.5 / height))
    yield Straight(pattern=sight.pattern, path=DIRECT, homography=onto)
    yield from sight.straight()


def _likeness(seen: Pattern, expected: Pattern) -> Pattern:
    """Return the correlation around each px, 1 being as high as in the better half of the picture."""
    product, power, wanted = (
        functional.avg_pool2d(t[None, None], SIDE + 1, 1, SIDE // 2, count_include_pad=False)[0, 0]
        for t in (seen * expected, seen.square(), expected.square())
    )
    likeness = product / (power * wanted + 1e-3 * (power * wanted).mean() + 1e-12).sqrt()
    full = torch.quantile(likeness[:: _CELL_PX // 2, :: _CELL_PX // 2].flatten(), _FULL_QUANTILE).clamp_min(_LEAST_FULL)
    return (likeness / full).clamp(0, 1)


def _in_picture(likeness: Pattern, homography: Homography, size: tuple[int, int]) -> Float[Tensor, "rows columns"]:
    """Sample a map of the straightened pattern at the middles of the picture's cells; nothing outside of it."""
    height, width = size
    scale = math.sqrt(GRID_AREA / (height * width)) / _CELL_PX
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    across, down = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    there = np.linalg.solve(homography, np.stack([across.ravel(), down.ravel(), np.ones(across.size)]))
    sides = np.array(likeness.shape[::-1])[:, None]
    unit = 2 * (there[:2] / there[2] + 0.5) / sides - 1
    grid = torch.from_numpy(unit.T.reshape(1, rows, columns, 2)).to(likeness)
    return functional.grid_sample(likeness[None, None], grid, align_corners=False)[0, 0]
