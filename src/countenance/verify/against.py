"""What differs between a published picture and its original: outside the signed region, and inside. Pure numpy.

The mark changes every pixel by a few levels, and a lossy codec adds its own; neither has much left once it is averaged
over a cell. So a change outside is looked for three ways: in single pixels, in fine cells, and in coarse cells, each
with the largest value that mark and codec alone were seen to reach, and half as much again (benchmarks/against.py).
Cells grow with the picture, as the mark does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]
"""h w 3, in levels of 255."""
Bits = NDArray[np.bool_]
_CELLS_AT_PX = 1350.0
"""The side of the square picture in which a fine cell is 8 px and a coarse one 32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Largest difference in levels of 255: of one pixel, of a fine cell's mean, of a coarse cell's mean."""

    pixel: float
    fine: float
    coarse: float

    def within(self, other: "Reach") -> bool:
        """Whether no value is larger than the other's."""
        return self.pixel <= other.pixel and self.fine <= other.fine and self.coarse <= other.coarse


_LOSSLESS = Reach(pixel=16, fine=10, coarse=2)
TOLERANCE: Mapping[str, Reach] = MappingProxyType(
    {
        "image/png": _LOSSLESS,
        "image/tiff": _LOSSLESS,
        "image/jpeg": Reach(pixel=32, fine=10, coarse=2.5),
        "image/webp": Reach(pixel=90, fine=15, coarse=4),
    }
)
"""What mark and codec may do, by the published file's type: benchmarks/results/against.json."""
UNSEEN = Reach(pixel=64, fine=30, coarse=10)
"""What no mark does that is to stay unseen, whatever its kind: argued, not measured. A mark of 43 dB, as TrustMark's
makers state, moves a sample by 1.8 levels in the root mean square; this is more than five times that in the mean of
a whole coarse cell, which anybody sees."""
_LOSSY = frozenset({"image/jpeg", "image/webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two pictures of one size, the region that was signed, and what differs."""

    original: Levels
    difference: Levels
    """Published minus original, in levels of 255."""
    polygon: Sequence[tuple[int, int]]
    region: Bits
    """True inside the signed region."""
    allowed: Reach
    outside: Reach
    inside: Reach
    changed_inside: float
    """Share of the region's pixels that lie in fine cells changed by more than mark and codec may."""


def compare(
    published: Levels,
    original: Levels,
    polygon: Sequence[tuple[int, int]],
    media_type: str,
    *,
    labels: Sequence[Sequence[tuple[int, int]]] = (),
) -> Compared:
    """Compare two pictures of one size.

    Args:
        published: h w 3, levels of 255.
        original: the same of the picture before.
        polygon: corners x, y in px of the signed region.
        media_type: of the published file, whose codec's tolerance counts.
        labels: corners of the signed regions of visible labels; what is in them is neither outside nor inside.
    """
    difference = published - original
    region = inside(polygon, (difference.shape[0], difference.shape[1]))
    fine = fine_px(difference.shape)
    part, changed = _within(difference, region, fine, TOLERANCE[media_type].fine)
    difference[region] = 0
    for label in labels:
        difference[_with_edge(inside(label, region.shape), media_type)] = 0
    without = _reach(difference, fine)
    np.subtract(published, original, out=difference)
    return Compared(
        original=original,
        difference=difference,
        polygon=polygon,
        region=region,
        allowed=TOLERANCE[media_type],
        outside=without,
        inside=part,
        changed_inside=changed / max(1, int(region.sum())),
    )


def _with_edge(region: Bits, media_type: str) -> Bits:
    """A region, and for a codec that works in blocks what a hard edge may spill: the rest of a block of 16 px."""
    rows, columns = np.flatnonzero(region.any(1)), np.flatnonzero(region.any(0))
    if media_type not in _LOSSY or not len(rows):
        return region
    top, left = (int(side[0]) // 16 * 16 for side in (rows, columns))
    bottom, right = (-(-(int(side[-1]) + 1) // 16) * 16 for side in (rows, columns))
    wider = region.copy()
    wider[top:bottom, left:right] = True
    return wider


def _within(difference: Levels, region: Bits, fine: int, least: float) -> tuple[Reach, int]:
    """The reach inside the region, and how many of its pixels lie in fine cells that changed by more than `least`."""
    rows, columns = np.flatnonzero(region.any(1)), np.flatnonzero(region.any(0))
    if not len(rows):
        return Reach(pixel=0, fine=0, coarse=0), 0
    top, left = (int(side[0]) // (4 * fine) * 4 * fine for side in (rows, columns))
    area = (slice(top, int(rows[-1]) + 1), slice(left, int(columns[-1]) + 1))
    bits = region[area]
    kept = np.where(bits[..., None], difference[area], np.float32(0))
    cells = np.repeat(np.repeat(_cells(kept, fine) > least, fine, 0), fine, 1)[: bits.shape[0], : bits.shape[1]]
    return _reach(kept, fine), int((cells & bits).sum())


def fine_px(shape: Sequence[int]) -> int:
    """Side of a fine cell in px: 8 in a picture of 1350 x 1350, and more in a larger one."""
    return max(4, round(8 * float(np.sqrt(shape[0] * shape[1])) / _CELLS_AT_PX))


def inside(polygon: Sequence[tuple[int, int]], shape: tuple[int, int]) -> Bits:
    """True where a pixel's centre lies in the polygon (even-odd rule)."""
    height, width = shape
    within = np.zeros(shape, dtype=np.bool_)
    columns = np.arange(width) + 0.5
    for (x0, y0), (x1, y1) in zip(polygon, (*polygon[1:], *polygon[:1]), strict=True):
        low, high = sorted((y0, y1))
        first, last = max(0, low), min(height, high)
        if first >= last:
            continue
        rows = np.arange(first, last) + 0.5
        crossing = x0 + (rows - y0) * (x1 - x0) / (y1 - y0)
        within[first:last] ^= columns[None] < crossing[:, None]
    return within


def _reach(difference: Levels, fine: int) -> Reach:
    pixel = max(float(difference.max()), -float(difference.min()))
    means = [float(_cells(difference, side).max()) for side in (fine, 4 * fine)]
    return Reach(pixel=pixel, fine=means[0], coarse=means[1])


def _cells(difference: Levels, side: int) -> NDArray[np.float32]:
    """Largest channel of |mean| of each cell; cells at the right and the bottom are filled up with no difference."""
    height, width, _ = difference.shape
    sums = np.add.reduceat(difference, np.arange(0, height, side), axis=0, dtype=np.float32)
    sums = np.add.reduceat(sums, np.arange(0, width, side), axis=1, dtype=np.float32)
    found: NDArray[np.float32] = np.abs(sums).max(-1) / np.float32(side * side)
    return found
