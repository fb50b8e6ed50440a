"""How fast one face is edited: each step and the whole, by picture size, beside what else one could install.

    python benchmarks/render.py [--device cuda] [--sizes 0.25,1,12,24] [--repeat 5]

The picture is the made-up portrait, enlarged; the plan an open smile with raised brows. `perceive` is the product's own
way (seven jittered crops twice), `perceive_once` the same without them. Each size runs in a process of its own, so that
peak memory is its own. Floor: the bytes of the face's box, read and written once as float32.

Peers, driven by the same moved points on the same picture: a thin-plate spline of scikit-image on every pixel, and one
of scipy on a grid of 64 cells with OpenCV's remap; for perception, networks in LiteRT (MediaPipe's run time). Times are
medians in ms; `peers` are ratios, above 1 where we are faster.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import common
import cv2
import numpy as np
import torch

from countenance.adapters.editors.warp import WarpEngine, build
from countenance.adapters.images.vips import build as vips
from countenance.adapters.models.store import ModelStore
from countenance.edit.face import landmarks as perception
from countenance.edit.face.pose import canonical_shape, estimate_pose
from countenance.edit.measure import measure
from countenance.edit.render import render
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.propose import on_picture
from countenance.settings import Settings

HERE = Path(__file__).resolve().parent
PORTRAIT = HERE.parent / "examples" / "portrait.jpg"
PLAN = {"AU12": 600, "AU25": 500, "AU6": 300, "AU1": 200, "AU2": 200}
ONCE = (1, 1)  # rounds of perception without jittered crops
BATCHES = (1, 8, 32, 64)


def picture(megapixels: float, device: str) -> torch.Tensor:
    """The portrait, square, of this many megapixels, 8 bit values."""
    side = round((megapixels * 1e6) ** 0.5)
    image = cv2.resize(cv2.imread(str(PORTRAIT)), (side, side), interpolation=cv2.INTER_CUBIC)[:, :, ::-1]
    return (torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255).to(device)


def timed(step: Callable[[], Any], device: str, repeat: int) -> tuple[float, Any]:
    """Median time in ms, and the last result; the first call is not counted."""
    times, result = [], step()
    for _ in range(repeat):
        start = time.perf_counter()
        result = step()
        if device != "cpu":
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - start))
    return round(statistics.median(times), 1), result


def one_size(megapixels: float, device: str, threads: int, repeat: int) -> dict[str, Any]:
    """Every step at one size."""
    torch.set_num_threads(threads)
    settings = Settings.load({})
    engine = build(ModelStore(settings.models, settings.model_cache, device))
    pixels = picture(megapixels, device)
    steps: dict[str, float] = {}
    steps["detect"], boxes = timed(lambda: engine.detect(pixels), device, repeat)
    steps["perceive"], reading = timed(lambda: engine.perceive(pixels, boxes[0]), device, repeat)
    jittered, perception._ROUNDS = perception._ROUNDS, ONCE  # noqa: SLF001 - the product has no such switch
    steps["perceive_once"], _ = timed(lambda: engine.perceive(pixels, boxes[0]), device, repeat)
    perception._ROUNDS = jittered  # noqa: SLF001
    steps["propose"], _ = timed(lambda: engine.propose(pixels, reading, PLAN, seed=0), device, repeat)
    steps["propose_and_guard"], edited = timed(lambda: render(pixels, reading, PLAN, engine, seed=0), device, repeat)
    steps["measure"], _ = timed(lambda: measure(pixels, reading, edited, engine), device, repeat)
    steps["edit_without_jitter"] = round(steps["detect"] + steps["perceive_once"] + steps["propose_and_guard"], 1)
    steps["edit_and_measure"] = round(
        steps["detect"] + steps["perceive"] + steps["propose_and_guard"] + steps["measure"], 1
    )
    x0, y0, x1, y1 = boxes[0]
    found = {
        "megapixels": megapixels,
        "threads": threads,
        "ms": steps,
        "floor_bytes": 2 * 3 * 4 * (x1 - x0) * (y1 - y0),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if device != "cpu":
        found["peak_device_mb"] = torch.cuda.max_memory_allocated() // 2**20
    elif threads == 1:
        found["codec_ms"] = codec(pixels, repeat)
        found["peers"] = peers(pixels, engine, reading, steps, repeat, whole=megapixels <= 1)
    if megapixels == 1:
        found["batches"] = batches(engine, pixels, reading, device, repeat)
    return found


def codec(pixels: torch.Tensor, repeat: int) -> dict[str, float]:
    """Reading and writing the file, which frames every edit."""
    from countenance.media.ports import Picture  # noqa: PLC0415

    found: dict[str, float] = {}
    shown = Picture(pixels=pixels)
    for kind in ("image/jpeg", "image/png"):
        found[f"write {kind}"], data = timed(
            lambda kind=kind: vips().encode(shown, kind, xmp=b"<x/>"), "cpu", min(repeat, 2)
        )
        found[f"read {kind}"], _ = timed(lambda data=data, kind=kind: vips().decode(data, kind), "cpu", min(repeat, 2))
    return found


def batches(engine: WarpEngine, pixels: torch.Tensor, reading: Any, device: str, repeat: int) -> dict[str, Any]:
    """Many faces: crops through the mesh network together, edits one after the other. ms a face."""
    found: dict[str, Any] = {}
    crop = torch.rand(1, perception.CROP_PX, perception.CROP_PX, 3, device=device)
    for count in BATCHES:
        network, _ = timed(lambda count=count: engine.mesh(crop.expand(count, -1, -1, -1)), device, max(1, repeat // 2))
        edits, _ = timed(
            lambda count=count: [engine.propose(pixels, reading, PLAN, seed=0) for _ in range(count)], device, 1
        )
        found[str(count)] = {"mesh_network": round(network / count, 2), "propose": round(edits / count, 2)}
    return found


def peers(
    pixels: torch.Tensor, engine: WarpEngine, reading: Any, steps: dict[str, float], repeat: int, *, whole: bool
) -> dict[str, Any]:
    """Times of what else can be installed, and the ratio to ours."""
    basis = engine.basis
    pose = estimate_pose(reading.landmarks, basis.mean, basis.stable)
    moved = on_picture(displacement(PLAN, basis, canonical_shape(reading.landmarks, pose)), pose)
    points = reading.landmarks[:468, :2].numpy().astype(float)
    target = points + moved.numpy()
    x0, y0 = np.floor(points.min(0) - 40).clip(0).astype(int)
    x1, y1 = np.ceil(points.max(0) + 40).astype(int)
    image = (pixels[0, :, y0:y1, x0:x1].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
    origin = np.array([x0, y0])
    found: dict[str, Any] = {}
    if whole:
        ms, _ = timed(lambda: skimage_tps(image, points - origin, target - origin), "cpu", 1)
        found["scikit-image thin-plate spline, every pixel"] = {"ms": ms, "ratio": round(ms / steps["propose"], 2)}
    ms, _ = timed(lambda: grid_tps(image, points - origin, target - origin), "cpu", max(1, repeat // 2))
    found["scipy thin-plate spline on a grid, OpenCV remap"] = {"ms": ms, "ratio": round(ms / steps["propose"], 2)}
    return found | litert(engine, repeat)


def skimage_tps(image: np.ndarray, points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Warp by scikit-image; every fourth point, since its cost grows with their number."""
    from skimage.transform import ThinPlateSplineTransform, warp  # noqa: PLC0415

    spline = ThinPlateSplineTransform()
    spline.estimate(target[::4], points[::4])
    return warp(image, spline, order=3)


