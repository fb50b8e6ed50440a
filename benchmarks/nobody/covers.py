"""What may lie over a face: glasses, the person's own hand, a cup."""

import bpy
import look
import numpy as np
from mesh import Wheel
from scene import Sitter, add_mesh

SEAM = (537, 523)  # vertices where the closed lips meet in the middle
ROUND = np.linspace(0, 2 * np.pi, 49)[:-1]


def tube(
    name: str, points: np.ndarray, thick: float, material: bpy.types.Material, *, closed: bool
) -> bpy.types.Object:
    """A bent rod."""
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", thick, 4
    line = curve.splines.new("POLY")
    line.points.add(len(points) - 1)
    for place, point in zip(line.points, points, strict=True):
        place.co = (*point, 1)
    line.use_cyclic_u = closed
    curve.materials.append(material)
    made = bpy.data.objects.new(name, curve)
    bpy.context.collection.objects.link(made)
    return made


def glasses(sitter: Sitter, number: int) -> list[bpy.types.Object]:
    """Dark or coloured frames with lenses."""
    colour = ((0.01, 0.01, 0.012), (0.09, 0.03, 0.012), (0.02, 0.03, 0.08))[number % 3]
    frame, glass = look.plain("frame", colour, 0.25), look.lens()
    wide, high = 0.0245, (0.0215, 0.018, 0.0195)[number % 3]
    made, front = [], min(centre[1] - radius for centre, radius in sitter.balls) - 0.012
    power = (2.0, 4.0, 2.6)[number % 3]
    shape = np.stack([np.cos(ROUND), np.zeros_like(ROUND), np.sin(ROUND)], 1)
    shape = np.sign(shape) * np.abs(shape) ** (2 / power) * [wide, 0, high]
    middles = []
    for side, (centre, _) in zip((1, -1), sitter.balls, strict=True):
        middle = np.array([centre[0] + side * 0.001, front, centre[2] - 0.002])
        middles.append(middle)
        made.append(tube("rim", shape + middle, 0.0015, frame, closed=True))
        fan = np.concatenate([shape + middle, middle[None]])
        last = len(shape)
        made.append(add_mesh("lens", fan, np.array([[i, (i + 1) % last, last] for i in range(last)]), glass)[0])
        outer = np.add(middle, [side * wide, 0, 0.006])
        arm = np.stack([outer, np.add(outer, [side * 0.006, 0.008, 0]), np.add(outer, [side * 0.012, 0.10, -0.004])])
        made.append(tube("arm", arm, 0.0016, frame, closed=False))
    left, right = middles
    t = np.linspace(0, 1, 9)[:, None]
    bridge = np.add(right, [wide, 0, 0.004]) * (1 - t) + np.add(left, [-wide, 0, 0.004]) * t
    bridge += np.array([0, -0.003, 0.003]) * (1 - (2 * t - 1) ** 2)
    return [*made, tube("bridge", bridge, 0.0016, frame, closed=False)]


def hand(sitter: Sitter, wheel: Wheel) -> list[bpy.types.Object]:
    """The person's own left hand, flat before the mouth."""
    picked = np.zeros(len(wheel.base.points), bool)
    picked[wheel.hand()] = True
    quads = wheel.base.quads["body"]
    quads = quads[picked[quads].all(1)]
    own = sitter.neutral[picked]
    long, _, thin = np.linalg.svd(own - own.mean(0), full_matrices=False)[2]
    long = long * np.sign(long[0])  # to the fingers
    thin = thin * np.sign(thin[2])  # the back of the hand
    frame = np.stack([long, np.cross(thin, long), thin])
    up = np.array([-0.94, 0, 0.34])
    goal = np.stack([up, np.cross([0, -1.0, 0], up), [0, -1.0, 0]])
    mouth = sitter.neutral[list(SEAM)].mean(0)
    placed = (sitter.neutral - own.mean(0)) @ frame.T @ goal + mouth + [-0.022, -0.032, 0.004]
    made, part = add_mesh("hand", placed, quads, sitter.skin, 2)
    rest = part.mesh.attributes.new("rest", "FLOAT_VECTOR", "POINT")
    rest.data.foreach_set("vector", placed[part.vertices].astype("f4").ravel())
    return [made]


def cup(sitter: Sitter) -> list[bpy.types.Object]:
    """A mug before mouth and chin."""
    mouth = sitter.neutral[list(SEAM)].mean(0)
    middle = np.add(mouth, [0, -0.052, -0.028])
    bpy.ops.mesh.primitive_cylinder_add(radius=0.038, depth=0.09, vertices=64, location=middle)
    bpy.context.object.data.materials.append(look.plain("cup", (0.55, 0.12, 0.08), 0.2))
    return [bpy.context.object]


def put_on(kind: str, sitter: Sitter, wheel: Wheel, number: int) -> list[bpy.types.Object]:
    """The objects of a cover."""
    if kind == "glasses":
        return glasses(sitter, number)
    return hand(sitter, wheel) if kind == "hand" else cup(sitter)
