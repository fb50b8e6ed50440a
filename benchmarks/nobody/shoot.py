"""Renders what a list says: run with a Python that has bpy (GPL: a tool of this benchmark, never part of the product).

    python shoot.py WHEEL LIST.json FOLDER

LIST.json: [{file, person, light, cover, units: {face unit: share}}]. Writes FILE.png and FILE.npz: `points` where the
468 mesh points are (px), `moved` how far the expression moved them (eye distances; x right, y up, z to the viewer).
Pictures that are there already are kept.
"""

import json
import sys
import time
from pathlib import Path

import bpy
import numpy as np
from cast import PEOPLE, Person
from covers import put_on
from mesh import Wheel
from scene import SIDE_PX, Sitter, backdrop, camera, light, pixels

POINTS = Path(__file__).resolve().parents[2] / "models/expression-basis/correspondence.csv"
SAMPLES = 6


def renderer(person: Person) -> None:
    """Cycles on one thread, few samples, denoised; dark skin gets a little more exposure, as photographers give it."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x = scene.render.resolution_y = SIDE_PX
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.render.use_persistent_data = True
    scene.render.image_settings.file_format = "PNG"
    cycles = scene.cycles
    cycles.samples, cycles.use_denoising, cycles.denoiser = SAMPLES, True, "OPENIMAGEDENOISE"
    cycles.denoising_prefilter = "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 2, 1, 1
    cycles.transparent_max_bounces, cycles.sample_clamp_indirect = 6, 4.0
    cycles.caustics_reflective = cycles.caustics_refractive = False
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.look = "Medium High Contrast"
    scene.view_settings.exposure = 0.15 + 0.22 * float(np.log2(0.44 / np.mean(person.skin)))


def shoot(wheel: Wheel, person: Person, number: int, wanted: list[dict], folder: Path) -> None:
    """All pictures of one person."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    sitter = Sitter(wheel, person, folder / "textures")
    camera(sitter.eyes)
    backdrop(sitter.eyes, 0.18 + 0.05 * number)
    renderer(person)
    table = np.loadtxt(POINTS, delimiter=",", skiprows=1)
    corners, weights = table[:, :3].astype(int), table[:, 3:, None]
    apart = float(np.linalg.norm(sitter.balls[0][0] - sitter.balls[1][0]))
    lit, cover, over = "", "", []
    for shot in wanted:
        if shot["light"] != lit:
            light(shot["light"], sitter.eyes)
        if shot["cover"] != cover:
            for old in over:
                bpy.data.objects.remove(old)
            over = put_on(shot["cover"], sitter, wheel, number) if shot["cover"] else []
        lit, cover = shot["light"], shot["cover"]
        points = sitter.show(shot["units"])
        now, rest = ((p[corners] * weights).sum(1) for p in (points, sitter.neutral))
        moved = (now - rest)[:, [0, 2, 1]] * [1, 1, -1] / apart
        began = time.perf_counter()
        bpy.context.scene.render.filepath = str(folder / shot["file"])
        bpy.ops.render.render(write_still=True)
        np.savez(folder / shot["file"], points=pixels(now, sitter.eyes), moved=moved)
        print(shot["file"], f"{time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)


def main() -> None:
    """Person by person."""
    wheel, folder = Wheel(Path(sys.argv[1])), Path(sys.argv[3])
    wanted = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    (folder / "textures").mkdir(parents=True, exist_ok=True)
    for name in ("mpfb_lips.jpg", "mpfb_inside-mouth.jpg"):
        (folder / "textures" / name).write_bytes(wheel.file(f"textures/{name}"))
    for number, person in enumerate(PEOPLE):
        left = [s for s in wanted if s["person"] == person.name and not (folder / f"{s['file']}.npz").exists()]
        if left:
            shoot(wheel, person, number, left, folder)


if __name__ == "__main__":
    main()