def grid_tps(image: np.ndarray, points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Warp by a spline known on a coarse grid."""
    from scipy.interpolate import RBFInterpolator  # noqa: PLC0415

    height, width = image.shape[:2]
    across, down = np.meshgrid(np.linspace(0, width - 1, 64), np.linspace(0, height - 1, 64))
    spline = RBFInterpolator(target, points - target, kernel="thin_plate_spline", smoothing=1.0)
    way = spline(np.stack([across.ravel(), down.ravel()], 1)).reshape(64, 64, 2).astype(np.float32)
    way = cv2.resize(way, (width, height), interpolation=cv2.INTER_CUBIC)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(image, x + way[..., 0], y + way[..., 1], cv2.INTER_CUBIC)


def litert(engine: WarpEngine, repeat: int) -> dict[str, Any]:
    """Networks in LiteRT on one thread, and ours: the same detector, and the mesh without refined lips and eyes.

    LiteRT has no operators for the refined mesh that we run, so ours does more work there.
    """
    import zipfile  # noqa: PLC0415

    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415

    wheel = zipfile.ZipFile(next(Path(wheels()).glob("mediapipe-0.10.21-*.whl")))
    found: dict[str, Any] = {}
    for name, member, net in (
        ("LiteRT, same detector", "face_detection/face_detection_short_range", engine.detectors["short"]),
        ("LiteRT, mesh without refined lips and eyes", "face_landmark/face_landmark", engine.mesh),
    ):
        interpreter = Interpreter(model_content=wheel.read(f"mediapipe/modules/{member}.tflite"), num_threads=1)
        interpreter.allocate_tensors()
        entry = interpreter.get_input_details()[0]
        crop = np.random.default_rng(1).random(entry["shape"], dtype=np.float32)
        interpreter.set_tensor(entry["index"], crop)
        theirs, _ = timed(interpreter.invoke, "cpu", 5 * repeat)
        given = torch.from_numpy(crop)
        ours, _ = timed(lambda net=net, given=given: net(given), "cpu", 5 * repeat)
        found[name] = {"ms": theirs, "ours_ms": ours, "ratio": round(theirs / ours, 2)}
    return found


def wheels() -> str:
    """A folder with the wheel that holds MediaPipe's networks."""
    folder = HERE.parent / "build" / "wheels"
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob("mediapipe-0.10.21-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), "mediapipe==0.10.21"]
        subprocess.run(command, check=True)
    return str(folder)


def main() -> None:
    """Each size and thread count in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--sizes", default="0.25,1,12,24")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--one", nargs=2, metavar=("MP", "THREADS"))
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one_size(float(given.one[0]), given.device, int(given.one[1]), given.repeat)))
        return
    counts = (1, torch.get_num_threads()) if given.device == "cpu" else (1,)
    rows = []
    for megapixels in given.sizes.split(","):
        for threads in counts:
            command = [sys.executable, __file__, "--one", megapixels, str(threads), "--device", given.device]
            done = subprocess.run([*command, "--repeat", str(given.repeat)], check=True, capture_output=True, text=True)
            rows.append(json.loads(done.stdout.splitlines()[-1]))
            print(megapixels, "MP", threads, "threads", rows[-1]["ms"], file=sys.stderr, flush=True)
    common.write("render" if given.device == "cpu" else f"render-{given.device}", {"plan": PLAN, "sizes": rows})


if __name__ == "__main__":
    main()
