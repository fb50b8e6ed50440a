"""Asked against measured: how far `reread` is from what was rendered, and what that means for permitted edits.

    python benchmarks/measuring_error.py --faces FOLDER [--cases FOLDER]          measure, on people not fitted on
    python benchmarks/measuring_error.py --faces FOLDER [--cases FOLDER] --fit    fit the readers and their errors first

The folder of faces holds `london/*.jpg` (Face Research Lab London Set, neutral and smiling) and `composite/*.jpg`. Of
the people sorted by name, the first, third, ... are those that readers are fitted on, with every second edit; the
others and the examples of this project are measured. Every third of the smiling pictures is taken. `--cases` keeps what
was rendered and read of each face, so that a run that was stopped goes on, and readers can be fitted again without
rendering; delete it when an engine has changed.

Every edit is asked for exactly at its limit, with a limit of 0 for all other units: a check that allows for the error,
`measured <= limit + error`, should refuse none. An overshoot by d is an edit whose limits are d below what it shows.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as nn
from common import write

from countenance.adapters.editors.warp import WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.core import facs
from countenance.edit.face.view import view_map
from countenance.edit.render import render
from countenance.edit.reread import Readers, measuring_errors
from countenance.edit.signs import STILLEST, signs_of_change
from countenance.errors import CountenanceError
from countenance.settings import Settings

HERE = Path(__file__).resolve().parent
SIGNS = HERE.parent / "models/face-signs"
sys.path.insert(0, str(SIGNS))
import fit  # noqa: E402 - the script beside the weights

SIDE_PX = 675
STRENGTHS = (300, 600, 900, 450, 750, 200, 1000, -400)
LESS = tuple(f"AU{number}" for number in (1, 2, 4, 6, 7, 9, 12, 14, 15, 20))
LESS_OPEN = (*LESS, "AU25", "AU26")
"""Units that a face with closed lips can have less of, and one with open lips."""
UPPER = (
    *("AU1 AU2", "AU4", "AU1 AU4", "AU1 AU2 AU5", "AU4 AU7", "", "AU2", "AU9", "AU43", "AU6", "AU5", "AU6L AU43L"),
    "AU2R",
)
LOWER = (
    *("AU12", "AU12 AU25", "AU12 AU25 AU26", "AU15", "AU10", "AU14", "AU25 AU26", "AU24", "AU17", "AU15 AU17", ""),
    *("AU20 AU25", "AU18", "AU22 AU25", "AU16 AU25", "AU12L", "AU14R", "AU27", "AU28", "AU10 AU25", "AU6R AU12R"),
    *("AU17 AU25", "AU24 AU26", "AU14 AU25", "AU15 AU26", "AU18 AU26", "AU28 AU25"),
)
COMBINED = 18
OVERSHOOTS = (100, 200, 300)
Plan = dict[str, int]
Case = tuple[Plan, np.ndarray]
"""Plan, signs of change."""


def plans(index: int, less: Sequence[str]) -> list[Plan]:
    """61 edits of one face: each unit alone, then one side of it or it again, then combinations; strengths go round.

    Where a strength is negative, units that the face cannot have less of get .5.
    """
    out = []
    names = [
        *facs.UNITS,
        *(f"{n}{'LR'[(i + index) % 2]}" if u.sided else n for i, (n, u) in enumerate(facs.UNITS.items())),
    ]
    for k, name in enumerate(names):
        strength = STRENGTHS[(k + 3 * index) % len(STRENGTHS)]
        out.append({name: strength if strength > 0 or facs.plain(name) in less else 500})
    for k in range(COMBINED):
        units = f"{UPPER[(k + 7 * index) % len(UPPER)]} {LOWER[(2 * k + 5 * index) % len(LOWER)]}".split()
        strength = STRENGTHS[(k + index) % (len(STRENGTHS) - 1)]
        out.append({n: min(1000, max(150, strength - 150 + 100 * ((j + k) % 4))) for j, n in enumerate(units)})
    return [plan for plan in out if plan]


def picture(path: Path, side_px: int) -> torch.Tensor:
    """The picture, its long side averaged down to about `side_px`, 8 bit values."""
    image = torch.from_numpy(cv2.imread(str(path))[:, :, ::-1].copy()).permute(2, 0, 1)[None].float()
    return nn.avg_pool2d(image, max(1, round(max(image.shape[-2:]) / side_px))).round() / 255


def cases_of(engine: WarpEngine, path: Path, side_px: int, index: int, every: int) -> Iterator[Case]:
    """Renders and reads plans on every face of one picture, each of them in one of `every` pictures."""
    pixels = picture(path, side_px)
    for i, box in enumerate(engine.detect(pixels)):
        before = engine.perceive(pixels, box)
        pose = engine.pose_of(before)
        told = plans(index + i, LESS_OPEN if before.teeth_visible else LESS)
        for plan in told[index % every :: every]:
            if set(plan) & set(before.blocked):
                continue
            edited = render(pixels, before, plan, engine, seed=0)
            try:
                after = engine.perceive(edited.pixels, before.box)
            except CountenanceError as error:
                print(f"{path.stem} {plan}: {error}", file=sys.stderr, flush=True)
                continue
            signs = signs_of_change(before, after, pose, (view_map(pose), view_map(engine.pose_of(after))))
            yield plan, signs.numpy()


def cases(
    engine: WarpEngine, faces: Sequence[tuple[Path, int]], keep: Path | None, first: int, every: int = 1
) -> list[Case]:
    """Cases of all pictures, from `keep` where they are there."""
    found: list[Case] = []
    for index, (path, side_px) in enumerate(faces):
        kept = None if keep is None else keep / f"{path.stem}.npz"
        if kept is not None and kept.exists():
            with np.load(kept) as old:
                found += zip(json.loads(str(old["plans"])), old["signs"], strict=True)
            continue
        new = list(cases_of(engine, path, side_px, first + index, every))
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            told, signs = zip(*new, strict=True)
            np.savez(kept, plans=json.dumps(told), signs=np.array(signs))
        found += new
        print(f"{index + 1}/{len(faces)} {path.stem}: {len(new)} edits", file=sys.stderr, flush=True)
    return found


def fit_all(fitted: list[Case], measured: list[Case], examples: int) -> None:
    """Writes the weights of `models/face-signs`: readers from one half of the people, errors from the other."""
    weights = fit.fit_weights([plan for plan, _ in fitted], np.array([signs for _, signs in fitted], float))
    told, signs = [plan for plan, _ in measured], np.array([signs for _, signs in measured], float)
    floor, crosstalk = fit.fit_errors(told, signs, weights, examples)
    fit.save(SIGNS / "signs.safetensors", weights, floor, crosstalk)
    digest = hashlib.sha256((SIGNS / "signs.safetensors").read_bytes()).hexdigest()
    about = SIGNS / "model.toml"
    about.write_text(re.sub(r'sha256 = ".*"', f'sha256 = "{digest}"', about.read_text("utf-8")), "utf-8")


def evaluate(found: list[Case], readers: Readers, examples: int) -> dict[str, object]:
    """Errors, and what a check that allows for them refuses; the last `examples` cases are of the examples."""
    wanted = np.array([[fit.asked(plan, name) for name in facs.NAMES] for plan, _ in found])
    signs = np.array([signs for _, signs in found], float)
    measured = np.round(1000 * fit.read(signs, readers.weights.double().numpy()))
    changes = [dict(zip(facs.NAMES, (int(v) for v in row), strict=True)) for row in measured]
    error = np.array([list(measuring_errors(change, readers).values()) for change in changes])
    refused = (measured > wanted.clip(0) + error) | (measured < wanted.clip(None, 0) - error)
    drift = 1000 * np.linalg.norm(signs[:, fit.MESH].reshape(len(found), -1, 2)[:, list(STILLEST)], axis=2).mean(1)
    return {
        "edits": len(found),
        "refused_permille": _permille(refused.any(1)),
        "refused_examples_permille": _permille(refused.any(1)[len(found) - examples :]),
        "rigid_drift_permille": {
            "p99": round(float(np.quantile(drift, 0.99)), 1),
            "most": round(float(drift.max()), 1),
        },
        "units": {
            name: _unit(wanted[:, i], measured[:, i], error[:, i], refused[:, i]) for i, name in enumerate(facs.NAMES)
        },
    }


def _unit(wanted: np.ndarray, measured: np.ndarray, error: np.ndarray, refused: np.ndarray) -> dict[str, object]:
    asked, wrong = wanted != 0, np.abs(measured - wanted)
    half = [round(float(np.quantile(wrong[asked], q))) for q in (0.5, 0.95, 0.99)]
    caught = {}
    for beyond in OVERSHOOTS:
        over = wanted >= beyond
        caught[str(beyond)] = _permille((measured > wanted - beyond + error)[over])
    return {
        "n": int(asked.sum()),
        "bias": round(float((measured - wanted)[asked].mean())),
        "measured_per_asked": round(float(wanted @ measured / (wanted @ wanted)), 3),
        "p50": half[0],
        "p95": half[1],
        "p99": half[2],
        "published_error_where_asked": round(float(np.median(error[asked]))),
        "leak_p99": round(float(np.quantile(wrong[~asked], 0.99))),
        "published_error_where_not_asked": round(float(np.median(error[~asked]))),
        "overshoot_caught_permille": caught,
        "refused_permille": _permille(refused),
    }


def _permille(true: np.ndarray) -> float:
    return round(1000 * float(true.mean()), 1) if len(true) else 0.0


def main() -> None:
    """Measures, and fits before where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, default=Path("faces"))
    parser.add_argument("--models", type=Path, default=Settings.load({}).model_cache)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    london, smiling = (sorted((options.faces / "london").glob(f"*_{look}.jpg")) for look in ("neutral", "smiling"))
    composite = sorted((options.faces / "composite").glob("*.jpg"))
    if not london:
        print("no faces there: give --faces a folder with london/ and composite/; nothing was measured")
        return
    engine = build(ModelStore(HERE.parent / "models", options.models))
    fitted = [(path, SIDE_PX) for path in smiling[::6] + composite[::2] + london[::2]]
    people = [(path, SIDE_PX) for path in london[1::2] + composite[1::2] + smiling[3::6]]
    ours = [(HERE.parent / f"examples/{name}.jpg", 2 * SIDE_PX) for name in ("portrait", "portrait-2", "group")]
    keep = options.cases
    examples = cases(engine, ours, keep, 50)
    measured = cases(engine, people, keep, 25) + examples
    if options.fit:
        fit_all(cases(engine, fitted, keep, 0, every=2), measured, len(examples))
        engine = build(ModelStore(HERE.parent / "models", options.models))
    figures = {
        "torch": torch.__version__,
        "pictures": [path.stem for path, _ in people + ours],
        "picture_px": [SIDE_PX, 2 * SIDE_PX],
        "fitted_on": [path.stem for path, _ in fitted],
        **evaluate(measured, engine.readers, len(examples)),
    }
    write("measuring_error", figures)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
