"""Maps of skin gain for `build.py`: measured light and dark of a smile, and drawn folds.

`gain_maps(tables)` gives every map of log gain at intensity 1 on the canonical atlas, as int8 steps of `MAP_STEP`.
"""

# ruff: noqa: INP001 - a module beside its script

from collections.abc import Mapping

import cv2
import numpy as np

ATLAS_PX = 384
MAP_STEP = 1 / 200  # log gain of one int8 step
FOLD = [(0.35, -0.53), (0.44, -0.65), (0.51, -0.79), (0.545, -0.93), (0.52, -1.05)]  # from the nose round the mouth


def atlas_axes(extent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Canonical x and y of the atlas pixels."""
    yy, xx = np.mgrid[:ATLAS_PX, :ATLAS_PX]
    x0, x1, y0, y1 = extent
    return (xx + 0.5) / ATLAS_PX * (x1 - x0) + x0, y1 - (yy + 0.5) / ATLAS_PX * (y1 - y0)


def spot(at: tuple[float, float], size: tuple[float, float], extent: np.ndarray) -> np.ndarray:
    """A soft spot of height 1 on both sides of the face."""
    x, y = atlas_axes(extent)
    return np.exp(-(((np.abs(x) - at[0]) / size[0]) ** 2) - ((y - at[1]) / size[1]) ** 2)


def smile_map(ratio: np.ndarray, extent: np.ndarray) -> np.ndarray:
    """The measured smile ratio image, softened, on cheeks and chin only, with a narrower fold.

    Nose, lips, eyes and brows are left alone: there the mean shows how shapes lay apart, not how skin shades, and
    what changes there costs likeness. The mean fold is wide, as everybody's lies elsewhere.
    """
    x, y = atlas_axes(extent)
    rim = np.clip((1 - np.hypot(x / 1.02, (y + 0.35) / 1.35)) / 0.18, 0, 1)
    away = np.ones_like(x)
    for at, size, share in (
        ((0, -0.45), (0.27, 0.42), 1.0),
        ((0, -1.10), (0.45, 0.17), 1.0),
        ((0.52, 0.10), (0.42, 0.19), 1.0),
        ((0, -1.45), (0.5, 0.25), 0.5),
    ):
        away *= 1 - share * np.clip(1.6 * spot(at, size, extent), 0, 1)
    away *= 1 / (1 + np.exp((y - 0.06) / 0.03))
    soft = cv2.GaussianBlur((np.clip(ratio.astype(np.float32), -0.5, 0.25) * rim * away).astype(np.float32), (0, 0), 3)
    return 0.6 * soft + pair(FOLD, 0.05, 0.26, extent)


def pair(points: list[tuple[float, float]], width: float, depth: float, extent: np.ndarray) -> np.ndarray:
    """The same fold on both sides of the face."""
    return sum(crease([(s * a, b) for a, b in points], width, depth, extent) for s in (-1, 1))


def crease(points: list[tuple[float, float]], width: float, depth: float, extent: np.ndarray) -> np.ndarray:
    """One fold along a line: a dark valley between two faint ridges, in log gain."""
    x0, x1, y0, y1 = extent
    size = ATLAS_PX * 2
    line = np.array([[(a - x0) / (x1 - x0) * size, (y1 - b) / (y1 - y0) * size] for a, b in points])
    m = np.zeros((size, size), np.float32)
    fixed = [np.round((line - 0.5) * 16).astype(np.int32)]
    cv2.polylines(
        m, fixed, isClosed=False, color=1, thickness=max(1, round(width * size / 3)), lineType=cv2.LINE_AA, shift=4
    )
    m = cv2.resize(m, (ATLAS_PX, ATLAS_PX), interpolation=cv2.INTER_AREA)
    sigma = width * ATLAS_PX / 3 * 0.6
    valley, ridge = cv2.GaussianBlur(m, (0, 0), sigma), cv2.GaussianBlur(m, (0, 0), sigma * 2.6)
    return depth * (0.45 * ridge / ridge.max() - valley / valley.max())


def crease_maps(extent: np.ndarray) -> dict[str, np.ndarray]:
    """Authored folds at intensity 1, for skin that folds of itself: smooth skin gets a part of them."""
    x, _ = atlas_axes(extent)
    t, k = np.linspace(-1, 1, 21), np.linspace(0, 1, 12)
    left = [(-0.125 - 0.035 * q + 0.012 * np.sin(5 * q), 0.17 + 0.22 * q) for q in k]
    right = [(0.14 + 0.03 * q - 0.012 * np.sin(4 * q + 1), 0.16 + 0.26 * q) for q in k]
    brow = sum(
        crease([(0.62 * q, 0.62 + 0.16 * j + 0.05 * np.cos(q * 3.1 + j) - 0.07 * q * q) for q in t], 0.02, d, extent)
        for j, d in ((0, 0.16), (1, 0.18), (2, 0.12))
    )
    middle = np.exp(-((x / 0.38) ** 2))
    below_lip = [(0.26 * q, -1.33 - 0.06 * q * q) for q in t]
    crow = ([(0.90, 0.07), (1.02, 0.15)], [(0.91, 0.0), (1.05, 0.0)], [(0.89, -0.07), (1.02, -0.16)])
    bag = [(0.34 + 0.44 * q, -0.13 - 0.07 * np.sin(np.pi * q)) for q in k]
    nose = ([(0.07, 0.12), (0.17, 0.06)], [(0.09, 0.03), (0.20, -0.06)], [(0.10, -0.06), (0.21, -0.16)])
    return {
        "gain_au1": brow * middle,
        "gain_au2": brow * (1 - middle) * 0.8,
        "gain_au4": crease(left, 0.034, 0.36, extent) + crease(right, 0.034, 0.30, extent),
        "gain_au6": sum(pair(line, 0.022, 0.12, extent) for line in crow)
        + pair(bag, 0.035, 0.12, extent)
        + 0.06 * spot((0.62, -0.38), (0.22, 0.14), extent),
        "gain_au9": sum(pair(line, 0.022, 0.16, extent) for line in nose) + pair(FOLD[:3], 0.04, 0.20, extent),
        "gain_au10": pair(FOLD[:4], 0.045, 0.20, extent) + 0.05 * spot((0.60, -0.50), (0.18, 0.14), extent),
        "gain_au14": pair([(0.47 + 0.03 * np.sin(np.pi * q), -1.02 - 0.18 * q) for q in k], 0.036, 0.20, extent),
        "gain_au15": pair([(0.47 + 0.05 * q, -1.15 - 0.17 * q) for q in k], 0.03, 0.20, extent),
        "gain_au17": crease(below_lip, 0.05, 0.16, extent) + 0.06 * spot((0.0, -1.52), (0.16, 0.09), extent),
        "gain_au20": pair([(0.53 + 0.02 * q, -1.0 - 0.22 * q) for q in k], 0.034, 0.12, extent),
        "gain_au24": pair([(0.43 + 0.03 * q, -1.06 - 0.10 * q) for q in k], 0.03, 0.10, extent)
        + crease(below_lip, 0.05, 0.07, extent),
        "gain_au26": pair(FOLD, 0.06, -0.06, extent),
        "gain_au27": pair(FOLD, 0.06, -0.09, extent),
    }


def gain_maps(tables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All maps by tensor name (`gain_au12`, ...), `[384, 384]` int8, in steps of `MAP_STEP`."""
    extent = tables["smile_log_ratio_extent"].astype(float)
    maps = {"gain_au12": smile_map(tables["smile_log_ratio"], extent), **crease_maps(extent)}
    return {k: np.round(np.clip(v / MAP_STEP, -127, 127)).astype(np.int8) for k, v in maps.items()}
