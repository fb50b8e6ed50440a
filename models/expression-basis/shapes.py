"""Shapes of the action units for `build.py`: MakeHuman's face units on the mesh points, refitted where noted.

`unit_shapes(human, tables)` gives per FACS number what the person's left side does at intensity 1 (or, where a unit
has no sides, the whole). The other side is its mirror image. All in the canonical frame.
"""

# ruff: noqa: INP001 - a module beside its script

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from makehuman import Human
from refits import bowed_lower_lip, calm_brow, lids_meet, paired_lips, refit_brow, refit_smile, round_lips, still_chin

POINTS = Path(__file__).parent / "correspondence.csv"
LOWER_LIP = {25: 1.25, 26: 1.0, 27: 1.0}  # units whose lower lip is bent to a bow, and by how much lower its middle is
MIDLINE = 0.10  # width of the step between the sides where a source has none
PULL = 0.2  # from the midline, where one side pulls the other's skin across

FACS: dict[int, tuple[tuple[str, float], ...]] = {
    1: (("browInnerUp", 1.7),),
    2: (("browOuterUp", 1.35),),
    4: (("browDown", 0.9),),
    5: (("eyeWide", 1.0),),
    6: (("cheekSquint", 0.75), ("eyeSquint", 0.35)),
    7: (("eyeSquint", 1.0),),
    9: (("noseSneer", 1.7), ("mouthUpperUp", 0.35)),
    10: (("mouthUpperUp", 1.5),),
    12: (("mouthSmile", 0.7),),
    14: (("mouthDimple", 0.9),),
    15: (("mouthFrown", 1.1),),
    16: (("mouthLowerDown", 1.3),),
    17: (("mouthShrugLower", 1.5), ("mouthShrugUpper", 0.6)),
    18: (("mouthPucker", 1.1),),
    20: (("mouthStretch", 1.1),),
    22: (("mouthFunnel", 0.85), ("mouthPucker", 0.45)),
    24: (("mouthPress", 0.35), ("mouthRollLower", 0.45), ("mouthRollUpper", 0.35)),
    25: (("mouthLowerDown", 1.55), ("mouthUpperUp", 0.6)),
    26: (("jawOpen", 0.35),),
    27: (("jawOpen", 1.0),),
    28: (("mouthRollLower", 1.0), ("mouthRollUpper", 1.0)),
    43: (("eyeBlink", 1.0),),
}
"""What of which face unit makes an action unit."""
SIDED = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 20, 43)
PARTING = (9, 10, 16, 22, 25, 26, 27)
"""Units that may part the lips; all others keep closed lips together."""


def on_mesh(human: Human) -> dict[str, np.ndarray]:
    """Face units at the 468 mesh points, by name."""
    table = np.loadtxt(POINTS, delimiter=",", skiprows=1)
    vertices, weights = table[:, :3].astype(int), table[:, 3:, None]
    return {name: (unit[vertices] * weights).sum(1) for name, unit in human.units.items()}


def left_part(shapes: Mapping[str, np.ndarray], number: int, mirror: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """What the person's left (image right) does: its own face units, or half of one that has no sides."""
    step = 1 / (1 + np.exp(-mean[:, :1] / (MIDLINE / 2)))
    total = np.zeros_like(mean)
    for name, weight in FACS[number]:
        if name in shapes:
            both = (shapes[name] + flip(shapes[name], mirror)) / 2
            total += weight * both * step
        else:
            total += weight * (shapes[f"{name}Left"] + flip(shapes[f"{name}Right"], mirror)) / 2
    return total


def flip(shape: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    """The mirror image of a displacement."""
    return shape[mirror] * [-1, 1, 1]


def share_out(whole: np.ndarray, left: np.ndarray, mirror: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The left part of a refitted `whole`, divided as the source divides its own.

    Each point gets the source's share of the left, and near the midline what one side alone pulls across it: that
    part cancels where both pull.
    """
    right = flip(left, mirror)
    a, b = np.linalg.norm(left, axis=1), np.linalg.norm(right, axis=1)
    floor = 0.01 * max(a.max(), b.max())
    share = ((a + floor) ** 4 / ((a + floor) ** 4 + (b + floor) ** 4))[:, None]
    step = 1 / (1 + np.exp(-mean[:, :1] / (MIDLINE / 2)))
    share = share * step / (share * step + (1 - share) * (1 - step))
    both = left + right
    scale = (whole * both).sum() / (both**2).sum()
    across = (left - share * both) * [1, 0, 0] * np.exp(-((mean[:, :1] / PULL) ** 2))
    return share * whole + scale * across


def unit_shapes(human: Human, tables: Mapping[str, np.ndarray]) -> dict[int, np.ndarray]:
    """By FACS number: the left part of a unit with sides (`SIDED`), the whole of any other, [468, 3]."""
    mean, mirror = tables["neutral_mean"].astype(float), tables["mirror"].astype(int)
    shapes = on_mesh(human)
    lefts = {number: left_part(shapes, number, mirror, mean) for number in FACS}
    wholes = {number: left + flip(left, mirror) for number, left in lefts.items()}
    for number in (1, 2, 4):
        wholes[number] = refit_brow(wholes[number], mean, number)
    for number in (16, 25):
        wholes[number] = still_chin(wholes[number], mean)
    wholes |= {n: bowed_lower_lip(wholes[n], mean, deepen) for n, deepen in LOWER_LIP.items()}
    wholes[9] = calm_brow(wholes[9], mean)
    wholes[22] = round_lips(wholes[22], mean)
    wholes[43] = lids_meet(wholes[43], mean)
    wholes[12] = refit_smile(tables, wholes[12], {n: wholes[n] for n in (10, 25, 26)})
    wholes |= {n: paired_lips(whole) for n, whole in wholes.items() if n not in PARTING}
    return {n: share_out(w, lefts[n], mirror, mean) if n in SIDED else w for n, w in wholes.items()}
