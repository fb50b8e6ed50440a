"""`countenance sheet`: a person's own face at the limits of a release, to look at before signing.

Decided and logged before a pixel is touched, decided again and logged with all digests before the file is let out.
"""

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from countenance.core import digest, facs
from countenance.core.records.asset import Asset
from countenance.core.records.audit import StatementKind
from countenance.core.records.consent import Grant, ModelRelease, Operator
from countenance.core.records.decision import Reason
from countenance.core.records.showing import Showing
from countenance.decision.show import against_showing
from countenance.edit.ports import Box, EditorEngine, FaceReading
from countenance.edit.render import render
from countenance.errors import ConfigError, DeniedError
from countenance.toolkit.pen import Books, Pen
from countenance.toolkit.render import RenderTools
from countenance.wiring.cells import (
    Cell,
    Drawn,
    cell_pixels,
    choose_box,
    features_of,
    limits_of,
    named_within,
    only_this,
    shown_cells,
    work_crop,
)

CELL_MARGIN = 0.15
"""What is shown around the face's box, as a share of it."""
_REFUSED = " (teeth: would be refused)"
Draw = Callable[[Sequence[Cell]], Drawn]


def make_sheet(
    pen: Pen, operator: Operator, asset: Asset, data: bytes, release_id: str, face: int | None,
    *, room: Callable[[], RenderTools], draw: Draw,
) -> tuple[Showing, bytes]:  # fmt: skip
    """The sheet's record, which is logged, and the PNG that may now be let out.

    Raises:
        ConfigError: no such release, or several faces and no choice.
        DeniedError: see `against_showing`; the refusal is logged.
        NoFaceError: no face is found.
    """
    release = pen.books.release(release_id)
    if release is None:
        raise ConfigError(f"`{release_id}` is no model release here", hint="add it with `countenance release add`")
    return sheet_of(pen, operator, asset, data, release, face, room=room, draw=draw)


def sheet_of(
    pen: Pen, operator: Operator, asset: Asset, data: bytes, release: ModelRelease, face: int | None,
    *, room: Callable[[], RenderTools], draw: Draw,
) -> tuple[Showing, bytes]:  # fmt: skip
    """The same for a release that is on file, or for the draft of one that a person is to be invited to sign.

    Raises:
        as `make_sheet`.
    """
    asked = Showing(
        id=pen.ids.new("sheet"), shows="limits", operator_id=operator.id, asset_digest=asset.digest_of_file, face=face,
        release_id=release.id, person_id=release.person_id, effect="permit", reasons=(), at=pen.clock.now(),
    )  # fmt: skip
    log_showing(pen, asked, operator, release)
    tools = room()
    pixels = tools.images.decode(data, asset.media_type).pixels.to(tools.device)
    boxes = tools.engine.detect(pixels)
    chosen, box = choose_box(boxes, face)
    alone = only_this(pixels, box, [other for other in boxes if other != box])
    cells = cells_of(alone, box, release.grant, tools.engine)
    drawn = draw(cells)
    shown = asked.model_copy(
        update={
            "face": chosen, "engine": tools.engine.name, "engine_version": tools.engine.version,
            "sheet_digest": digest.of_file(drawn.data), "cells": shown_cells(cells, drawn),
            "not_shown": _not_shown(release.grant, cells), "at": pen.clock.now(),
        }
    )  # fmt: skip
    log_showing(pen, shown, operator, release)
    return shown, drawn.data


def log_showing(pen: Pen, showing: Showing, operator: Operator, release: ModelRelease) -> None:
    """Decide as things stand, and log that, whatever it says.

    Raises:
        DeniedError: something speaks against it.
    """
    books = pen.books
    with books.transaction():
        reasons = _against(books, showing, operator, release)
        logged = showing.model_copy(update={"effect": "deny", "reasons": reasons} if reasons else {})
        kind: StatementKind = "sheet" if showing.shows == "limits" else "preview"
        receipt = pen.write(kind, logged, subject=release.id, at=max(showing.at, books.last_instant() or ""))
    if reasons:
        why = "; ".join(f"{reason.reason} [{reason.policy}]" for reason in reasons)
        hint = "the refusal is logged; nothing was written"
        raise DeniedError(f"refused: {why}", decisions=(logged,), log_index=receipt.index, hint=hint)


def _against(books: Books, showing: Showing, operator: Operator, release: ModelRelease) -> tuple[Reason, ...]:
    title = books.title_of(showing.asset_digest)
    ties = books.ties(title.id) if title else ()
    tie = next((tie for tie in ties if tie.face == (showing.face or 0)), None)
    return against_showing(
        operator=operator,
        release=release,
        person=books.person(release.person_id),
        title=title,
        tie=tie,
        tied=books.release(tie.release_id) if tie and tie.release_id else None,
        revocations=(*books.revocations(operator.id), *books.revocations(release.id)),
        at=showing.at,
    )


def cells_of(pixels: Tensor, box: Box, grant: Grant, engine: EditorEngine) -> list[Cell]:
    """The face as it is, at each limit, and in the named expressions that lie within all limits.

    What the engine cannot do, on any face or on this one, is left out. Where teeth show that the release denies, the
    label says so: an edit to there would be refused.
    """
    crop, inner = work_crop(pixels, box)
    reading = engine.perceive(crop, inner)
    views = [("as photographed", {}), *limits_of(grant), *named_within(grant)]
    able = [(label, units) for label, units in views if _can(units, reading, engine)]
    features = features_of(reading, inner, crop.shape[-2:], margin=CELL_MARGIN)
    made = [render(crop, reading, units, engine, seed=0).pixels for _, units in able]
    return [
        Cell(
            label=label + (_REFUSED if _teeth_denied(done, inner, units, grant, engine) else ""),
            units=units,
            pixels=cell_pixels(done, inner, margin=CELL_MARGIN),
            features=features,
        )
        for (label, units), done in zip(able, made, strict=True)
    ]


def _teeth_denied(done: Tensor, box: Box, units: Mapping[str, int], grant: Grant, engine: EditorEngine) -> bool:
    """Whether a view that an edit would make shows teeth, and the release denies them."""
    denied = not grant.teeth_visible or any(one.test == "teeth-visible" for one in grant.denied or ())
    return bool(units) and denied and engine.perceive(done, box).teeth_visible


def _not_shown(grant: Grant, cells: Sequence[Cell]) -> tuple[str, ...]:
    shown = {unit for cell in cells for unit in cell.units}
    allowed = {unit for _, units in limits_of(grant) for unit in units}
    return tuple(sorted(allowed - shown))


def _can(units: Mapping[str, int], reading: FaceReading, engine: EditorEngine) -> bool:
    blocked = {*reading.blocked, *(facs.plain(name) for name in reading.blocked)}
    return all(unit in engine.renders and unit not in blocked and facs.plain(unit) not in blocked for unit in units)
