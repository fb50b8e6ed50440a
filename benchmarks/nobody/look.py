"""Materials: skin with pores, lips, eyes, hair. All procedural, laid on the face at rest, so that it moves along."""

from pathlib import Path

import bpy
import numpy as np
from cast import Person

Colour = tuple[float, float, float]
GRAIN_PX, ACROSS = 1024, 0.28


class Nodes:
    """A material under construction."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self.out = self.add("OutputMaterial")

    def add(self, kind: str, inputs: dict | None = None, **settings: object) -> bpy.types.Node:
        """A shader node with its inputs: values or sockets."""
        node = self.tree.nodes.new("ShaderNode" + kind)
        for key, value in settings.items():
            setattr(node, key, value)
        for key, value in (inputs or {}).items():
            self.put(node.inputs[key], value)
        return node

    def put(self, socket: bpy.types.NodeSocket, value: object) -> None:
        """Sets or links an input."""
        if isinstance(value, bpy.types.Node):
            value = value.outputs[0]
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, tuple) and socket.type == "RGBA":
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value

    def math(self, how: str, a: object, b: object = 0.0, c: object = 0.0) -> bpy.types.NodeSocket:
        """Arithmetic."""
        return self.add("Math", {0: a, 1: b, 2: c}, operation=how).outputs[0]

    def noise(self, at: object, scale: float, detail: float = 3.0) -> bpy.types.NodeSocket:
        """Noise from 0 to 1."""
        return self.add("TexNoise", {"Vector": at, "Scale": scale, "Detail": detail}).outputs["Fac"]

    def ramp(self, value: object, low: float, high: float, first: float, last: float) -> bpy.types.NodeSocket:
        """A smooth step."""
        inputs = {0: value, 1: low, 2: high, 3: first, 4: last}
        return self.add("MapRange", inputs, interpolation_type="SMOOTHSTEP").outputs[0]

    def mix(self, share: object, a: object, b: object, how: str = "MIX") -> bpy.types.NodeSocket:
        """Colours mixed."""
        node = self.add("Mix", data_type="RGBA", blend_type=how)
        for socket, value in ((0, share), (6, a), (7, b)):
            self.put(node.inputs[socket], value)
        return node.outputs[2]

    def done(self, shader: bpy.types.Node) -> bpy.types.Material:
        """The material."""
        self.put(self.out.inputs[0], shader)
        return self.material


def skin(person: Person, textures: Path) -> bpy.types.Material:
    """Skin with blotches and pores, lips, roots of hair, dark inside of the mouth."""
    n = Nodes("skin")
    rest = n.add("Attribute", attribute_name="rest").outputs["Vector"]
    at = n.add("SeparateXYZ", {0: rest})
    x, z = (n.math("MULTIPLY_ADD", at.outputs[i], 1 / ACROSS, 0.5) for i in (0, 2))
    grain = n.add("TexImage", {"Vector": n.add("CombineXYZ", {0: x, 1: z})}, image=_grain(person.seed))
    spots, height, lined = (n.add("SeparateColor", {0: grain.outputs[0]}).outputs[i] for i in range(3))
    lips, inside = (_picture(n, textures / name) for name in ("mpfb_lips.jpg", "mpfb_inside-mouth.jpg"))
    colour = n.mix(
        n.math("MULTIPLY_ADD", spots, 0.9, 0.05),
        tuple(0.72 * c for c in person.skin),
        tuple(1.25 * c for c in person.skin),
    )
    red = n.add("Attribute", attribute_name="red").outputs["Fac"]
    colour = n.mix(n.math("MULTIPLY", red, 0.75), colour, (1.0, 0.72, 0.68), "MULTIPLY")
    colour = n.mix(n.add("Attribute", attribute_name="shade").outputs["Fac"], colour, person.hair)
    mouth = n.mix(lined, tuple(0.75 * c for c in person.lips), tuple(1.15 * c for c in person.lips))
    colour = n.mix(n.math("MULTIPLY", lips, 0.85), colour, mouth)
    colour = n.mix(inside, colour, (0.16, 0.035, 0.03))
    bump = n.add("Bump", {"Strength": 0.5, "Distance": 0.0006, "Height": n.math("MULTIPLY_ADD", lined, lips, height)})
    rough = n.math("MULTIPLY_ADD", lips, -0.12, n.math("MULTIPLY_ADD", spots, 0.16, 0.40))
    return n.done(n.add("BsdfPrincipled", {
        "Base Color": colour, "Roughness": rough, "Normal": bump, "Specular IOR Level": 0.25,
    }))  # fmt: skip


def _grain(seed: int) -> bpy.types.Image:
    """Blotches and freckles, pores, lines of the lips: seen from the front, `ACROSS` metres wide."""
    rng = np.random.default_rng(seed)
    spots = 0.5 + 0.09 * _noise(rng, 0.012) + 0.08 * _noise(rng, 0.003) + 0.09 * _noise(rng, 0.0008)
    freckles = np.clip(_noise(rng, 0.0011) - 2.3, 0, 1) * np.clip(0.5 + _noise(rng, 0.02), 0, 1)
    height = 0.5 + 0.14 * _noise(rng, 0.0006) + 0.12 * _noise(rng, 0.0018)
    lined = 0.5 + 0.25 * _noise(rng, 0.0005, 6)
    layers = np.stack([spots - 0.5 * freckles, height, lined, np.ones_like(spots)], -1)
    image = bpy.data.images.new(f"grain {seed}", GRAIN_PX, GRAIN_PX, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    image.pixels.foreach_set(np.clip(layers, 0, 1).astype("f4").ravel())
    return image


def _noise(rng: np.random.Generator, size: float, long: float = 1.0) -> np.ndarray:
    """Noise of mean 0 and spread 1 with features of a size in metres, `long` times as high as wide."""
    wave = np.fft.fftfreq(GRAIN_PX, ACROSS / GRAIN_PX)
    far = (wave[None] * size) ** 2 + (wave[:, None] * size * long) ** 2
    found = np.fft.ifft2(np.fft.fft2(rng.normal(size=(GRAIN_PX, GRAIN_PX))) * np.exp(-4 * far)).real
    return found / found.std()


def _picture(n: Nodes, path: Path) -> bpy.types.NodeSocket:
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    return n.ramp(n.add("TexImage", image=image).outputs[0], 0.25, 0.75, 0.0, 1.0)


def eye(person: Person, radius: float) -> bpy.types.Material:
    """Iris, pupil and white under one clear coat; the eye looks along -y of the object."""
    n = Nodes("eye")
    at = n.add("SeparateXYZ", {0: n.add("TexCoord").outputs["Object"]})
    x, _, z = (at.outputs[i] for i in range(3))
    off = n.math("DIVIDE", n.math("SQRT", n.math("ADD", n.math("MULTIPLY", x, x), n.math("MULTIPLY", z, z))), radius)
    angle = n.math("ARCTAN2", z, x)
    rays = n.add(
        "CombineXYZ",
        {
            0: n.math("MULTIPLY", n.math("COSINE", angle), 9.0),
            1: n.math("MULTIPLY", n.math("SINE", angle), 9.0),
            2: n.math("MULTIPLY", off, 3.0),
        },
    )
    colour = n.mix(
        n.ramp(n.noise(rays, 1.6, 2), 0.35, 0.65, 0.0, 1.0), person.iris, tuple(1.8 * c for c in person.iris)
    )
    colour = n.mix(n.ramp(off, 0.36, 0.43, 0.0, 0.85), colour, (0.016, 0.011, 0.009))
    colour = n.mix(n.ramp(off, 0.15, 0.18, 1.0, 0.0), colour, (0.002, 0.002, 0.002))
    white = n.mix(n.ramp(off, 0.5, 1.0, 0.0, 0.6), (0.60, 0.54, 0.50), (0.47, 0.34, 0.28))
    colour = n.mix(n.ramp(off, 0.42, 0.46, 0.0, 1.0), colour, white)
    return n.done(
        n.add(
            "BsdfPrincipled",
            {
                "Base Color": colour,
                "Roughness": 0.5,
                "Coat Weight": 0.5,
                "Coat Roughness": 0.04,
                "Specular IOR Level": 0.0,
            },
        )
    )


def plain(name: str, colour: Colour, rough: float = 0.5, **inputs: object) -> bpy.types.Material:
    """One colour."""
    n = Nodes(name)
    return n.done(
        n.add(
            "BsdfPrincipled",
            {"Base Color": colour, "Roughness": rough, **{k.replace("_", " "): v for k, v in inputs.items()}},
        )
    )


def lens() -> bpy.types.Material:
    """Thin glass: what is behind it, and a weak mirror."""
    n = Nodes("lens")
    share = n.math("MULTIPLY", n.add("Fresnel", {"IOR": 1.5}).outputs[0], 0.25)
    return n.done(
        n.add("MixShader", {0: share, 1: n.add("BsdfTransparent"), 2: n.add("BsdfGlossy", {"Roughness": 0.02})})
    )
