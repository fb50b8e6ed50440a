"""One permitted face of one photo: detect again, read, plan, render inside the mask, measure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from countenance.core import facs
from countenance.core.records.asset import FaceBox
from countenance.core.records.decision import Permit
from countenance.core.records.recipe import DrawnLabel, EditRecipe, Measured, MeasuredUnit, PermittedMask
from countenance.edit.apart import require_apart
from countenance.edit.doubts import doubts
from countenance.edit.kept import pack
from countenance.edit.measure import MeasuredResult, measure
from countenance.edit.plan import plan_expression
from countenance.edit.ports import Box, Donor, EditorEngine
from countenance.edit.proof import leakage, permitted_mask, pixels_digest, runtime_of
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
    mask: PermittedMask
    pixels_digest: str
    field_digest: str | None
    kept: bytes | None
    """The reading, where the release lets landmarks be kept."""
    warnings: tuple[str, ...] = ()
    """What perception tells whoever asked."""


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


def require_unblocked(units: Iterable[str], blocked: Mapping[str, str]) -> None:
    """Pass only where nothing on the face is in the way of a unit: a unit of a side also blocks the whole.

    Raises:
        InputError: something is, with the reason.
    """
    for name in units:
        plain = facs.plain(name)
        for other in dict.fromkeys((name, plain, *((f"{plain}L", f"{plain}R") if name == plain else ()))):
            if other in blocked:
                raise InputError(
                    f"{name} cannot be done on this face: {blocked[other]}",
                    hint="leave it out, or use another picture; `countenance faces PHOTO` shows what is blocked",
                )


def boxes_of(found: Iterable[Box]) -> tuple[FaceBox, ...]:
    """Detections as numbered boxes, in the order given (left to right)."""
    return tuple(
        FaceBox(number=number, x0_px=box[0], y0_px=box[1], x1_px=box[2], y1_px=box[3])
        for number, box in enumerate(found)
    )


def read_donor(picture: Picture, permit: Permit, engine: EditorEngine, device: str) -> Donor:
    """The face to borrow from, in the picture that this permit is for.

    Raises:
        NoFaceError: the faces are not those of its title, or the face cannot be read.
    """
    pixels = picture.pixels.to(device)
    box, _ = _same_faces(engine.detect(pixels), permit)
    return Donor(pixels=pixels, reading=engine.perceive(pixels, box))


def edit_face(
    picture: Picture, permit: Permit, engine: EditorEngine, *, device: str, seed: int, donor: Donor | None = None
) -> Edit:
    """Render the permit's units on its face, and measure what changed.

    Raises:
        InputError: something on the face is in the way of a unit.
        NoFaceError: the faces are not those of the title, or the face cannot be worked on.
        InputError: another face overlaps it.
        EngineError: the engine broke its contract, or changed no pixel.
    """
    pixels = picture.pixels.to(device)
    box, others = _same_faces(engine.detect(pixels), permit)
    reading = engine.perceive(pixels, box)
    limits = {name: (limit.min_permille, limit.max_permille) for name, limit in permit.limits.items()}
    plan = plan_expression(permit.units, limits)
    require_apart(reading, others)
    require_unblocked(plan, reading.blocked)
    edited = render(pixels, reading, plan, engine, others=others, seed=seed, levels=picture.levels, donor=donor)
    if not edited.changed_px:
        raise EngineError("the edit changed nothing in the picture", hint="ask for a larger change")
    return Edit(
        picture=replace(picture, pixels=edited.pixels),
        plan=plan,
        region_px=edited.region,
        changed_px=edited.changed_px,
        measured=_record(
            permit.edit_id, plan, measure(pixels, reading, edited, engine, known=facs.NAMES, shown=_limited(permit))
        ),
        mask=permitted_mask(edited.permitted),
        pixels_digest=pixels_digest(edited.pixels, edited.permitted, levels=picture.levels),
        field_digest=edited.field_digest,
        kept=pack(reading) if permit.keep_landmarks else None,
        warnings=(*reading.warnings, *doubts(plan, teeth_visible=reading.teeth_visible)),
    )


def write_recipe(
    permit: Permit,
    edit: Edit,
    engine: EditorEngine,
    *,
    seed: int,
    toolkit: str,
    device: str,
    reference_digest: str | None = None,
    labels: tuple[DrawnLabel, ...] | None = None,
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
        mask=edit.mask,
        field_digest=edit.field_digest,
        pixels_digest_before_marks=edit.pixels_digest,
        reference_digest=reference_digest,
        runtime=runtime_of(device),
        labels=labels,
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


def _limited(permit: Permit) -> tuple[str, ...]:
    """The units of which the release limits what may be shown at all."""
    return tuple(name for name, limit in permit.limits.items() if limit.absolute_max_permille is not None)


def _record(edit_id: str, asked: Collection[str], result: MeasuredResult) -> Measured:
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
        leakage=leakage(asked, result.units),
        eyes_closed_before_permille=result.eyes_closed_permille[0],
        eyes_closed_after_permille=result.eyes_closed_permille[1],
        asymmetry_permille=result.asymmetry_permille,
        shown={
            name: MeasuredUnit(value_permille=value, error_permille=error)
            for name, (value, error) in result.shown.items()
        }
        or None,
    )
