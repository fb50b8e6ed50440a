"""Where the engine must stop: what covers a face, and how small a face may be.

    python benchmarks/limits.py covers --faces FOLDER [--fit COVERS.safetensors]    found and falsely found covers
    python benchmarks/limits.py size --faces FOLDER                                 edits of smaller and smaller faces

FOLDER holds `london/`, `london_3q/` (Face Research Lab London Set) and `composite/`. Covers are drawn on the pictures
(`covers.py`, `bare.py`). Figures are cross-validated over people: fitted on one half of them, measured on the other.
`--fit` also fits on everybody and writes the tensors of `models/face-covers`.
"""

import argparse
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as nn
from bare import BARE
from common import RESULTS, write
from covers import COVERS
from easel import Draw, Easel, drawn
from lamp import hard_light
from safetensors.torch import save_file

from countenance.adapters.editors import warp
from countenance.adapters.editors.warp import MOST_YAW_DEG, WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.edit.face.atlas import flatten
from countenance.edit.face.landmarks import landmarks
from countenance.edit.face.occluders import ZONES, deviation, doubt, zone_rows
from countenance.edit.face.pose import estimate_pose
from countenance.edit.face.traits import traits
from countenance.edit.measure import measure
from countenance.edit.render import render
from countenance.errors import NoFaceError
from countenance.settings import Settings

