"""A person before a camera: geometry, light, what may cover the face."""

from dataclasses import dataclass
from pathlib import Path

import bpy
import look
import numpy as np
from cast import Person
from hair import Lashes, Strands, brow, carried, margin, scalp, strands
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from mesh import Wheel, expressed, sphere

SIDE_PX = 384
LENS_MM, SENSOR_MM = 122.0, 24.5
AWAY = 1.25
"""Metres from the camera to the eyes."""


@dataclass
class Part:
    """A mesh of the person: which vertices of the base mesh it has."""

    mesh: bpy.types.Mesh
    vertices: np.ndarray

    def move(self, points: np.ndarray) -> None:
        """Takes its places from the base mesh [n, 3]."""
        self.mesh.vertices.foreach_set("co", points[self.vertices].astype("f4").ravel())
        self.mesh.update()


def add_mesh(
    name: str, points: np.ndarray, quads: np.ndarray, material: bpy.types.Material, levels: int = 0
) -> tuple[bpy.types.Object, Part]:
    """A smooth mesh of some quads of the base mesh."""
    used, faces = np.unique(quads, return_inverse=True)
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points[used].tolist(), [], faces.reshape(quads.shape).tolist())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), bool))
    mesh.materials.append(material)
    made = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(made)
    if levels:
        divide = made.modifiers.new("divide", "SUBSURF")
        divide.levels = divide.render_levels = levels
    return made, Part(mesh, used)


class Sitter:
    """A person in the scene, who can be given an expression."""

    def __init__(self, wheel: Wheel, person: Person, textures: Path) -> None:
        base, self._wheel = wheel.base, wheel
        self.neutral = base.points + sum(share * wheel.target(name) for name, share in person.mix().items())
        self.balls = [sphere(self.neutral[base.used(f"helper-{side}-eye")]) for side in "lr"]
        self.eyes = np.mean([centre for centre, _ in self.balls], axis=0)
        self.rng = np.random.default_rng(person.seed)
        self._parts: list[Part] = []
        self._lashes: list[Lashes] = []
        self._strands: list[Strands] = []
        self._look: list[bpy.types.Object] = []
        self._body(person, textures)
        self._inside()
        self._eyes(person)
        self._hair(person)

    def _body(self, person: Person, textures: Path) -> None:
        base, at = self._wheel.base, self.neutral
        quads, corners = base.quads["body"], base.corners["body"]
        near = (at[quads][..., 2].min(1) > self.eyes[2] - 0.34) & (np.abs(at[quads][..., 0]).max(1) < 0.3)
        self.skin = look.skin(person, textures)
        self.head, part = add_mesh("body", at, quads[near], self.skin, 2)
        self._parts.append(part)
        uv = part.mesh.uv_layers.new(name="UVMap")
        uv.data.foreach_set("uv", corners[near].astype("f4").ravel())
        rest = part.mesh.attributes.new("rest", "FLOAT_VECTOR", "POINT")
        rest.data.foreach_set("vector", (at - self.eyes)[part.vertices].astype("f4").ravel())
        skull = at[part.vertices][at[part.vertices][:, 2] > self.eyes[2] - 0.02]
        self.middle = np.array([0, (skull[:, 1].min() + skull[:, 1].max()) / 2, self.eyes[2] + 0.03])
        red = self._size("cheek/l-cheek-bones-incr", "cheek/r-cheek-bones-incr", "nose/nose-point-width-incr")
        ears = self._size("ears/l-ear-trans-up", "ears/r-ear-trans-up")
        above = margin(at, self.middle, self.eyes[2])
        self.hairy = np.clip(above / 0.02, 0, 1) * (ears < 0.3) * (at[:, 2] > self.eyes[2] - 0.09)
        for name, values in (("red", red), ("shade", 0.9 * self.hairy)):
            attribute = part.mesh.attributes.new(name, "FLOAT", "POINT")
            attribute.data.foreach_set("value", values[part.vertices].astype("f4"))
        shirt = base.quads["helper-tights"]
        low = at[shirt][..., 2]
        shirt = shirt[(low.min(1) > self.eyes[2] - 0.5) & (low.max(1) < self.eyes[2] - 0.17)]
        cloth = look.plain("cloth", tuple(self.rng.uniform(0.05, 0.4, 3)), 0.9)
        add_mesh("shirt", at + np.array([0, -0.004, 0]), shirt, cloth, 1)

    def _size(self, *names: str) -> np.ndarray:
        sizes = sum(np.linalg.norm(self._wheel.target(name), axis=1) for name in names)
        return sizes / sizes.max()

    def _inside(self) -> None:
        tooth = look.plain("tooth", (0.62, 0.55, 0.45), 0.3, Coat_Weight=0.3)
        tongue = look.plain("tongue", (0.32, 0.09, 0.085), 0.35)
        for group, material in (
            ("helper-upper-teeth", tooth),
            ("helper-lower-teeth", tooth),
            ("helper-tongue", tongue),
        ):
            self._parts.append(add_mesh(group, self.neutral, self._wheel.base.quads[group], material, 1)[1])

    def _eyes(self, person: Person) -> None:
        black = look.plain("lash", (0.008, 0.006, 0.005), 0.5)
        for side, (centre, radius) in zip("lr", self.balls, strict=True):
            bpy.ops.mesh.primitive_uv_sphere_add(radius=radius * 0.985, segments=64, ring_count=48, location=centre)
            ball = bpy.context.object
            ball.data.polygons.foreach_set("use_smooth", np.ones(len(ball.data.polygons), bool))
            ball.data.materials.append(look.eye(person, radius))
            self._look.append(ball)
            self._lashes.append(Lashes(self._wheel.base, side, self.neutral, centre, black))

    def _hair(self, person: Person) -> None:
        hair = look.plain("hair", person.hair, 0.4)
        dark = look.plain("brow", tuple(0.6 * c for c in person.hair), 0.6)
        graph = bpy.context.evaluated_depsgraph_get()
        fine = self.head.evaluated_get(graph).to_mesh()
        points = np.empty(3 * len(fine.vertices), "f4")
        fine.vertices.foreach_get("co", points)
        points = points.reshape(-1, 3).astype(float)
        faces = np.array(
            [f.vertices[:3] for f in fine.polygons] + [(f.vertices[0], *f.vertices[2:4]) for f in fine.polygons]
        )
        shade = np.empty(len(points), "f4")
        fine.attributes["shade"].data.foreach_get("value", shade)
        grown = scalp(points, faces, shade**2, self.middle, person.length, self.rng)
        strands("hair", grown, 0.00011, hair)
        skin = BVHTree.FromPolygons(points.tolist(), faces.tolist())
        quads = self._wheel.base.quads["body"]
        triangles = np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])
        full = 1.25 if person.sex == "male" else 0.9
        for side, (centre, _) in zip((1, -1), self.balls, strict=True):
            hairs = brow(centre, side, full, skin, self.rng)
            self._strands.append(carried(f"brow {side}", hairs, 0.00007, dark, self.neutral, triangles))

    def show(self, units: dict[str, float]) -> np.ndarray:
        """Puts on an expression, face units by name; where the vertices [n, 3] are then."""
        move = sum((share * self._wheel.target(name) for name, share in units.items()), np.zeros_like(self.neutral))
        points = expressed(self.neutral, move, self.balls)
        for part in self._parts:
            part.move(points)
        for strand in self._strands:
            strand.move(points - self.neutral)
        for lashes in self._lashes:
            lashes.move(points)
        out = units.get("eyeLookOutLeft", 0.0)
        for ball in self._look:
            ball.rotation_euler = (0, 0, np.radians(30 * out))
        return points

    def surface(self) -> BVHTree:
        """The neutral skin."""
        return BVHTree.FromObject(self.head, bpy.context.evaluated_depsgraph_get())


