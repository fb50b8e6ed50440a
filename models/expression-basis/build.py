"""Rebuilds `basis.safetensors`: `python build.py TABLES.npz MEDIAPIPE_WHEEL READERS.npz [OUT]` (needs scipy).

TABLES.npz holds means over consenting people and unit shapes, see CARD.md. The wheel (mediapipe 0.10.21, Apache-2.0)
gives only the list of mesh edges. READERS.npz comes from `benchmarks/measuring_error.py --fit READERS.npz`: what
the landmark network shows of each unit in rendered pictures, and how units are read from that. Where shapes or folds
have changed, build, fit and build again: readers change no pixel, so the second round is final.
"""

# ruff: noqa: INP001 - a script beside its result

import re
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import scipy.linalg as la
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from safetensors.numpy import save_file

SMILE_SCALE = 1.6  # intensity 1 of AU12 is 1.6 mean closed smiles, so that 0.6 is about one
ATLAS_PX = 384
MAP_STEP = 1 / 200  # log gain of one int8 step
LIPS_UPPER = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308]
LIPS_LOWER = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308]
BROWS_TOP = [70, 63, 105, 66, 107, 300, 293, 334, 296, 336]
BROWS_BOTTOM = [46, 53, 52, 65, 55, 276, 283, 282, 295, 285]
INNER_THIRD = slice(3, 5)  # of the five points of a brow
BAND = 0.05  # beyond a brow's edge, inter-ocular units
FOREHEAD = 0.5  # fall-off above a brow
LASHES = 0.04  # kept still above the lid where a brow goes up; a frown needs the room
FROWN_SCALE = 1.25  # of AU4's source, whose frown is slight
LID_RIM = ([0, 0.25, 0.31, 0.38, 0.47, 0.56, 0.64, 0.72, 0.85, 1.0], [0, 0, 0.03, 0.07, 0.11, 0.11, 0.09, 0.05, 0, 0])
RIGID = [33, 133, 263, 362, 168, 6, 8, 9, 151, 127, 356, 234, 454, 21, 251]
IDENTITY_MODES = 24


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


def densify(mean: np.ndarray, faces: np.ndarray) -> tuple[sp.csr_matrix, np.ndarray]:
    """Biharmonic weights [dense, 468] that pass through the mesh points, and the fine triangles."""
    first, f1 = subdivide(len(mean), faces)
    second, f2 = subdivide(first.shape[0], f1)
    linear = (second @ first).tocsr()
    lap = laplacian(linear @ mean, f2)
    q, n = (lap.T @ lap).tocsc(), len(mean)
    inner = sla.splu(q[n:, n:]).solve(-q[n:, :n].toarray())
    inner[np.abs(inner) < 2e-3] = 0
    inner /= inner.sum(1, keepdims=True)
    return sp.vstack([sp.eye(n), sp.csr_matrix(inner)]).tocsr(), f2


