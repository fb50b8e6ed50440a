"""Looking for a mark of version 2 that was cropped, turned, stretched or seen at an angle, cheap ways first.

Three ways, each on the picture at several sizes, since a crop shows the tile larger and a frame around it smaller: all
scales in the upright and mirrored position, where the pilot is summed up with its phase and shows down to a crop of a
tenth; the lattice from the peaks of the spectrum, for any turn, mirror, scale and shear; and the same in parts of the
picture, for perspective. What is found is followed over the picture (`track`) and read once more from the straightened
pixels, since the network sees the mark best at its nominal size.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from countenance.marks.spread import lattice
from countenance.marks.spread.estimator import GRID_AREA, Estimator, read_grid
from countenance.marks.spread.lattice import Lattice
from countenance.marks.spread.tile import Pattern
from countenance.marks.spread.track import (
    Homography,
    Raster,
    correlation,
    linear,
    origin_of,
    peak,
    straightened,
    tiles,
    track,
)
from countenance.media.tensors import Frames

UPRIGHT: Final = "upright"
LATTICE: Final = "lattice"
PART: Final = "part"

_SHARES: Final = (1.0, 0.4, 0.16)
_LARGER: Final = 2.0
_LARGEST_AREA: Final = 4 * GRID_AREA
_SMALLEST_AREA: Final = 1500
_SMALLEST_SIDE: Final = 24
_SEEN: Final = 4.5  # height of the pilot's peak, followed
_SCANNED: Final = 5.0  # the same in the scan of scales
_PAIRED: Final = 5.5  # height of a lattice
_TURNED: Final = 4.8
_SCALE_STEP: Final = 0.005
_PARTS: Final = ((0.5, 0.5), (0.3, 0.5), (0.7, 0.5), (0.5, 0.3), (0.5, 0.7))
_PART_SIGMA: Final = 0.2  # of the root of the area
_PART_RADIUS_PX: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Straight:
    """A pattern in which the mark lies straight, from the top left of a tile on, and how it was found."""

    pattern: Pattern
    path: str
    homography: Homography
    """From px of the pattern to places of the picture, both sides of which are 1 long."""


@dataclass(frozen=True)
class View:
    """The picture at some size, and the pattern that the network sees there."""

    frames: Frames
    area: float
    estimator: Estimator

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Height and width in px of the working grid."""
        height, width = self.frames.shape[-2:]
        scale = math.sqrt(self.area / (height * width))
        return max(8, round(height * scale)), max(8, round(width * scale))

    @cached_property
    def grids(self) -> Float[Tensor, "frames 3 h w"]:
        """The frames on the working grid."""
        return functional.interpolate(
            self.frames, size=self.shape, mode="bilinear", antialias=True, align_corners=False
        )

    @cached_property
    def pattern(self) -> Raster:
        """The mean pattern of all frames."""
        patterns = [read_grid(self.estimator, grid[None]) for grid in self.grids]
        out: Raster = torch.stack(patterns).mean(0).cpu().numpy()
        return out


def seek(frames: Frames, estimator: Estimator) -> Iterator[Straight]:
    """Yield patterns in which a mark may lie straight, at most 30 of them.

    Args:
        frames: frames 3 h w; read together, as copies of one mark. No more px than need be: every view is made of them.
        estimator: the network.
    """
    views = {share: View(frames, GRID_AREA * share, estimator) for share in (*_SHARES, _LARGER)}
    yield from _upright(views[1.0])
    yield from _by_lattice(views[1.0])
    for share in _SHARES[1:]:
        yield from _upright(views[share])
    for share in (*_SHARES[1:], _LARGER):
        yield from _by_lattice(views[share])
    for middle in _PARTS:
        yield from _by_part(views[1.0], middle)
    for share in _SHARES[:2]:
        turned = lattice.by_turns(lattice.whitened_spectrum(views[share].pattern), 3)
        yield from _followed(views[share], [one for one in turned if one.height >= _TURNED], LATTICE)


def _upright(view: View) -> Iterator[Straight]:
    yield from _followed(view, _scan(view.pattern), UPRIGHT)


def _by_lattice(view: View) -> Iterator[Straight]:
    found = lattice.by_pairs(lattice.whitened_spectrum(view.pattern), 2)
    yield from _followed(view, [one for one in found if one.height >= _PAIRED], LATTICE)


