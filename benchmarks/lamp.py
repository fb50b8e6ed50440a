"""A lamp at the side of a face, for `bare.py`: shading and cast shadows of the surface that the mesh points span."""

import cv2
import numpy as np
from easel import Easel

CELLS = 24
"""Cells of the surface for one eye distance."""
EXTENT = (-1.7, 1.7, -1.9, 2.5)
"""Face coordinates x0, x1, y0, y1 of it, y down."""
HUES = (0.6, 1.5)
"""Of the light around against the lamp: walls and sky."""
_EVERY = 2  # every second mesh point carries the spline
_SMOOTHING = 1e-3
_STEPS, _STEP = 48, 1.0  # of a ray towards the lamp, cells
_GAMMA = 2.2


def hard_light(easel: Easel) -> None:
    """One lamp 30 to 80 degrees to the side, below to high above, small to large, and light around of another hue."""
    rng = easel.rng
    aside, up = np.radians(rng.uniform(30, 80)) * rng.choice([-1, 1]), np.radians(rng.uniform(-15, 50))
    lamp = np.array([np.sin(aside) * np.cos(up), -np.sin(up), np.cos(aside) * np.cos(up)])
    around, edge = rng.uniform(0.04, 0.35), rng.uniform(0.02, 0.15)
    height = surface(easel)
    lit, shine = _shaded(height, lamp)
    reached = _reached(height, lamp, edge)
    light = around * rng.uniform(*HUES, 3) + (lit * reached)[..., None]
    light /= np.percentile(light[_middle()].mean(-1), rng.uniform(50, 90))
    lay_light(easel, light, (shine * reached)[..., None] * rng.uniform(0, 0.2) * np.ones(3))


def surface(easel: Easel) -> np.ndarray:
    """Height of the face towards the viewer in cells [rows, columns]: a smoothing thin-plate spline of its points."""
    points = easel.mesh[:468:_EVERY]
    at = np.stack([easel.local(p) for p in points[:, :2]])
    depth = -(points[:, 2] - points[:, 2].mean()) / easel.unit * CELLS
    count = len(at)
    tail = np.concatenate([np.ones((count, 1)), at], 1)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _kernel(at, at) + _SMOOTHING * np.eye(count)
    system[:count, count:], system[count:, :count] = tail, tail.T
    weights = np.linalg.solve(system, np.concatenate([depth, np.zeros(3)]))
    grid = _grid().reshape(-1, 2)
    flat = np.concatenate([_kernel(grid, at), np.ones((len(grid), 1)), grid], 1) @ weights
    height = flat.reshape(_grid().shape[:2]).clip(depth.min() * 1.5, depth.max())
    return cv2.GaussianBlur(height, (0, 0), 0.7)


def lay_light(easel: Easel, light: np.ndarray, shine: np.ndarray) -> None:
    """Multiplies the picture, in linear light, by `light` of the surface, then adds `shine`; both [..., 3]."""
    tall, wide = easel.picture.shape[:2]
    y, x = np.mgrid[:tall, :wide].astype(np.float32)
    away = np.stack([x - easel.origin[0], y - easel.origin[1]], -1) / easel.unit
    column = ((away @ easel.across - EXTENT[0]) * CELLS).astype(np.float32)
    row = ((away @ easel.down - EXTENT[2]) * CELLS).astype(np.float32)
    gain, more = (
        cv2.remap(m.astype(np.float32), column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for m in (light, shine)
    )
    easel.picture = 255 * ((easel.picture.clip(0) / 255) ** _GAMMA * gain + more).clip(0, 1) ** (1 / _GAMMA)


def _shaded(height: np.ndarray, lamp: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lambert's cosine, and a gloss (Blinn 1977)."""
    down, across = np.gradient(height)
    normal = np.stack([-across, -down, np.ones_like(height)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    half = lamp + np.array([0, 0, 1])
    return (normal @ lamp).clip(0), (normal @ (half / np.linalg.norm(half))).clip(0) ** 16


def _reached(height: np.ndarray, lamp: np.ndarray, edge: float) -> np.ndarray:
    """Share of the lamp seen from each place: least clearance of the ray by its length, over the lamp's size."""
    free = np.full_like(height, np.inf)
    row, column = np.mgrid[: height.shape[0], : height.shape[1]].astype(np.float32)
    for n in range(2, _STEPS):
        far = n * _STEP
        there = cv2.remap(
            height.astype(np.float32), (column + lamp[0] * far).astype(np.float32),
            (row + lamp[1] * far).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
            borderValue=float(height.min()),
        )  # fmt: skip
        free = np.minimum(free, (height + lamp[2] * far - there + 0.15) / far)
    share = (free / edge * 0.5 + 0.5).clip(0, 1)
    return cv2.GaussianBlur(share, (0, 0), 0.6)


def _middle() -> np.ndarray:
    x, y = _grid()[..., 0], _grid()[..., 1]
    found: np.ndarray = np.hypot(x / 0.9, (y - 0.45) / 1.2) < 1
    return found


def _kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    squared = ((a[:, None] - b[None]) ** 2).sum(-1)
    return squared * np.log(squared.clip(1e-12))


def _grid() -> np.ndarray:
    columns, rows = (round((high - low) * CELLS) + 1 for low, high in (EXTENT[:2], EXTENT[2:]))
    y, x = np.meshgrid(np.linspace(*EXTENT[2:], rows), np.linspace(*EXTENT[:2], columns), indexing="ij")
    return np.stack([x, y], -1)
