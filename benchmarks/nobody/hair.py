"""Hair, brows and lashes as curves. Brows and lashes move with the skin that they stand on."""

from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from mesh import Base

ANGLES = (0, 20, 38, 52, 62, 71, 79, 86, 93, 104, 118, 135, 180)
HAIRLINE = (0.074, 0.075, 0.073, 0.060, 0.042, 0.020, -0.016, -0.006, 0.012, -0.006, -0.040, -0.055, -0.060)
"""Height over the eyes (metres) at each angle (degrees) from the front, round the middle of the head."""


@dataclass
class Strands:
    """Curves and the skin that carries them: of every strand a triangle of the base mesh and where in it."""

    curves: bpy.types.Curves
    points: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray

    def move(self, moved: np.ndarray) -> None:
        """Follows the displacement [n, 3] of the base mesh."""
        shift = (moved[self.triangles] * self.weights[..., None]).sum(1)
        put_points(self.curves, self.points + shift[:, None])


def put_points(curves: bpy.types.Curves, points: np.ndarray) -> None:
    """Where the points of all strands are, [strands, points, 3]."""
    curves.attributes["position"].data.foreach_set("vector", points.astype("f4").ravel())
    curves.update_tag()


def strands(name: str, points: np.ndarray, thick: float, material: bpy.types.Material) -> bpy.types.Curves:
    """New curves, thinner towards their tips."""
    count, steps, _ = points.shape
    curves = bpy.data.hair_curves.new(name)
    curves.add_curves([steps] * count)
    put_points(curves, points)
    radius = curves.attributes.get("radius") or curves.attributes.new("radius", "FLOAT", "POINT")
    radius.data.foreach_set("value", np.tile(thick * (1 - 0.7 * np.linspace(0, 1, steps) ** 2), count).astype("f4"))
    curves.materials.append(material)
    bpy.context.collection.objects.link(bpy.data.objects.new(name, curves))
    return curves


def margin(points: np.ndarray, middle: np.ndarray, eyes: float) -> np.ndarray:
    """How far above the hairline points are, metres."""
    off = points - middle
    angle = np.degrees(np.abs(np.arctan2(off[:, 0], -off[:, 1])))
    return points[:, 2] - eyes - np.interp(angle, ANGLES, HAIRLINE)


