"""How good edits are on people: asked and measured, what else changed, sharpness, likeness to real smiles, identity.

    python benchmarks/quality.py [--faces FOLDER] [--side 675] [--limit 30] [--sheets build/quality]

FOLDER holds `london/NAME_neutral.jpg` and `NAME_smiling.jpg` (Face Research Lab London Set). Skin tone is read from
the cheek (individual typology angle, Chardon 1991), in thirds of the people; file names say nothing of sex or age.

- asked, measured, others: permille; `others` is the largest change of a unit that was not asked for.
- sharpness: variance of the Laplacian inside the head, after over before.
- mouth: structural similarity of the mouth's surroundings to the person's own real smile, for the edit, for the
  unedited picture, and for a plain thin-plate warp by the same points.
- identity: distance of dlib's face network (its authors: same person below 0.6), edit to original; beside it the
  person's own real smile, and strangers. The network is never part of the product.
Sheets (before, after, for people to look at) are written where `--sheets` says and stay there.
"""

import argparse
import statistics
import sys
from pathlib import Path
from typing import Any

import common
import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw
from render import grid_tps

from countenance.adapters.editors.warp import WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.edit.face.pose import canonical_shape, estimate_pose
from countenance.edit.measure import measure
from countenance.edit.ports import FaceReading
from countenance.edit.render import render
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.propose import on_picture
from countenance.errors import CountenanceError
from countenance.request.presets import preset
from countenance.settings import Settings

EXPRESSIONS = (
    "closed-mouth-smile", "open-smile", "joy", "surprise", "brows-up", "brows-together", "frown", "sad", "angry",
    "disgust", "wink-left", "eyes-closed", "eyes-wide",
)  # fmt: skip
SMILES = {"closed-mouth-smile", "open-smile", "joy"}
CHEEKS = (50, 280)
MOUTH = (0, 17, 61, 291, 205, 425)


def load_picture(path: Path, side: int) -> torch.Tensor:
    """The picture with a long side of about `side`, 8 bit values."""
    image = cv2.imread(str(path))[:, :, ::-1]
    scale = side / max(image.shape[:2])
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255


def tone(pixels: torch.Tensor, reading: FaceReading) -> float:
    """Individual typology angle of the cheeks in degrees: high is light."""
    reach = max(2, round(0.08 * reading.eye_distance_px))
    patches = []
    for point in CHEEKS:
        x, y = (round(float(v)) for v in reading.landmarks[point, :2])
        patches.append(pixels[0, :, y - reach : y + reach, x - reach : x + reach].reshape(3, -1))
    colour = torch.cat(patches, 1).median(1).values.numpy().astype(np.float32)
    light, _, yellow = cv2.cvtColor(colour[None, None], cv2.COLOR_RGB2LAB)[0, 0]
    return float(np.degrees(np.arctan2(light - 50, yellow)))


def sharpness(pixels: torch.Tensor, head: torch.Tensor) -> float:
    """Variance of the Laplacian of luma inside the head."""
    grey = cv2.cvtColor((pixels[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8), cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F)[head.numpy()].var())


def plain_warp(pixels: torch.Tensor, reading: FaceReading, plan: dict[str, int], engine: WarpEngine) -> np.ndarray:
    """What a thin-plate spline by the same points gives: no light, no teeth, no lids."""
    pose = estimate_pose(reading.landmarks, engine.basis.mean, engine.basis.stable)
    moved = on_picture(displacement(plan, engine.basis, canonical_shape(reading.landmarks, pose)), pose).numpy()
    points = reading.landmarks[:468, :2].numpy().astype(float)
    return grid_tps(as_bytes(pixels), points, points + moved)