def _by_part(view: View, middle: tuple[float, float]) -> Iterator[Straight]:
    height, width = view.shape
    across, down = middle[0] * width, middle[1] * height
    away = (np.arange(width)[None] - across) ** 2 + (np.arange(height)[:, None] - down) ** 2
    window = np.exp(-away / (2 * _PART_SIGMA**2 * height * width))
    found = lattice.by_pairs(lattice.whitened_spectrum(view.pattern, window), 2)
    yield from _followed(view, [one for one in found if one.height >= _PAIRED], PART, (across, down))


def _scan(pattern: Raster) -> list[Lattice]:
    """Return the two scales, upright or mirrored, at which the folded pattern answers the pilot best."""
    scales = np.arange(lattice.SMALLEST, lattice.LARGEST, _SCALE_STEP)
    folded = np.stack([tiles(_resized(pattern, math.exp(-scale))).sum((0, 1)) for scale in scales])
    heights, _, _ = peak(correlation(np.stack([folded, folded[..., ::-1]]), 2), 2)
    best: list[tuple[int, int]] = []
    for index in np.argsort(-heights, axis=None):
        mirrored, step = divmod(int(index), len(scales))
        if heights[mirrored, step] < _SCANNED or len(best) == 2:
            break
        if all(abs(step - other) > 2 or mirrored != side for side, other in best):
            best.append((mirrored, step))
    return [
        Lattice(matrix=np.diag([1.0 - 2 * mirrored, 1.0]) * math.exp(scales[step]), height=heights[mirrored, step])
        for mirrored, step in best
    ]


def _resized(pattern: Raster, times: float) -> Raster:
    size = [max(_SMALLEST_SIDE, round(side * times)) for side in reversed(pattern.shape)]
    out: Raster = cv2.resize(pattern, size, interpolation=cv2.INTER_AREA if times < 1 else cv2.INTER_LINEAR)
    return out


def _followed(
    view: View, found: list[Lattice], path: str, middle: tuple[float, float] | None = None
) -> Iterator[Straight]:
    """Follow each lattice over the picture, as it is and upside down, which spectra cannot tell apart."""
    height, width = view.shape
    origin = middle or ((width - 1) / 2, (height - 1) / 2)
    rounds, radius = (5, None) if middle is None else (8, _PART_RADIUS_PX)
    for one in found:
        starts = [linear(sign * one.matrix, origin) for sign in (1, -1)]
        best = track(view.pattern, starts, rounds=rounds, radius_px=radius)
        if best.peak >= _SEEN:
            yield _read_again(view, best.homography, path)


def _read_again(view: View, homography: Homography, path: str) -> Straight:
    """Straighten the pixels, let the network see them at the mark's nominal size, and follow the pilot once more."""
    enlarged = abs(float(np.linalg.det(homography[:2, :2] - np.outer(homography[:2, 2], homography[2, :2]))))
    area = min(max(view.area / max(enlarged, 1e-3), _SMALLEST_AREA), _LARGEST_AREA)
    again = View(view.frames, area, view.estimator)
    onto = _onto(view.shape, again.shape) @ homography
    inside = straightened(np.ones(again.shape, np.float32), onto) > 0.5
    seen = []
    for grid in again.grids:
        turned = straightened(grid.permute(1, 2, 0).cpu().numpy(), onto, repeat_border=True)
        pixels = torch.from_numpy(turned).permute(2, 0, 1)[None].clamp(0, 1).to(view.frames.device)
        seen.append(read_grid(view.estimator, pixels).cpu().numpy() * inside)
    pattern = np.mean(seen, 0)
    left_over = track(pattern, [np.eye(3)], rounds=4).homography
    first, second = origin_of(onto, again.shape), origin_of(left_over, pattern.shape)
    whole = onto @ linear(np.eye(2), first) @ left_over @ linear(np.eye(2), second)
    return Straight(
        pattern=torch.from_numpy(straightened(pattern, left_over)).to(view.frames.device),
        path=path,
        homography=_onto(again.shape, (1, 1), corner=True) @ whole,
    )


def _onto(source: tuple[int, int], target: tuple[int, int], *, corner: bool = False) -> Homography:
    """Return the map between rasters of one picture; `corner` counts the target from its corner, not from a centre."""
    down, across = target[0] / source[0], target[1] / source[1]
    out = linear(np.diag([across, down]), (0.5 * across - 0.5, 0.5 * down - 0.5))
    return linear(np.eye(2), (0.5, 0.5)) @ out if corner else out
