"""Asked against measured: how far `reread` is from what was rendered.

    python benchmarks/measuring_error.py [--faces FOLDER] [--out RESULTS.json]      measure, on people not fitted on
    python benchmarks/measuring_error.py [--faces FOLDER] --fit RESPONSES.npz       fit what the landmark network
    shows of each unit

FOLDER holds `london/*_neutral.jpg` (Face Research Lab London Set) and `composite/*.jpg`. The error of a unit is the
95th percentile of |measured - asked| over all edits, those that asked for other units included.
"""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as nn
from platformdirs import user_cache_path
from safetensors.torch import load_file

from countenance.adapters.editors.warp import RENDERED, WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.edit.face.pose import estimate_pose
from countenance.edit.ports import FaceReading
from countenance.edit.render import render
from countenance.edit.reread import canonical_change

HERE = Path(__file__).resolve().parent
SIDE_PX = 675


def plans(index: int) -> list[dict[str, int]]:
    """Seven edits of one face, which alternate from face to face: each unit alone, one-sided, and together."""
    amounts = ((300, -400, 600), (-200, 600, -400), (600, 300, -300))[index % 3]
    singles = [{f"AU{n}": amounts[i % 3]} for i, n in enumerate(RENDERED)]
    both = ({"AU1": 400, "AU2": 400, "AU12": 500}, {"AU4": 500, "AU15": 400})[index % 2]
    return [*singles, ({"AU12L": 500}, {"AU2R": 500})[index % 2], both]


def asked(plan: dict[str, int], unit: str) -> float:
    """What a plan asks of a unit, a sided request counting half for both sides and whole units for each side."""
    if unit[-1] in "LR":
        return plan.get(unit, 0) + plan.get(unit[:-1], 0)
    return plan.get(unit, 0) + (plan.get(unit + "L", 0) + plan.get(unit + "R", 0)) / 2


def picture(path: Path) -> torch.Tensor:
    """The picture, its long side averaged down to SIDE_PX, 8 bit values."""
    image = torch.from_numpy(cv2.imread(str(path))[:, :, ::-1].copy()).permute(2, 0, 1)[None].float() / 255
    factor = max(1, round(max(image.shape[-2:]) / SIDE_PX))
    return (nn.avg_pool2d(image, factor) * 255).round() / 255


def readings(engine: WarpEngine, path: Path, index: int) -> list[tuple[dict[str, int], FaceReading, FaceReading]]:
    """For each plan: plan, reading before, reading after."""
    pixels = picture(path)
    boxes = engine.detect(pixels)
    if len(boxes) != 1:
        print(f"{path.name}: {len(boxes)} faces, left out", file=sys.stderr)
        return []
    before = engine.perceive(pixels, boxes[0])
    out = []
    for plan in plans(index):
        edited = render(pixels, before, plan, engine, seed=0)
        out.append((plan, before, engine.perceive(edited.pixels, before.box)))
    return out


def fit(engine: WarpEngine, faces: list[Path], out: Path) -> None:
    """Least squares of the landmarks' motion on the asked units, made symmetric."""
    shapes, amounts = [], []
    for index, path in enumerate(faces):
        for plan, before, after in readings(engine, path, index):
            if any(unit[-1] in "LR" for unit in plan):
                continue
            pose = estimate_pose(before.landmarks, engine.basis.mean, engine.basis.stable)
            change = canonical_change(before.landmarks, after.landmarks, pose, engine.basis.stable)
            shapes.append(change.flatten().double().numpy())
            amounts.append([plan.get(f"AU{n}", 0) / 1000 for n in RENDERED])
    found = np.linalg.lstsq(np.array(amounts), np.array(shapes), rcond=None)[0].reshape(len(RENDERED), -1, 2)
    basis = load_file(HERE.parent / "models/expression-basis/basis.safetensors")
    found = (found + found[:, basis["mirror"].long().numpy()] * [-1, 1]) / 2
    np.savez(out, responses=found, numbers=np.array(RENDERED))


def evaluate(engine: WarpEngine, faces: list[Path]) -> dict[str, object]:
    """Error and slope of each unit."""
    units = sorted(engine.renders)
    wanted, found = [], []
    for index, path in enumerate(faces):
        for plan, before, after in readings(engine, path, index):
            change = engine.reread(before, after)
            wanted.append([asked(plan, unit) for unit in units])
            found.append([change[unit] for unit in units])
        print(path.name, flush=True)
    a, m = np.array(wanted, float), np.array(found, float)
    error = np.abs(m - a)
    table = {
        unit: {
            "error_p95_permille": round(float(np.quantile(error[:, i], 0.95))),
            "error_mean_permille": round(float(error[:, i].mean())),
            "measured_per_asked": round(float((a[:, i] * m[:, i]).sum() / (a[:, i] ** 2).sum()), 3),
            "error_p99_permille": round(float(np.quantile(error[:, i], 0.99))),
            "leak_p95_permille": round(float(np.quantile(np.abs(m[a[:, i] == 0, i]), 0.95))),
        }
        for i, unit in enumerate(units)
    }
    whole = [i for i, unit in enumerate(units) if unit[-1] not in "LR"]
    return {
        "edits": len(a),
        "overshoots_some_whole_unit_permille": round(1000 * float(_overshoots(m, a, error)[:, whole].any(1).mean())),
        "overshoots_some_unit_permille": round(1000 * float(_overshoots(m, a, error).any(1).mean())),
        "units": table,
    }


def _overshoots(measured: np.ndarray, wanted: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Where an honest edit looks stronger than asked by more than the published error."""
    bound = np.quantile(error, 0.95, axis=0)
    return np.where(wanted >= 0, measured > wanted + bound, False) | np.where(
        wanted <= 0, measured < wanted - bound, False
    )


def cpu() -> str:
    """Name of the processor."""
    info = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    return next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "unknown")


def main() -> None:
    """Runs one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=HERE.parent.parent / "shared/faces")
    parser.add_argument("--cache", type=Path, default=user_cache_path("countenance") / "models")
    parser.add_argument("--fit", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th face only")
    parser.add_argument("--out", type=Path, default=HERE / "results/measuring_error.json")
    options = parser.parse_args()
    london = sorted((options.faces / "london").glob("*_neutral.jpg"))
    composite = sorted((options.faces / "composite").glob("*.jpg"))
    if not london:
        print("no faces there: give --faces a folder with london/ and composite/; nothing was measured")
        return
    fitted = london[::3] + composite[::4]
    engine = build(ModelStore(HERE.parent / "models", options.cache))
    if options.fit:
        fit(engine, fitted, options.fit)
        return
    faces = [path for path in london + composite if path not in fitted][:: options.every]
    result = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": cpu(),
        "torch": torch.__version__,
        "picture_px": SIDE_PX,
        "faces": len(faces),
        "fitted_on": len(fitted),
        **evaluate(engine, faces),
    }
    options.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
