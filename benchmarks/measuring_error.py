"""Asked against measured: how far `reread` is from what was rendered, and what that means for permitted edits.

    python benchmarks/measuring_error.py [--faces FOLDER] [--out RESULTS.json]     measure, on people not fitted on
    python benchmarks/measuring_error.py [--faces FOLDER] --fit READERS.npz        fit how units are read

FOLDER holds `london/*_neutral.jpg` (Face Research Lab London Set) and `composite/*.jpg`, both sorted by name: the
first, third, ... of each are fitted on, the second, fourth, ... and the examples of this project are measured.

Every edit is asked for exactly at its limit, with a limit of 0 for all other units. A check that allows for the error,
`measured <= limit + error`, should then refuse none. The published `error` of a unit is the 99th percentile of
|measured - asked| over all edits, those that asked for other units included, times one factor for all units: the
smallest with which 99 % of the edits, and every edit of the examples, pass in all 15 units at once. Readers change no
pixel, so fitting needs no earlier ones.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as nn
from safetensors.torch import load_file

from countenance.adapters.editors.warp import RENDERED, WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.edit.face.pose import estimate_pose
from countenance.edit.measure import rigid_drift_permille
from countenance.edit.ports import FaceReading
from countenance.edit.render import render
from countenance.edit.reread import canonical_change
from countenance.edit.warp.basis import side_weight
from countenance.settings import Settings

HERE = Path(__file__).resolve().parent
SIDE_PX = 675
AMOUNTS = (300, 500, 800, -400)
SIDED = ("AU12L", "AU1R", "AU4L", "AU15R", "AU2L", "AU12R", "AU1L", "AU4R", "AU15L", "AU2R")
TOGETHER = ({"AU12": 500, "AU1": 200, "AU2": 200}, {"AU1": 700, "AU2": 700}, {"AU4": 300, "AU15": 400})
SMOOTHING = 1.0  # of the noise covariance: this times its mean variance is added to every point
RIGID_SPREAD = 1.0  # of shifts, turns and scalings of the whole mesh, inter-ocular units: so much that none is believed
SIDE_SPREAD = 0.1  # expected left minus right: small, since landmarks tell the sides of a brow badly
Case = tuple[dict[str, int], FaceReading, FaceReading]


def plans(index: int) -> list[dict[str, int]]:
    """28 edits of one face: each unit alone at four strengths, five one-sided ones, three combinations."""
    singles = [{f"AU{number}": amount} for number in RENDERED for amount in AMOUNTS]
    return [*singles, *({SIDED[(5 * index + i) % 10]: 500} for i in range(5)), *TOGETHER]


def asked(plan: dict[str, int], unit: str) -> float:
    """What a plan asks of a unit, a sided request counting half for both sides and whole units for each side."""
    if unit[-1] in "LR":
        return plan.get(unit, 0) + plan.get(unit[:-1], 0)
    return plan.get(unit, 0) + (plan.get(unit + "L", 0) + plan.get(unit + "R", 0)) / 2


def picture(path: Path, side_px: int) -> torch.Tensor:
    """The picture, its long side averaged down to about `side_px`, 8 bit values."""
    image = torch.from_numpy(cv2.imread(str(path))[:, :, ::-1].copy()).permute(2, 0, 1)[None].float()
    return nn.avg_pool2d(image, max(1, round(max(image.shape[-2:]) / side_px))).round() / 255


def cases(engine: WarpEngine, faces: list[tuple[Path, int]]) -> Iterator[Case]:
    """For each face of each picture and each plan: plan, reading before, reading after."""
    index = 0
    for path, side_px in faces:
        pixels = picture(path, side_px)
        for box in engine.detect(pixels):
            before = engine.perceive(pixels, box)
            for plan in plans(index):
                edited = render(pixels, before, plan, engine, seed=0)
                yield plan, before, engine.perceive(edited.pixels, before.box)
            index += 1
        print(path.name, file=sys.stderr, flush=True)


def fit(engine: WarpEngine, found: list[Case], out: Path) -> None:
    """Best linear unbiased estimate of each unit from the landmarks' motion, made symmetric; see `readers`."""
    basis = engine.basis
    motion = np.array(
        [
            canonical_change(a.landmarks, b.landmarks, estimate_pose(a.landmarks, basis.mean, basis.stable)).numpy()
            for _, a, b in found
        ],
        float,
    )
    left, right = (
        np.array([[asked(plan, f"AU{n}{side}") / 1000 for n in RENDERED] for plan, _, _ in found]) for side in "LR"
    )
    mirror = load_file(HERE.parent / "models/expression-basis/basis.safetensors")["mirror"].long().numpy()
    even = (left == right).all(1)
    shown = np.linalg.lstsq(left[even], motion[even].reshape(even.sum(), -1), rcond=None)[0]
    shown = shown.reshape(len(RENDERED), -1, 2)
    shown = (shown + shown[:, mirror] * [-1, 1]) / 2
    lean = sum(sign * side_weight(basis.mean, side).double().numpy() for sign, side in ((0.5, "L"), (-0.5, "R")))
    shapes = np.concatenate([shown, shown * lean])
    amounts = np.concatenate([(left + right) / 2, left - right], 1)
    noise = motion - np.tensordot(amounts, shapes, 1)
    noise = np.concatenate([noise, noise[:, mirror] * [-1, 1]])
    weights = readers(shapes.reshape(len(shapes), -1), noise.reshape(len(noise), -1), basis.mean[:, :2].numpy())
    weights = weights.reshape(2, len(RENDERED), -1, 2).swapaxes(0, 1)
    np.savez(out, responses=shown, readers=weights, numbers=np.array(RENDERED))