def as_bytes(pixels: torch.Tensor) -> np.ndarray:
    """[h, w, 3], 0 to 255."""
    return (pixels[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)


def mouth_likeness(
    image: np.ndarray, points: np.ndarray, real: np.ndarray, real_points: np.ndarray, rigid: list[int]
) -> float:
    """Structural similarity round the mouth, the picture laid on the real smile by points that no muscle moves."""
    from skimage.metrics import structural_similarity  # noqa: PLC0415

    way, _ = cv2.estimateAffinePartial2D(points[rigid], real_points[rigid], method=cv2.LMEDS)
    laid = cv2.warpAffine(image, way, (real.shape[1], real.shape[0]), flags=cv2.INTER_CUBIC)
    low, high = real_points[list(MOUTH)].min(0), real_points[list(MOUTH)].max(0)
    (x0, y0), (x1, y1) = np.floor(low).astype(int), np.ceil(high).astype(int)
    cut = np.s_[y0:y1, x0:x1]
    return float(structural_similarity(laid[cut], real[cut], channel_axis=2))


class Identity:
    """dlib's face network, from packages of the `bench` extra."""

    def __init__(self) -> None:
        import importlib.util  # noqa: PLC0415

        import dlib  # noqa: PLC0415

        spec = importlib.util.find_spec("face_recognition_models")
        folder = Path(spec.submodule_search_locations[0]) / "models"  # type: ignore[union-attr,index]
        self._dlib = dlib
        self._shape = dlib.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat"))
        self._net = dlib.face_recognition_model_v1(str(folder / "dlib_face_recognition_resnet_model_v1.dat"))

    def of(self, image: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        """128 numbers."""
        shape = self._shape(image, self._dlib.rectangle(*box))
        return np.array(self._net.compute_face_descriptor(image, shape))


def one_person(name: str, folder: Path, side: int, engine: WarpEngine, who: Identity) -> dict[str, Any]:
    """Every expression on one person."""
    pixels, real = (load_picture(folder / f"{name}_{kind}.jpg", side) for kind in ("neutral", "smiling"))
    reading, smiling = (engine.perceive(picture, engine.detect(picture)[0]) for picture in (pixels, real))
    points, real_points = reading.landmarks[:, :2].numpy(), smiling.landmarks[:, :2].numpy()
    rigid = engine.basis.stable.tolist()
    original, own_smile = who.of(as_bytes(pixels), reading.box), who.of(as_bytes(real), smiling.box)
    found: dict[str, Any] = {
        "name": name, "tone": tone(pixels, reading), "print": original, "edits": {}, "pictures": [as_bytes(pixels)],
        "own_smile": float(np.linalg.norm(original - own_smile)),
        "nothing": mouth_likeness(as_bytes(pixels), points, as_bytes(real), real_points, rigid),
    }  # fmt: skip
    for expression in EXPRESSIONS:
        wish = preset(expression)
        wanted = {**wish.changes, **wish.targets}
        plan = {unit: value for unit, value in wanted.items() if unit in engine.renders}
        if barred := [reading.blocked[unit] for unit in plan if unit in reading.blocked]:
            found["edits"][expression] = {"refused": barred[0]}
            continue
        try:
            edited = render(pixels, reading, plan, engine, seed=0)
            result = measure(pixels, reading, edited, engine)
        except CountenanceError as error:
            found["edits"][expression] = {"refused": error.message}
            continue
        image = as_bytes(edited.pixels)
        one = {
            "asked": {unit: [value, result.units[unit][0]] for unit, value in plan.items() if unit in result.units},
            "others": others(plan, result.units),
            "drift": result.rigid_drift_permille,
            "sharpness": sharpness(edited.pixels, reading.head) / sharpness(pixels, reading.head),
            "identity": float(np.linalg.norm(original - who.of(image, reading.box))),
        }  # fmt: skip
        if expression in SMILES:
            warped = plain_warp(pixels, reading, plan, engine)
            one["mouth"] = mouth_likeness(image, points, as_bytes(real), real_points, rigid)
            one["plain"] = mouth_likeness(warped, points, as_bytes(real), real_points, rigid)
        found["edits"][expression] = one
        found["pictures"].append(image)
    found["pictures"].append(as_bytes(real))
    return found


def others(plan: dict[str, int], units: dict[str, tuple[int, int]]) -> int:
    """Largest measured change of a unit that was not asked for, on either side."""
    asked = {name.rstrip("LR") for name in plan}
    return max((abs(value) for name, (value, _) in units.items() if name.rstrip("LR") not in asked), default=0)


def sheet(person: dict[str, Any], path: Path) -> None:
    """Before, every expression, and the real smile, with names."""
    names = ["before", *(n for n, e in person["edits"].items() if "refused" not in e), "real smile"]
    cell, columns = 440, 5
    page = Image.new("RGB", (columns * cell, -(-len(names) // columns) * (cell + 24)), "white")
    pen = ImageDraw.Draw(page)
    for number, (name, picture) in enumerate(zip(names, person["pictures"], strict=True)):
        x, y = number % columns * cell, number // columns * (cell + 24)
        page.paste(Image.fromarray(picture).resize((cell, cell)), (x, y + 24))
        pen.text((x + 6, y + 4), name, fill="black")
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path)


def table(people: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians and extremes over people, an expression a row."""
    rows: dict[str, Any] = {}
    for expression in EXPRESSIONS:
        able = [p for p in people if "refused" not in p["edits"][expression]]
        done = [p["edits"][expression] for p in able]
        if not done:
            rows[expression] = {"refused": len(people)}
            continue
        asked = {unit: pairs[0] for edit in done for unit, pairs in edit["asked"].items()}
        row = {
            "people": len(done), "refused": len(people) - len(done),
            "asked_measured": {
                unit: [value, round(statistics.median(e["asked"][unit][1] for e in done if unit in e["asked"]))]
                for unit, value in sorted(asked.items())
            },
            "others_p95": round(float(np.percentile([e["others"] for e in done], 95))),
            "drift_max": max(e["drift"] for e in done),
            "sharpness": [round(float(np.percentile([e["sharpness"] for e in done], q)), 3) for q in (5, 50, 95)],
            "identity": round(statistics.median(e["identity"] for e in done), 3),
        }  # fmt: skip
        if expression in SMILES:
            for key in ("mouth", "plain"):
                row[key] = round(statistics.median(e[key] for e in done), 4)
            row["mouth_better_than_nothing"] = sum(e["mouth"] > p["nothing"] for e, p in zip(done, able, strict=True))
        rows[expression] = row
    return rows


def main() -> None:
    """All people, all expressions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--faces", type=Path, default=Path("faces"))
    parser.add_argument("--side", type=int, default=675)
    parser.add_argument("--limit", type=int, default=30)
    parser.add_argument("--sheets", type=Path, default=Path("build/quality"))
    given = parser.parse_args()
    folder = given.faces / "london"
    if not folder.is_dir():
        print("no london folder there: skipped", file=sys.stderr)
        return
    torch.set_num_threads(1)
    settings = Settings.load({})
    engine = build(ModelStore(settings.models, settings.model_cache))
    people, who = [], Identity()
    for path in sorted(folder.glob("*_neutral.jpg"))[: given.limit]:
        name = path.name.partition("_")[0]
        people.append(one_person(name, folder, given.side, engine, who))
        sheet(people[-1], given.sheets / f"{name}.png")
        del people[-1]["pictures"]
        print(name, file=sys.stderr, flush=True)
    strangers = [float(np.linalg.norm(a["print"] - b["print"])) for i, a in enumerate(people) for b in people[:i]]
    order = sorted(people, key=lambda person: person["tone"])
    third = -(-len(order) // 3)
    groups = {name: order[i * third : (i + 1) * third] for i, name in enumerate(("dark", "middle", "light"))}
    common.write(
        "quality",
        {
            "people": len(people), "side_px": given.side, "all": table(people),
            "by_skin_tone": {name: table(group) for name, group in groups.items() if group},
            "real_smile_identity": round(statistics.median(p["own_smile"] for p in people), 3),
            "strangers_identity": round(statistics.median(strangers), 3) if strangers else None,
            "mouth_of_the_unedited": round(statistics.median(p["nothing"] for p in people), 4),
        },
    )  # fmt: skip


if __name__ == "__main__":
    main()