def identity_modes(mean: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The smoothest ways in which faces differ: lowest eigenvectors [24, 468] of the mesh Laplacian."""
    lap = laplacian(mean, faces).toarray()
    _, vectors = la.eigh(lap.T @ lap, subset_by_index=[0, IDENTITY_MODES - 1])
    return (vectors * np.sqrt(len(mean))).T


def without_nod(shape: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Takes out the small rigid motion of the head that was left in a mean displacement."""
    a, b = mean[RIGID], (mean + shape)[RIGID]
    u, _, vt = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
    turn = u @ vt
    return (mean + shape - b.mean(0)) @ turn.T + a.mean(0) - mean


def refit_smile(t: dict[str, np.ndarray], shape: np.ndarray) -> np.ndarray:
    """AU12 from the mean closed smile: no rigid motion, symmetric, still above the lower lids and on the nose."""
    mean = t["neutral_mean"].astype(float)
    smile = without_nod(t["smile_closed"].astype(float), mean)
    smile = (smile + smile[t["mirror"]] * [-1, 1, 1]) / 2
    x, y = np.abs(mean[:, 0]), mean[:, 1]
    below = 1 / (1 + np.exp((y + 0.17) / 0.05))
    nose = np.exp(-((x / 0.17) ** 2) - ((y + 0.42) / 0.22) ** 2)
    rim = 1 / (1 + np.exp((y + 0.3) / 0.1)) * np.clip((1.05 - x) / 0.25, 0, 1)
    out = smile * (below * (1 - 0.85 * nose) * np.maximum(rim, np.clip((1.0 - x) / 0.3, 0, 1)))[:, None] * SMILE_SCALE
    depth = (out[:, :2] * shape[:, :2]).sum() / (shape[:, :2] ** 2).sum()
    out[:, 2] = shape[:, 2] * depth
    pair = (out[LIPS_UPPER] + out[LIPS_LOWER]) / 2
    out[LIPS_UPPER] = out[LIPS_LOWER] = pair
    return out


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
        along *= FROWN_SCALE
        along[:, 1] = np.minimum(along[:, 1], along[:, 1][INNER_THIRD].min())
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


def still_nose(shape: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """AU15 without the part of its source that pulls the nose down."""
    rim = -0.45 - 0.25 * np.exp(-((mean[:, 0] / 0.4) ** 2))
    return shape * smooth_step((rim - mean[:, 1]) / 0.25)[:, None]


def atlas_axes(extent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Canonical x and y of the atlas pixels."""
    yy, xx = np.mgrid[:ATLAS_PX, :ATLAS_PX]
    x0, x1, y0, y1 = extent
    return (xx + 0.5) / ATLAS_PX * (x1 - x0) + x0, y1 - (yy + 0.5) / ATLAS_PX * (y1 - y0)


def smile_map(ratio: np.ndarray, extent: np.ndarray) -> np.ndarray:
    """The measured smile ratio image, softened, without the rim of the head."""
    x, y = atlas_axes(extent)
    rim = np.clip((1 - np.hypot(x / 1.02, (y + 0.35) / 1.35)) / 0.18, 0, 1)
    return cv2.GaussianBlur(np.clip(ratio.astype(np.float32) * rim, -0.5, 0.25).astype(np.float32), (0, 0), 1.6)


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
    """Authored folds at intensity 1: glabella (AU4), forehead (AU1, AU2), below the mouth corners (AU15)."""
    x, _ = atlas_axes(extent)
    t = np.linspace(-1, 1, 21)
    k = np.linspace(0, 1, 12)
    left = [(-0.125 - 0.035 * q + 0.012 * np.sin(5 * q), 0.20 + 0.20 * q) for q in k]
    right = [(0.14 + 0.03 * q - 0.012 * np.sin(4 * q + 1), 0.19 + 0.24 * q) for q in k]
    brow = sum(
        crease([(0.62 * q, 0.62 + 0.16 * j + 0.05 * np.cos(q * 3.1 + j) - 0.07 * q * q) for q in t], 0.016, d, extent)
        for j, d in ((0, 0.14), (1, 0.16), (2, 0.11))
    )
    middle = np.exp(-((x / 0.38) ** 2))
    mouth = sum(crease([(s * (0.47 + 0.05 * q), -1.15 - 0.17 * q) for q in k], 0.03, 0.20, extent) for s in (-1, 1))
    return {
        "gain_au1": brow * middle,
        "gain_au2": brow * (1 - middle) * 0.8,
        "gain_au4": crease(left, 0.036, 0.15, extent) + crease(right, 0.036, 0.12, extent),
        "gain_au15": mouth,
    }


def build(tables: Path, wheel: Path, readers: Path, out: Path) -> None:
    """Writes the basis."""
    t, r = dict(np.load(tables)), np.load(readers)
    mean = t["neutral_mean"].astype(float)
    names = [str(n) for n in t["au_names"]]
    faces = mesh_triangles(wheel)
    weights, fine = densify(mean, faces)
    units = t["au_basis"].astype(float)
    units[names.index("AU12")] = refit_smile(t, units[names.index("AU12")])
    units[names.index("AU15")] = still_nose(units[names.index("AU15")], mean)
    for number in (1, 2, 4):
        units[names.index(f"AU{number}")] = refit_brow(units[names.index(f"AU{number}")], mean, number)
    extent = t["smile_log_ratio_extent"].astype(float)
    maps = {"gain_au12": smile_map(t["smile_log_ratio"], extent), **crease_maps(extent)}
    tensors = {
        "units": units.astype(np.float32),
        "unit_numbers": np.array([int(n[2:]) for n in names], np.int16),
        "mean": mean.astype(np.float32),
        "mirror": t["mirror"].astype(np.int16),
        "stable": t["stable"].astype(np.int16),
        "oval": t["oval"].astype(np.int16),
        "triangles": fine.astype(np.int16),
        "dense_rows": weights.indptr.astype(np.int32),
        "dense_columns": weights.indices.astype(np.int16),
        "dense_weights": weights.data.astype(np.float16),
        "responses": r["responses"].astype(np.float32),
        "readers": r["readers"].astype(np.float32),
        "reader_numbers": r["numbers"].astype(np.int16),
        "identity": identity_modes(mean, faces).astype(np.float32),
        "atlas_extent": extent.astype(np.float32),
        **{k: np.round(np.clip(v / MAP_STEP, -127, 127)).astype(np.int8) for k, v in maps.items()},
    }
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, out)


if __name__ == "__main__":
    here = Path(__file__).parent / "basis.safetensors"
    build(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]) if len(sys.argv) > 4 else here)