def readers(shapes: np.ndarray, noise: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Weights [units, 936] of the generalised least squares estimate (Aitken 1935): (S C^-1 S')^-1 S C^-1.

    C is the covariance of the noise (what honest edits showed beyond `shapes`), smoothed, with free motion of the
    whole mesh added; inverted by Woodbury's identity. The second half of the units, left minus right, is shrunk.
    """
    x, y = mean.T
    one, zero = np.ones_like(x), np.zeros_like(x)
    whole = np.stack([np.stack(pair, 1).ravel() for pair in ((one, zero), (zero, one), (x, y), (-y, x))])
    spread = np.concatenate([noise / np.sqrt(len(noise)), whole * RIGID_SPREAD])
    level = SMOOTHING * np.square(noise).mean()
    inner = np.linalg.inv(np.eye(len(spread)) * level + spread @ spread.T)
    weighted = (shapes - shapes @ spread.T @ inner @ spread) / level
    half = len(shapes) // 2
    return np.linalg.solve(weighted @ shapes.T + np.diag([0.0] * half + [SIDE_SPREAD**-2] * half), weighted)


def evaluate(engine: WarpEngine, people: list[Case], examples: list[Case]) -> dict[str, object]:
    """Errors, and what a check that allows for them would still refuse."""
    units, found = sorted(engine.renders), people + examples
    wanted = np.array([[asked(plan, unit) for unit in units] for plan, _, _ in found])
    changes = [engine.reread(before, after) for _, before, after in found]
    measured = np.array([[change[unit] for unit in units] for change in changes], float)
    error = np.abs(measured - wanted)
    beyond = np.where(wanted >= 0, measured - wanted, 0).clip(0) + np.where(wanted <= 0, wanted - measured, 0).clip(0)
    p99 = np.quantile(error, 0.99, axis=0)
    excess = (beyond / p99).max(1)
    factor = max(1.0, float(np.quantile(excess, 0.99)), *excess[len(people) :])
    bound = np.ceil(p99 * factor)
    drift = [rigid_drift_permille(a.landmarks, b.landmarks, a.eye_distance_px) for _, a, b in found]
    return {
        "edits": len(found),
        "factor": round(factor, 3),
        "factor_for_99_percent": round(float(np.quantile(excess, 0.99)), 3),
        "refused_permille": _permille((beyond > bound).any(1)),
        "refused_examples_permille": _permille((beyond > bound).any(1)[len(people) :]),
        "refused_by_plain_p99_permille": _permille((beyond > p99).any(1)),
        "rigid_drift_permille": {"p99": round(float(np.quantile(drift, 0.99)), 1), "most": max(drift)},
        "units": {
            unit: {
                "error_permille": int(bound[i]),
                "p99_permille": round(float(p99[i])),
                "p95_permille": round(float(np.quantile(error[:, i], 0.95))),
                "mean_permille": round(float(error[:, i].mean())),
                "measured_per_asked": round(float(wanted[:, i] @ measured[:, i] / (wanted[:, i] @ wanted[:, i])), 3),
                "leak_p99_permille": round(float(np.quantile(np.abs(measured[wanted[:, i] == 0, i]), 0.99))),
                "refused_permille": _permille(beyond[:, i] > bound[i]),
            }
            for i, unit in enumerate(units)
        },
    }


def _permille(true: np.ndarray) -> float:
    return round(1000 * float(true.mean()), 1)


def cpu() -> str:
    """Name of the processor."""
    info = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    return next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "unknown")


def main() -> None:
    """Runs one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=Path("faces"))
    parser.add_argument("--cache", type=Path, default=Settings.load({}).model_cache)
    parser.add_argument("--fit", type=Path)
    parser.add_argument("--out", type=Path, default=HERE / "results/measuring_error.json")
    options = parser.parse_args()
    london = sorted((options.faces / "london").glob("*_neutral.jpg"))
    composite = sorted((options.faces / "composite").glob("*.jpg"))
    if not london:
        print("no faces there: give --faces a folder with london/ and composite/; nothing was measured")
        return
    engine = build(ModelStore(HERE.parent / "models", options.cache))
    fitted = [(path, SIDE_PX) for path in london[::2] + composite[::2]]
    if options.fit:
        fit(engine, list(cases(engine, fitted)), options.fit)
        return
    examples = [(HERE.parent / f"examples/{name}.jpg", 2 * SIDE_PX) for name in ("portrait", "portrait-2", "group")]
    people = [(path, SIDE_PX) for path in london[1::2] + composite[1::2]]
    result = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": cpu(),
        "torch": torch.__version__,
        "pictures": [path.stem for path, _ in people + examples],
        "picture_px": [SIDE_PX, 2 * SIDE_PX],
        "fitted_on": [path.stem for path, _ in fitted],
        **evaluate(engine, list(cases(engine, people)), list(cases(engine, examples))),
    }
    options.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
