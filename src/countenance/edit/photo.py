"""One permitted face of one photo: detect again, read, plan, render inside the mask, measure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from countenance.core import facs
from countenance.core.records.asset import FaceBox
from countenance.core.records.decision import Permit
from countenance.core.records.recipe import EditRecipe, Measured, MeasuredUnit
from countenance.edit.measure import MeasuredResult, measure
from countenance.edit.plan import plan_expression
from countenance.edit.ports import Box, EditorEngine
from countenance.edit.render import render
from countenance.errors import EngineError, InputError, NoFaceError
from countenance.media.ports import Picture

_SAME_FACE_PERMILLE = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edited picture, before marks, with what it is made of and what was measured on it."""

    picture: Picture
    plan: Mapping[str, int]
    region_px: Sequence[tuple[int, int]]
    changed_px: int
    measured: Measured


def require_renders(units: Iterable[str], engine: EditorEngine) -> None:
    """Pass only where the engine can do every unit.

    Raises:
        InputError: it cannot; the decision stands in the log, nothing is rendered.
    """
    missing = [name for name in units if name not in engine.renders]
    if missing:
        can = ", ".join(sorted({facs.plain(name) for name in engine.renders}, key=lambda name: int(name[2:])))
        raise InputError(
            f"permitted, but the engine `{engine.name}` cannot do {', '.join(missing)} yet", hint=f"it does {can}"
        )


def boxes_of(found: Iterable[Box]) -> tuple[FaceBox, ...]:
    """Detections as numbered boxes, in the order given (left to right)."""
    return tuple(
        FaceBox(number=number, x0_px=box[0], y0_px=box[1], x1_px=box[2], y1_px=box[3])
        for number, box in enumerate(found)
    )


def edit_face(picture: Picture, permit: Permit, engine: EditorEngine, *, device: str, seed: int) -> Edit:
    """Render the permit's units on its face, and measure what changed.

    Raises:
        NoFaceError: the faces are not those of the title, or the face cannot be worked on.
        EngineError: the engine broke its contract, or changed no pixel.
    """
    pixels = picture.pixels.to(device)
    box, others = _same_faces(engine.detect(pixels), permit)
    reading = engine.perceive(pixels, box)
    limits = {name: (limit.min_permille, limit.max_permille) for name, limit in permit.limits.items()}
    plan = plan_expression(permit.units, limits)
    edited = render(pixels, reading, plan, engine, others=others, seed=seed, levels=picture.levels)
    if not edited.changed_px:
        raise EngineError("the edit changed nothing in the picture", hint="ask for a larger change")
    return Edit(
        picture=replace(picture, pixels=edited.pixels),
        plan=plan,
        region_px=edited.region,
        changed_px=edited.changed_px,
        measured=_record(permit.edit_id, measure(pixels, reading, edited, engine, known=facs.NAMES)),
    )


def write_recipe(
    permit: Permit, edit: Edit, engine: EditorEngine, *, seed: int, toolkit: str, device: str
) -> EditRecipe:
    """The *how* of the edit, as it is signed into the manifest by digest."""
    return EditRecipe(
        edit_id=permit.edit_id,
        toolkit_version=toolkit,
        engine=engine.name,
        engine_version=engine.version,
        digital_source_type=engine.digital_source_type,
        weights=dict(engine.weights),
        units=dict(edit.plan),
        seed=seed,
        device=device,
        region_px=tuple(edit.region_px),
        changed_px=edit.changed_px,
    )


def _same_faces(found: Sequence[Box], permit: Permit) -> tuple[Box, tuple[Box, ...]]:
    """The permit's face and the others, as detected now.

    Raises:
        NoFaceError: detection now does not match the faces that the title numbers.
    """
    known = sorted((permit.face, *permit.others), key=lambda box: box.number)
    now = boxes_of(found)
    if len(now) != len(known) or any(
        a.overlap_permille(b) < _SAME_FACE_PERMILLE for a, b in zip(now, known, strict=True)
    ):
        raise NoFaceError("the faces found are not those of the title", hint="add the title again with `title add`")
    return found[permit.face.number], tuple(box for n, box in enumerate(found) if n != permit.face.number)


def _record(edit_id: str, result: MeasuredResult) -> Measured:
    return Measured(
        edit_id=edit_id,
        units={
            name: MeasuredUnit(value_permille=value, error_permille=error)
            for name, (value, error) in result.units.items()
        },
        unchecked=tuple(result.unchecked),
        teeth_visible_before=result.teeth_visible[0],
        teeth_visible_after=result.teeth_visible[1],
        rigid_drift_permille=result.rigid_drift_permille,
        changed_outside_before_marks_px=result.changed_outside_px,
    )
