"""A fingerprint of a picture in which a crop is found again: in which direction it gets brighter, cell by cell.

A hash of the whole picture cannot tell a crop from another picture. Here the picture is cut into some thousand square
cells, and one bit says of each whether the cell to its right is brighter, another one whether the cell below is. A copy
is cut into cells of every size and at every offset that fit, and its own directions are laid on the stored ones: what
agrees, by the strength of the copy's steps, is the likeness. Chance agrees in one half, which is a likeness of 0.

Measured in benchmarks/soft_bindings.py. It tells one scene from another, not two frames of one shoot.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from countenance.errors import UncheckedError

ALGORITHM = "org.countenance.grid.1"
CELLS = 1024
LEAST_CELLS = 8
"""Along a side of what is looked for: with fewer, other pictures fit too well."""
_MOST_CELLS = 255
_STEPS = np.exp(-np.arange(0, 0.76, 0.02))
"""Sizes of the copy that are tried, as shares of the picture's side: 1 to 0.47, by 2 %."""
_LUMA = (0.299, 0.587, 0.114)
_WORK_PX = 512

Grey = NDArray[np.float32]
"""h w."""
Edges = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a copy lies best in the picture: its likeness (1000 is the same), and the share of the area it shows."""

    likeness_permille: int
    area_permille: int
    mirrored: bool


def grid_print(pixels: Tensor) -> str:
    """The fingerprint of the first frame, hex: columns and rows of cells, a byte each, then the bits, packed.

    Args:
        pixels: frames 3 h w, [0, 1].
    """
    grey = _grey(pixels)
    height, width = grey.shape
    pitch = (width * height / CELLS) ** 0.5
    columns, rows = (min(_MOST_CELLS, max(4, round(side / pitch))) for side in (width, height))
    steps = _steps(_cells(grey, columns, rows, width / columns, height / rows, 0.0, 0.0))
    return bytes([columns, rows]).hex() + np.packbits(steps > 0).tobytes().hex()


def aspects(stored: str) -> tuple[float, ...]:
    """Widths by heights, some 1.5 % apart, that the picture of a fingerprint may have had.

    Raises:
        UncheckedError: it is no such fingerprint.
    """
    _, rows, columns = _unpacked(stored).shape
    tried = (columns / rows * (1 + step / 64) for step in range(-4, 5))
    side = CELLS**0.5
    fit = [one for one in tried if (round(side * one**0.5), round(side / one**0.5)) == (columns, rows)]
    return tuple(sorted(fit, key=lambda one: abs(one * rows / columns - 1))) or (columns / rows,)


def find(pixels: Tensor, stored: str) -> Found:
    """Where the first frame lies best in the picture of a fingerprint, in this hand or mirrored.

    Args:
        pixels: frames 3 h w, [0, 1].
        stored: what `grid_print` gave for the picture.

    Raises:
        UncheckedError: it is no such fingerprint.
    """
    signs, grey = _unpacked(stored), _grey(pixels)
    straight = _best(signs, grey, mirrored=False)
    mirrored = _best(signs, np.ascontiguousarray(grey[:, ::-1]), mirrored=True)
    return max(straight, mirrored, key=lambda one: one.likeness_permille)


def _best(signs: Grey, grey: Grey, *, mirrored: bool) -> Found:
    _, rows, columns = signs.shape
    best = Found(likeness_permille=0, area_permille=0, mirrored=mirrored)
    for size in _STEPS:
        pitch = max(grey.shape[1] / (size * columns), grey.shape[0] / (size * rows))
        for down in (0.0, 0.5):
            for right in (0.0, 0.5):
                likeness, area = _at(signs, grey, pitch, right, down)
                if likeness > best.likeness_permille:
                    best = Found(likeness_permille=likeness, area_permille=area, mirrored=mirrored)
    return best


def _at(signs: Grey, grey: Grey, pitch: float, right: float, down: float) -> tuple[int, int]:
    """The best likeness over all whole offsets of a copy with cells of this pitch, and the share of the area."""
    _, rows, columns = signs.shape
    wide = min(columns, int(grey.shape[1] / pitch - right + 1e-6))
    high = min(rows, int(grey.shape[0] / pitch - down + 1e-6))
    if min(wide, high) < LEAST_CELLS:
        return 0, 0
    steps = _steps(_cells(grey, wide, high, pitch, pitch, right, down))
    weights = np.sqrt(np.abs(steps))
    total = float(weights.sum())
    if total == 0:
        return 0, 0
    windows = np.lib.stride_tricks.sliding_window_view(signs, (high, wide), axis=(1, 2))
    agreed = np.einsum("kyxhw,khw->yx", windows, np.sign(steps) * weights / total, optimize=True)
    return round(1000 * float(agreed.max())), round(1000 * wide * high / (columns * rows))


def _steps(cells: Grey) -> Grey:
    """How much brighter the cell to the right is, and the cell below; 0 at the last column and row."""
    steps = np.zeros((2, *cells.shape), np.float32)
    steps[0, :, :-1] = np.diff(cells, axis=1)
    steps[1, :-1] = np.diff(cells, axis=0)
    return steps


def _cells(grey: Grey, columns: int, rows: int, pitch_x: float, pitch_y: float, right: float, down: float) -> Grey:
    """Means of cells of any size, from running sums that are read between pixels."""
    across = _sums(grey, (np.arange(columns + 1) + right) * pitch_x)
    both = _sums(np.ascontiguousarray(across.T), (np.arange(rows + 1) + down) * pitch_y).T
    return (both / (pitch_x * pitch_y)).astype(np.float32)


def _sums(values: Grey, edges: Edges) -> Grey:
    """Sums of the last axis between edges."""
    running = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1, dtype=np.float64)], axis=1)
    at = np.clip(edges, 0, values.shape[1])
    low = np.minimum(at.astype(np.int64), values.shape[1] - 1)
    read: NDArray[np.float64] = running[:, low] + (running[:, low + 1] - running[:, low]) * (at - low)
    found: Grey = np.diff(read, axis=1).astype(np.float32)
    return found


def _grey(pixels: Tensor) -> Grey:
    """Luma of the first frame, made small enough that every cell size is quick."""
    frame = pixels[0].detach().cpu().numpy()
    grey: Grey = sum(share * plane for share, plane in zip(_LUMA, frame, strict=True))
    height, width = grey.shape
    shrink = max(1.0, max(height, width) / _WORK_PX)
    if shrink == 1:
        return grey.astype(np.float32)
    columns, rows = max(1, round(width / shrink)), max(1, round(height / shrink))
    return _cells(grey, columns, rows, width / columns, height / rows, 0.0, 0.0)


def _unpacked(stored: str) -> Grey:
    try:
        data = bytes.fromhex(stored)
        columns, rows = data[0], data[1]
        bits = np.unpackbits(np.frombuffer(data[2:], np.uint8))
    except (ValueError, IndexError) as error:
        raise UncheckedError("this is no grid fingerprint") from error
    wanted = 2 * columns * rows
    if not wanted or len(data) != 2 + -(-wanted // 8):
        raise UncheckedError("this is no grid fingerprint")
    return np.where(bits[:wanted].reshape(2, rows, columns) > 0, 1.0, -1.0).astype(np.float32)