def pixels(points: np.ndarray, eyes: np.ndarray) -> np.ndarray:
    """Where points [n, 3] are in the picture, px from its top left corner."""
    depth = points[:, 1] - (eyes[1] - AWAY)
    scale = LENS_MM / SENSOR_MM * SIDE_PX / depth
    x = SIDE_PX / 2 + scale * points[:, 0]
    y = SIDE_PX / 2 - scale * (points[:, 2] - (eyes[2] - 0.022))
    return np.stack([x, y], 1)


def camera(eyes: np.ndarray) -> None:
    """A level camera before the face."""
    scene = bpy.context.scene
    made = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    bpy.context.collection.objects.link(made)
    made.data.lens, made.data.sensor_width = LENS_MM, SENSOR_MM
    made.location = (0, eyes[1] - AWAY, eyes[2] - 0.022)
    made.rotation_euler = (np.pi / 2, 0, 0)
    scene.camera = made


def light(kind: str, eyes: np.ndarray) -> None:
    """`soft`: a large window in front; `hard`: a small lamp from the side. Replaces the light before."""
    for old in [o for o in bpy.data.objects if o.type == "LIGHT"]:
        bpy.data.objects.remove(old)
    lamps = {
        "soft": (((-0.35, -1.3, 0.45), 1.1, 17.0), ((0.9, -1.0, 0.1), 0.9, 3.5)),
        "hard": (((-0.95, -0.75, 0.35), 0.10, 17.0), ((0.6, -1.2, 0.0), 1.0, 1.4)),
    }[kind]
    for place, size, watts in lamps:
        data = bpy.data.lights.new("lamp", "AREA")
        data.size, data.energy = size, watts
        lamp = bpy.data.objects.new("lamp", data)
        bpy.context.collection.objects.link(lamp)
        lamp.location = Vector(place) + Vector(eyes)
        lamp.rotation_euler = (Vector(eyes) - lamp.location).to_track_quat("-Z", "Y").to_euler()


def backdrop(eyes: np.ndarray, grey: float) -> None:
    """An even wall, and a little light from all around."""
    nodes = look.Nodes("wall")
    wall = nodes.done(nodes.add("Emission", {"Color": (grey, grey, 1.05 * grey)}))
    corners = np.array([(-2, 0.8, -2), (2, 0.8, -2), (2, 0.8, 2), (-2, 0.8, 2)], float) + eyes
    made, _ = add_mesh("wall", corners, np.array([[0, 1, 2, 3]]), wall)
    made.visible_diffuse = made.visible_glossy = False
    world = bpy.data.worlds.new("world")
    bpy.context.scene.world = world
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.9, 0.95, 1, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.12
