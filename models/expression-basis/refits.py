"""Refits of single units for `shapes.py`: the smile to measured smiles, brows, lids that meet, lips that keep together.

Every function takes displacements `[468, 3]` in the canonical frame and gives new ones.
"""

# ruff: noqa: INP001 - a module beside its script

from collections.abc import Mapping

import numpy as np
from scipy.optimize import nnls

SMILE_SCALE = 2.0  # of the mean closed smile: 0.5 is one, 0.6 the median of all smiles, closed and open
SMILERS = (12, 17)  # people in the mean closed and open smile
LIPS_UPPER = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308]
LIPS_LOWER = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308]
RED = (
    (0.67, [183, 42, 41, 38, 12, 268, 271, 272, 407], [96, 89, 179, 86, 15, 316, 403, 319, 325]),
    (0.33, [184, 74, 73, 72, 11, 302, 303, 304, 408], [77, 90, 180, 85, 16, 315, 404, 320, 307]),
)
"""Rows of the red of the lips from the inside out: share, upper, lower."""
OUTLINE = ([185, 40, 39, 37, 0, 267, 269, 270, 409], [146, 91, 181, 84, 17, 314, 405, 321, 375])
BROWS_TOP = [70, 63, 105, 66, 107, 300, 293, 334, 296, 336]
BROWS_BOTTOM = [46, 53, 52, 65, 55, 276, 283, 282, 295, 285]
INNER_THIRD = slice(3, 5)  # of the five points of a brow
BAND = 0.05  # beyond a brow's edge, inter-ocular units
FOREHEAD = 0.5  # fall-off above a brow
LASHES = 0.04  # kept still above the lid where a brow goes up; a frown needs the room
BROW_TRAVEL = {1: 0.13, 2: 0.13, 4: 0.075}  # of the brow where it moves most, at intensity 1
LID_RIM = ([0, 0.25, 0.31, 0.38, 0.47, 0.56, 0.64, 0.72, 0.85, 1.0], [0, 0, 0.03, 0.07, 0.11, 0.11, 0.09, 0.05, 0, 0])
RIGID = [33, 133, 263, 362, 168, 6, 8, 9, 151, 127, 356, 234, 454, 21, 251]
LIDS_UPPER_LEFT = [398, 384, 385, 386, 387, 388, 466]
LIDS_LOWER_LEFT = [382, 381, 380, 374, 373, 390, 249]
LIDS_UPPER_RIGHT = [173, 157, 158, 159, 160, 161, 246]
LIDS_LOWER_RIGHT = [155, 154, 153, 145, 144, 163, 7]
BOW = 2.4  # 2 is a parabola, more a flatter middle
LOWER_LID_SHARE = 0.12  # of the gap that the lower lid closes


