"""A copy that was turned, or lies in a larger picture, put back into the frame in which it was marked.

The mark tells where its tiles lie, so how the copy was turned, stretched and scaled, but not which tile is the first: a
picture's tiles start at its top left corner, at a place that only the picture has. So every tile is tried as the first
one, with a frame of the size and shape that the marked picture had; which of them shows the picture, its fingerprints
tell.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import numpy as np
import torch
from torch import Tensor

from countenance.core.payload import V2
from countenance.marks.spread import signed
from countenance.marks.spread.estimator import GRID_AREA
from countenance.marks.spread.presence import locate
from countenance.marks.spread.sight import Sight
from countenance.marks.spread.tile import SIDE, signs
from countenance.marks.spread.track import Homography, linear
from countenance.media.tensors import Frames

_FINER: Final = 2.0  # px of what is shown for one of the mark's
_OVER_PX: Final = 6.0  # by which a frame may stand out of the picture
_LARGEST_PX: Final = 2400
_MOST: Final = 400


@torch.no_grad()
def framings(sight: Sight, tile_key: bytes, coded: Sequence[int], aspects: Sequence[float]) -> list[Frames]:
    """Return what the copy shows in every frame of such an aspect that lies in it; empty where no mark is found.

    Args:
        sight: of the copy, the first frame of which is taken.
        tile_key: the key of the mark.
        coded: 126 coded bits, of the word that was read.
        aspects: width by height that the marked picture may have had.

    Raises:
        CountenanceError: not the coded bits of a version 2 word.
    """
    device = sight.pattern.device
    key, wanted = signed.open_key(tile_key, device), signs(coded, device, V2)
    located = locate(sight.straight(), key, wanted, sight.estimator)
    shown = None if located is None else _canvas(sight, located[0].homography)
    if shown is None:
        return []
    canvas, (left, top) = shown
    found = (_cut(canvas, frame) for aspect in aspects for frame in _frames(canvas, left, top, aspect))
    return [one for one, _ in zip(found, range(_MOST), strict=False)]


def _canvas(sight: Sight, homography: Homography) -> tuple[Tensor, tuple[float, float]] | None:
    """The whole copy made straight, 3 h w, and the place of its top left in px of the mark; None where it has none."""
    corners = np.linalg.solve(homography, np.array([[0, 1, 1, 0], [0, 0, 1, 1], [1, 1, 1, 1]], dtype=np.float64))
    if (corners[2] <= 0).any() and (corners[2] >= 0).any():
        return None
    placed = corners[:2] / corners[2] + 0.5
    lowest, highest = placed.min(1) - _OVER_PX, placed.max(1) + _OVER_PX
    across, down = (math.ceil(side * _FINER) for side in highest - lowest)
    if max(across, down) > _LARGEST_PX:
        return None
    picture = sight.base[0].permute(1, 2, 0).cpu().numpy()
    height, width = picture.shape[:2]
    scale = linear(np.eye(2) / _FINER, (float(lowest[0]) - 0.5 + 0.5 / _FINER, float(lowest[1]) - 0.5 + 0.5 / _FINER))
    onto = linear(np.diag([width, height]).astype(float), (-0.5, -0.5)) @ homography @ scale
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    shown = cv2.warpPerspective(picture, onto, (across, down), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return torch.from_numpy(shown).permute(2, 0, 1).clamp(0, 1), (float(lowest[0]), float(lowest[1]))


def _frames(canvas: Tensor, left: float, top: float, aspect: float) -> Iterator[tuple[float, float, float, float]]:
    """Frames in px of the canvas (left, top, width, height), each from the corner of a tile on."""
    width, height = math.sqrt(GRID_AREA * aspect), math.sqrt(GRID_AREA / aspect)
    for y in _starts(top, canvas.shape[-2] / _FINER, height):
        for x in _starts(left, canvas.shape[-1] / _FINER, width):
            yield (x - left) * _FINER, (y - top) * _FINER, width * _FINER, height * _FINER


def _starts(first: float, length: float, side: float) -> range:
    last = math.floor((first + length - side) / SIDE)
    return range(SIDE * math.ceil(first / SIDE), SIDE * last + 1, SIDE)


def _cut(canvas: Tensor, frame: tuple[float, float, float, float]) -> Frames:
    left, top, width, height = (round(side) for side in frame)
    return canvas[None, :, top : top + height, left : left + width]