HERE = Path(__file__).resolve().parent
SIDE_PX = 675
LEAST_SPREAD = 0.03
RIDGE = 2e-3
FALSE_SHARE = 0.98  # of bare faces that stay free
LEAST_LIMIT = {"eyes": 0.0, "brows": 2.0, "mouth": -0.5}  # so that hard light among the bare costs few found covers
UNSURE = {  # covers that may or may not reach another zone
    "eyes": {"scarf", "hair over the brows", "a thing over a brow", "a thing over the mouth", "a thing over the chin"},
    "brows": {"hair over an eye", "hand over an eye", "a thing over an eye", "a thing over the mouth",
              "a thing over the chin", "thin wire", "thick frame", "half rim", "tinted", "sunglasses"},
    "mouth": {"hair over an eye", "hand over an eye", "a thing over an eye", "a thing over a brow"},
}  # fmt: skip
LIT = " in hard light"
FRINGES = ("003",)
"""People whose own hair covers their brows: neither bare nor drawn."""
EYES_PX = (20, 30, 40, 50, 60, 70, 80, 100, 130, 160, 200)
PLANS = {
    "closed smile": {"AU12": 500}, "brows together": {"AU4": 600}, "brows up": {"AU1": 600, "AU2": 600},
    "open smile": {"AU12": 800, "AU25": 500, "AU26": 200},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Sample:
    person: str
    folder: str
    kind: str
    yaw_deg: float
    traits: torch.Tensor
    lit: bool = False
    """A cover in hard light."""


def picture(path: Path, scale: float = 1.0) -> np.ndarray:
    image = cv2.imread(str(path))[:, :, ::-1]
    scale *= SIDE_PX / max(image.shape[:2])
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255


def turn(engine: WarpEngine, points: torch.Tensor) -> float:
    return estimate_pose(points, engine.basis.mean, engine.basis.stable).yaw_deg


def samples(engine: WarpEngine, faces: Path) -> Iterator[Sample]:
    """Every picture bare in twelve ways and with covers: all on a composite, half on a frontal face, a third else; an
    eighth of all covers once more in hard light."""
    for folder in ("london", "composite", "london_3q"):
        for index, path in enumerate(sorted((faces / folder).glob("*.jpg"))):
            image = picture(path)
            box = engine.detect(tensor(image))[0]
            before = landmarks(tensor(image)[0], tuple(map(float, box)), engine.mesh).points
            if abs(turn(engine, before)) > MOST_YAW_DEG:
                continue
            numbered = enumerate(COVERS.items())
            some = {name: draw for n, (name, (draw, _)) in numbered if drawn_here(folder, index, n, name)}
            for kind, draw, is_lit in [(k, d, False) for k, d in {**some, **BARE}.items()] + lit_covers(index):
                seed = zlib.crc32(f"{path.stem}{kind}{LIT * is_lit}".encode())
                after = tensor(drawn(image, before.numpy(), draw, seed))[0]
                read = landmarks(after, tuple(map(float, box)), engine.mesh)
                flat, _ = flatten(after, read.points, engine.basis.mean)
                yield Sample(
                    person=path.stem.split("_")[0] if folder != "composite" else path.stem,
                    folder=folder, kind=kind, yaw_deg=turn(engine, read.points), traits=traits(flat),
                    lit=is_lit,
                )  # fmt: skip
            print(path.name, file=sys.stderr, flush=True)


def drawn_here(folder: str, index: int, number: int, kind: str) -> bool:
    if folder == "london_3q":
        return (index + number) % 3 == 0
    return folder == "composite" or kind.startswith("a thing") or index // 2 % 2 == index % 2


def lit_covers(index: int) -> list[tuple[str, Draw, bool]]:
    """An eighth of the covers, drawn and then lit hard."""

    def lit(draw: Draw) -> Draw:
        def both(easel: Easel) -> None:
            draw(easel)
            hard_light(easel)

        return both

    return [(kind, lit(draw), True) for n, (kind, (draw, _)) in enumerate(COVERS.items()) if (index + n) % 8 == 0]


def labels(found: list[Sample], zone: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Whether the zone is covered, and whether that is known."""
    covered = [sample.kind in COVERS and COVERS[sample.kind][1] == zone for sample in found]
    known = [s.kind not in UNSURE[zone] and not (zone == "brows" and s.person in FRINGES) for s in found]
    return torch.tensor(covered), torch.tensor(known)


def fit(found: list[Sample], chosen: torch.Tensor, zone: str) -> tuple[torch.Tensor, ...]:
    """Mean and spread of bare faces, weights and offset of a ridge logistic regression; both classes weigh the same."""
    stack = torch.stack([sample.traits for sample in found])
    bare = chosen & torch.tensor([s.kind in BARE and s.person not in FRINGES for s in found])
    mean, spread = stack[bare].mean(0), stack[bare].std(0) + LEAST_SPREAD
    covered, known = labels(found, zone)
    used = chosen & known
    away = torch.stack([deviation(one, mean, spread)[:, :, zone_rows(zone)] for one in stack[used]]).flatten(1)
    target = covered[used].float()
    share = torch.where(target > 0, (1 - target).sum() / target.sum(), torch.ones(()))
    weights, offset = torch.zeros(away.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    steps = torch.optim.LBFGS([weights, offset], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        steps.zero_grad()
        each = nn.binary_cross_entropy_with_logits(away @ weights + offset, target, reduction="none")
        whole = (each * share).sum() / share.sum() + RIDGE * weights.square().sum()
        whole.backward()
        return whole

    steps.step(loss)
    return mean, spread, weights.detach(), offset.detach()


def score(found: list[Sample], model: tuple[torch.Tensor, ...], zone: str) -> torch.Tensor:
    mean, spread, weights, offset = model
    away = torch.stack([deviation(s.traits, mean, spread)[:, :, zone_rows(zone)] for s in found]).flatten(1)
    return away @ weights + offset - torch.tensor([doubt(s.yaw_deg) for s in found])


def cross_validated(found: list[Sample], zone: str) -> torch.Tensor:
    people = sorted({sample.person for sample in found})
    half = torch.tensor([people.index(sample.person) % 2 for sample in found])
    out = torch.zeros(len(found))
    for part in (0, 1):
        rest = half != part
        out[rest] = score([s for s, r in zip(found, rest, strict=True) if r], fit(found, half == part, zone), zone)
    return out


def unseen(found: list[Sample], zone: str, limit: float) -> dict[str, float]:
    """Recall of each kind by what was fitted without it, on the other half of the people."""
    people = sorted({sample.person for sample in found})
    half = torch.tensor([people.index(sample.person) % 2 for sample in found])
    out = {}
    for kind in (kind for kind, (_, covers) in COVERS.items() if covers == zone):
        this, hits = torch.tensor([s.kind == kind for s in found]), []
        for part in (0, 1):
            asked = [s for s, t, h in zip(found, this, half, strict=True) if t and h != part and not s.lit]
            hits.append(score(asked, fit(found, (half == part) & ~this, zone), zone) > limit)
        out[kind] = permille(torch.cat(hits))
    return out


def permille(hits: torch.Tensor) -> int:
    return round(1000 * float(hits.float().mean())) if len(hits) else 0


def evaluate(found: list[Sample]) -> tuple[dict[str, Any], dict[str, float]]:
    figures, limits = {}, {}
    for zone in ZONES:
        sure = cross_validated(found, zone)
        covered, known = labels(found, zone)
        bare = known & torch.tensor([s.kind in BARE for s in found])
        limits[zone] = max(LEAST_LIMIT[zone], float(sure[bare].sort().values[int(FALSE_SHARE * int(bare.sum()))]))
        hit = sure > limits[zone]

        def of(
            kind: str, folders: tuple[str, ...], hit: torch.Tensor = hit & known, known: torch.Tensor = known
        ) -> Any:
            return hit[torch.tensor([s.kind == kind and s.folder in folders and not s.lit for s in found]) & known]

        lit = covered & known & torch.tensor([s.lit for s in found])
        everywhere, frontal = ("london", "london_3q", "composite"), ("london", "composite")
        figures[zone] = {
            "limit": round(limits[zone], 3),
            "found_permille": {k: permille(of(k, everywhere)) for k, (_, z) in COVERS.items() if z == zone},
            "found_permille_in_hard_light": [permille(hit[lit]), int(lit.sum())],
            "found_permille_without_having_seen_the_kind": unseen(found, zone, limits[zone]),
            "falsely_permille_frontal": {kind: permille(of(kind, frontal)) for kind in BARE},
            "falsely_permille_three_quarter": {kind: permille(of(kind, ("london_3q",))) for kind in BARE},
            "falsely_permille_covered_elsewhere": {
                k: permille(of(k, everywhere)) for k, (_, z) in COVERS.items() if z != zone and k not in UNSURE[zone]
            },
            "covered": int((covered & known & ~lit).sum()),
            "bare": int(bare.sum()),
        }
    return figures, limits


def write_weights(found: list[Sample], limits: dict[str, float], out: Path) -> None:
    everybody = torch.ones(len(found), dtype=torch.bool)
    tensors = {}
    for zone in ZONES:
        mean, spread, weights, offset = fit(found, everybody, zone)
        rows = zone_rows(zone)
        tensors |= {
            "mean": mean.contiguous(), "spread": spread.contiguous(),
            f"weights_{zone}": weights.reshape(2, len(mean), rows.stop - rows.start, -1).contiguous(),
            f"limit_{zone}": (limits[zone] - offset[0]).reshape(1),
        }  # fmt: skip
    save_file(tensors, out)


def sizes(engine: WarpEngine, faces: Path) -> dict[str, Any]:
    """Edits of smaller and smaller pictures against the edit of the large one, made as small."""
    warp.LEAST_EYES_PX = 0
    rows: dict[int, dict[str, list[float]]] = {}
    paths = sorted((faces / "london").glob("*_neutral.jpg"))[1::5] + sorted((faces / "composite").glob("*.jpg"))[::4]
    for path in paths:
        large = tensor(picture(path, 2.0))
        box = engine.detect(large)[0]
        whole = engine.perceive(large, box)
        edits = {
            name: render(large, whole, {u: v for u, v in plan.items() if u in engine.renders}, engine, seed=0).pixels
            for name, plan in PLANS.items()
        }
        for eyes in EYES_PX:
            scale = eyes / whole.eye_distance_px
            if scale > 1:
                continue
            size = tuple(round(side * scale) for side in large.shape[-2:])
            one_size(engine, large, whole, edits, size, rows.setdefault(eyes, {}))
        print(path.name, file=sys.stderr, flush=True)
    return {str(eyes): {name: summary(values) for name, values in row.items()} for eyes, row in sorted(rows.items())}


def one_size(
    engine: WarpEngine,
    large: torch.Tensor,
    whole: Any,
    edits: dict[str, torch.Tensor],
    size: tuple[int, ...],
    row: dict[str, list[float]],
) -> None:
    small = shrunk(large, size)
    factor = small.shape[-1] / large.shape[-1]
    box = tuple(round(side * factor) for side in whole.box)
    try:
        reading = engine.perceive(small, box)
    except NoFaceError:
        row.setdefault("not_read", []).append(1.0)
        return
    away = (reading.landmarks[:, :2] - whole.landmarks[:, :2] * factor).norm(dim=1).mean()
    row.setdefault("landmark_error_permille", []).append(1000 * float(away) / reading.eye_distance_px)
    for name, plan in PLANS.items():
        asked = {unit: value for unit, value in plan.items() if unit in engine.renders}
        edited = render(small, reading, asked, engine, seed=0)
        wrong = (edited.pixels - shrunk(edits[name], size))[:, :, reading.head].square().mean()
        still = (small - shrunk(edits[name], size))[:, :, reading.head].square().mean()
        row.setdefault(f"wrong_share_permille {name}", []).append(1000 * float((wrong / still).sqrt()))
        row.setdefault(f"psnr_db {name}", []).append(float(-10 * torch.log10(wrong.clamp_min(1e-9))))
        try:
            units = measure(small, reading, edited, engine).units
        except NoFaceError:
            row.setdefault("not_read_after", []).append(1.0)
            continue
        shown = [abs(units[unit][0] - asked.get(unit, 0)) for unit in ("AU12", "AU4", "AU1") if unit in units]
        row.setdefault("unit_error_permille", []).append(float(np.mean(shown)))


def shrunk(large: torch.Tensor, size: tuple[int, ...]) -> torch.Tensor:
    return nn.interpolate(large, size, mode="bilinear", antialias=True, align_corners=False).mul(255).round() / 255


def summary(values: list[float]) -> list[float]:
    """Median, 90th percentile, number."""
    return [round(float(np.median(values)), 1), round(float(np.percentile(values, 90)), 1), len(values)]


def kept_samples(engine: WarpEngine, faces: Path, keep: Path | None) -> list[Sample]:
    if keep and keep.exists():
        with np.load(keep) as file:
            names = zip(
                file["person"], file["folder"], file["kind"], file["yaw_deg"], file["lit"], file["traits"], strict=True
            )
            return [
                Sample(
                    person=str(a), folder=str(b), kind=str(c), yaw_deg=float(d), lit=bool(e), traits=torch.from_numpy(f)
                )
                for a, b, c, d, e, f in names
            ]
    found = list(samples(engine, faces))
    if keep:
        names = ("person", "folder", "kind", "yaw_deg", "lit")
        columns = {name: np.array([getattr(sample, name) for sample in found]) for name in names}
        np.savez(keep, **columns, traits=torch.stack([s.traits for s in found]).numpy())
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=("covers", "size"))
    asked.add_argument("--faces", type=Path, required=True)
    asked.add_argument("--fit", type=Path)
    asked.add_argument("--keep", type=Path, help="keep what was drawn and read, or take it from there")
    given = asked.parse_args()
    torch.set_num_threads(1)
    engine = build(ModelStore(HERE.parent / "models", Settings.load({}).model_cache))
    earlier = RESULTS / "limits.json"
    known = json.loads(earlier.read_text()) if earlier.exists() else {}
    kept = {name: known[name] for name in ("covers", "size") if name in known}
    if given.what == "size":
        write("limits", {**kept, "size": sizes(engine, given.faces)})
        return
    found = kept_samples(engine, given.faces, given.keep)
    figures, limits = evaluate(found)
    write("limits", {**kept, "covers": figures})
    if given.fit:
        write_weights(found, limits, given.fit)


if __name__ == "__main__":
    main()