def without_nod(shape: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Takes out the small rigid motion of the head that was left in a mean displacement."""
    a, b = mean[RIGID], (mean + shape)[RIGID]
    u, _, vt = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
    turn = u @ vt
    return (mean + shape - b.mean(0)) @ turn.T + a.mean(0) - mean


def smooth_step(value: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, and smooth between."""
    t = np.clip(value, 0, 1)
    return t * t * (3 - 2 * t)


def refit_brow(shape: np.ndarray, mean: np.ndarray, number: int) -> np.ndarray:
    """AU1, AU2 or AU4: the source's motion along the brow, constant across it, and nothing on eyes and nose.

    Across the brow and a little beyond it the skin moves as one, so that hair which leaves the mesh's brow is not
    smeared. Above, motion falls off over the whole forehead; below, down to the rim of the lid, which keeps still.
    """
    side = mean[:, 0][BROWS_TOP] > 0
    top, bottom = np.array(BROWS_TOP)[side], np.array(BROWS_BOTTOM)[side]
    along = (shape[top] + shape[bottom]) / 2
    if number == 4:
        along[:, 1] = np.minimum(along[:, 1], along[:, 1][INNER_THIRD].min())
    along *= BROW_TRAVEL[number] / np.abs(along[:, 1]).max()
    at = np.abs(mean[:, 0])
    place = (mean[top] + mean[bottom])[:, 0] / 2
    order = np.argsort(place)
    place, along = np.r_[0, place[order]], np.concatenate([shape[[9]], along[order]])
    along[0] = [0, *along[1, 1:]] if number == 4 else along[0]
    upper, lower = (np.interp(at, mean[row][order, 0], mean[row][order, 1]) for row in (top, bottom))
    lid = np.interp(at, *LID_RIM) + (0 if number == 4 else LASHES)
    above = 1 - smooth_step((mean[:, 1] - upper - BAND) / FOREHEAD)
    t = np.clip((mean[:, 1] - lid) / (lower - (BAND / 2 if number == 4 else BAND) - lid), 0, 1)
    share = above * (t + smooth_step(t)) / 2 * (1 - smooth_step((at - 0.95) / 0.2))
    out = np.stack([np.interp(at, place, along[:, i]) for i in range(3)], 1) * share[:, None]
    out[:, 0] *= np.sign(mean[:, 0])
    return out


def refit_smile(tables: Mapping[str, np.ndarray], shape: np.ndarray, opening: Mapping[int, np.ndarray]) -> np.ndarray:
    """AU12 from the mean closed and open smiles: symmetric, still above the lower lids, little on nose and rim.

    From the open smile the part that the `opening` units explain is taken out first, and it does not form the middle
    of lips and chin, where they move most. Depth, which landmarks show badly, is the source's.
    """
    mean = tables["neutral_mean"].astype(float)
    closed, wide = (without_nod(tables[k].astype(float), mean) for k in ("smile_closed", "smile_open"))
    parts = np.stack([s[:, :2].ravel() for s in (closed, *opening.values())], 1)
    weight, _ = nnls(parts, wide[:, :2].ravel())
    rest = wide - sum(w * s for w, s in zip(weight[1:], opening.values(), strict=True))
    n_closed, n_open = SMILERS
    clear = np.maximum(smooth_step((np.abs(mean[:, 0]) - 0.15) / 0.3), smooth_step((mean[:, 1] + 0.95) / 0.2))[:, None]
    n_open = n_open * clear
    smile = (n_closed * closed + n_open * weight[0] * rest) / (n_closed + n_open * weight[0] ** 2)
    smile = (smile + smile[tables["mirror"]] * [-1, 1, 1]) / 2
    x, y = np.abs(mean[:, 0]), mean[:, 1]
    below = 1 / (1 + np.exp((y + 0.17) / 0.05))
    nose = np.exp(-((x / 0.17) ** 2) - ((y + 0.42) / 0.22) ** 2)
    rim = 1 / (1 + np.exp((y + 0.3) / 0.1)) * np.clip((1.05 - x) / 0.25, 0, 1)
    out = smile * (below * (1 - 0.85 * nose) * np.maximum(rim, np.clip((1.0 - x) / 0.3, 0, 1)))[:, None] * SMILE_SCALE
    depth = (out[:, :2] * shape[:, :2]).sum() / (shape[:, :2] ** 2).sum()
    out[:, 2] = shape[:, 2] * depth
    return out


def paired_lips(shape: np.ndarray) -> np.ndarray:
    """The two inner lines of the lips move as one; the change fades out over the red of the lips."""
    out = shape.copy()
    change = (shape[LIPS_LOWER] - shape[LIPS_UPPER]) / 2
    out[LIPS_UPPER], out[LIPS_LOWER] = shape[LIPS_UPPER] + change, shape[LIPS_LOWER] - change
    for share, upper, lower in RED:
        out[upper] += share * change[1:-1]
        out[lower] -= share * change[1:-1]
    out[LIPS_UPPER] = out[LIPS_LOWER] = (out[LIPS_UPPER] + out[LIPS_LOWER]) / 2
    return out


def calm_brow(shape: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """AU9 with less of its source's pull on brows and lids, which would press the lids together."""
    return shape * (1 - 0.65 * smooth_step((mean[:, 1] + 0.02) / 0.2))[:, None]


def round_lips(shape: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """AU22 with every row of the lips bent to a bow: its source draws the middle to a point."""
    out = shape.copy()
    corner = shape[[78, 308], 1].mean()
    half = abs(mean[[78, 308], 0]).mean()
    rows = [(LIPS_UPPER[1:-1], LIPS_LOWER[1:-1]), *((upper, lower) for _, upper, lower in RED), OUTLINE]
    for row in (row for pair in rows for row in pair):
        middle = shape[row[3:6], 1].mean()
        away = np.clip(np.abs(mean[row, 0]) / half, 0, 1) ** 2
        out[row, 1] = middle * (1 - away) + corner * away
    return out


def bowed_lower_lip(shape: np.ndarray, mean: np.ndarray, deepen: float) -> np.ndarray:
    """Every row of the lower lip bent to a bow, its middle `deepen` times as low: sources draw a V or leave it flat."""
    out = shape.copy()
    half = abs(mean[[78, 308], 0]).mean()
    corner = shape[[78, 308], 1].mean()
    for row in (LIPS_LOWER[1:-1], *(lower for _, _, lower in RED), OUTLINE[1]):
        middle = shape[row[3:6], 1].mean() * deepen
        away = np.clip(np.abs(mean[row, 0]) / half, 0, 1) ** BOW
        out[row, 1] = middle * (1 - away) + corner * away
    return out


def still_chin(shape: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Lips that part with the jaw closed: nothing of the source's motion on the chin."""
    return shape * smooth_step((mean[:, 1] + 1.72) / 0.4)[:, None]


def lids_meet(shape: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """AU43 so that the lids of the mean face meet: the lower one rises a little, the upper one does the rest."""
    out = shape.copy()
    for upper, lower in ((LIDS_UPPER_LEFT, LIDS_LOWER_LEFT), (LIDS_UPPER_RIGHT, LIDS_LOWER_RIGHT)):
        gap = mean[upper] - mean[lower]
        travel = shape[upper, 1] - shape[lower, 1]
        scale = -gap[:, 1] / np.minimum(travel, -1e-3)
        place = mean[upper, 0]
        order = np.argsort(place)
        side = np.sign(mean[:, 0]) == np.sign(place.mean())
        k = np.interp(mean[:, 0], place[order], np.clip(scale, 0.6, 1.6)[order])
        out[side] = shape[side] * k[side, None]
        lift = LOWER_LID_SHARE * gap
        out[lower] += lift
        out[upper] = out[lower] - gap
    return out