def scalp(
    points: np.ndarray,
    faces: np.ndarray,
    share: np.ndarray,
    middle: np.ndarray,
    length: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Strands over the head, combed back and down: [strands, points, 3]. `share` [n]: where hair grows."""
    count = 9000
    a, b, c = (points[faces[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)
    area = np.linalg.norm(cross, axis=1)
    chance = area * share[faces].mean(1)
    chosen = rng.choice(len(faces), count, p=chance / chance.sum())
    u, v = np.sort(rng.random((2, count, 1)), axis=0)
    roots = a[chosen] * u + b[chosen] * (v - u) + c[chosen] * (1 - v)
    normal = cross[chosen] / area[chosen, None]
    front = np.clip(-(roots - middle)[:, 1:2] / 0.1, 0, 1)
    way = np.array([0, 0.9, -0.25]) * front + np.array([0, 0.35, -0.9]) * (1 - front)
    way = way - (way * normal).sum(1, keepdims=True) * normal + 0.18 * rng.normal(size=roots.shape)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    t = np.linspace(0, 1, 6)[None, :, None]
    long = length * rng.uniform(0.6, 1.1, (count, 1, 1))
    lift = normal[:, None] * (0.55 * t - 0.35 * t**2)
    return roots[:, None] + long * (way[:, None] * t * 0.85 + lift)


def brow(eye: np.ndarray, side: int, full: float, skin: BVHTree, rng: np.random.Generator) -> np.ndarray:
    """One brow over an eye: [strands, points, 3]."""
    count = int(650 * full)
    u, v = rng.random(count) ** 1.15, np.clip(rng.normal(0, 0.42, count), -1, 1)
    x = np.interp(u, (0, 0.3, 0.65, 1), (-0.0155, -0.001, 0.015, 0.0275))
    z = np.interp(u, (0, 0.3, 0.65, 0.82, 1), (0.0145, 0.0172, 0.0198, 0.0187, 0.0153))
    z = z + v * np.interp(u, (0, 0.12, 0.5, 1), (0.0030, 0.0044, 0.0036, 0.0016))
    lean = np.radians(np.interp(u, (0, 0.15, 0.4, 0.75, 1), (78, 52, 24, 2, -20)) + rng.normal(size=count) * 6)
    t = np.linspace(0, 1, 5)[:, None]
    out = []
    for i in range(count):
        root, normal, _, _ = skin.ray_cast(Vector((eye[0] + side * x[i], -0.5, eye[2] + z[i])), Vector((0, 1, 0)))
        if root is None:
            continue
        way = np.array([side * np.cos(lean[i]), 0, np.sin(lean[i])])
        way -= (way @ np.array(normal)) * np.array(normal)
        way /= np.linalg.norm(way)
        out.append(
            np.array(root) + 0.0075 * rng.uniform(0.6, 1.1) * (t * way + np.array(normal) * (0.14 * t - 0.1 * t**2))
        )
    return np.array(out)


def carried(
    name: str, points: np.ndarray, thick: float, material: bpy.types.Material, base: np.ndarray, faces: np.ndarray
) -> Strands:
    """Strands bound to the base mesh where their roots are."""
    tree = BVHTree.FromPolygons(base.tolist(), faces.tolist())
    bound = np.array([faces[tree.find_nearest(Vector(root))[2]] for root in points[:, 0]])
    a, b, c = (base[bound[:, i]] for i in range(3))
    on = np.stack([b - a, c - a], -1)
    found = np.einsum("nij,nj->ni", np.linalg.pinv(on), points[:, 0] - a)
    weights = np.concatenate([1 - found.sum(1, keepdims=True), found], 1)
    return Strands(strands(name, points, thick, material), points, bound, weights)


class Lashes:
    """Lashes on the strips that the base mesh has for them."""

    def __init__(
        self, base: Base, side: str, neutral: np.ndarray, eye: np.ndarray, material: bpy.types.Material
    ) -> None:
        rng = np.random.default_rng(7)
        quads, u = [], []
        for quad in np.concatenate([base.quads[f"helper-{side}-eyelashes-{k}"] for k in (1, 2)]):
            near = np.linalg.norm(neutral[quad] - eye, axis=1)
            turned = np.roll(quad, -int(np.argmin(near + np.roll(near, -1))))
            upper = neutral[turned[:2], 2].mean() > eye[2] - 0.0005
            for _ in range(7 if upper else 3):
                quads.append(turned)
                u.append(rng.random())
        self._quads, self._u = np.array(quads), np.array(u)[:, None]
        self._up = np.where(neutral[self._quads[:, :2], 2].mean(1) > eye[2] - 0.0005, 1.0, -0.5)[:, None, None]
        self._long = 0.0046 * rng.uniform(0.7, 1.15, (len(u), 1)) * np.where(self._up[:, 0] > 0, 1, 0.5)
        self.curves = strands(f"lashes {side}", self._at(neutral), 0.00007, material)

    def _at(self, points: np.ndarray) -> np.ndarray:
        a0, a1, b1, b0 = (points[self._quads[:, i]] for i in range(4))
        root, tip = a0 + (a1 - a0) * self._u, b0 + (b1 - b0) * self._u
        way = tip - root
        way = way / np.linalg.norm(way, axis=1, keepdims=True) + np.array([0, -0.6, 0])
        way = way / np.linalg.norm(way, axis=1, keepdims=True) * self._long
        t = np.linspace(0, 1, 5)[None, :, None]
        curl = np.array([0, -0.2, 0.3]) * self._up * self._long[:, None]
        return root[:, None] + way[:, None] * t + curl * (t**2 - 0.6 * t)

    def move(self, points: np.ndarray) -> None:
        """Follows the base mesh [n, 3]."""
        put_points(self.curves, self._at(points))
