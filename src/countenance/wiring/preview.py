"""`edit --preview`: several intensities of one request, small and stamped, decided and logged before they are let out.

The decision is the one that the edit itself would get. Nothing is published: no mark, no manifest, and the permit stays
unspent until it expires.
"""

from collections.abc import Mapping
from typing import Any

from countenance.core import digest
from countenance.core.records.decision import Permit
from countenance.core.records.recipe import Measured
from countenance.core.records.showing import Showing
from countenance.desk import find_operator
from countenance.edit.photo import edit_face, require_renders
from countenance.errors import ConfigError
from countenance.pipeline import authorise
from countenance.request.receive import EditOrder
from countenance.toolkit.edit import EditTools
from countenance.toolkit.render import RenderTools
from countenance.wiring.cells import Cell, cell_pixels, features_of, only_this, shown_cells
from countenance.wiring.sheet import CELL_MARGIN, Draw, log_showing

SHARES = (25, 50, 75, 100)
"""Per cent of what was asked for."""
_SIDE_PX = 640


def make_preview(order: EditOrder, tools: EditTools, draw: Draw) -> tuple[Showing, bytes]:
    """The preview's record, which is logged, and the PNG that may now be let out.

    Raises:
        DeniedError: policy says no, now or when the sheet is drawn.
        ConfigError: a reference was given: it is borrowed from at full intensity only.
        CountenanceError: of the kind that says who must act.
    """
    if order.reference is not None:
        raise ConfigError("a preview does not borrow from a reference", hint="leave --reference out of the preview")
    authorised = authorise(order, tools)
    permit, room = authorised.permit, tools.render()
    require_renders(permit.units, room.engine)
    tools.progress("edit")
    seed = int.from_bytes(tools.pen.ids.secret(4))
    cells = _cells(order.data, permit, room, seed)
    drawn = draw(cells)
    shown = Showing(
        id=tools.pen.ids.new("preview"), shows="preview", operator_id=order.operator_id,
        asset_digest=permit.asset.digest_of_file, face=permit.face.number, release_id=permit.release_id,
        edit_id=permit.edit_id, effect="permit", reasons=(), engine=room.engine.name,
        engine_version=room.engine.version, sheet_digest=digest.of_file(drawn.data), cells=shown_cells(cells, drawn),
        at=tools.pen.clock.now(),
    )  # fmt: skip
    release = tools.pen.books.release(permit.release_id)
    if release is None:
        raise ConfigError("the release is no longer on file")
    log_showing(tools.pen, shown, find_operator(tools.pen.books, order.operator_id), release)
    return shown, drawn.data


def _cells(data: bytes, permit: Permit, room: RenderTools, seed: int) -> list[Cell]:
    picture = room.images.decode(data, permit.asset.media_type)
    box, *others = ((one.x0_px, one.y0_px, one.x1_px, one.y1_px) for one in (permit.face, *permit.others))
    seen = room.engine.perceive(picture.pixels.to(room.device), box)
    features = features_of(seen, box, picture.pixels.shape[-2:], margin=CELL_MARGIN, side_px=_SIDE_PX)
    cells = []
    for share in SHARES:
        units = {name: round(value * share / 100) for name, value in permit.units.items()}
        part = permit.model_copy(update={"units": {name: value for name, value in units.items() if value}})
        edit = edit_face(picture, part, room.engine, device=room.device, seed=seed)
        pixels = cell_pixels(only_this(edit.picture.pixels, box, others), box, margin=CELL_MARGIN, side_px=_SIDE_PX)
        label = f"{share} %{_measured(edit.measured, part.units)}"
        cells.append(Cell(label=label, units=part.units, pixels=pixels, features=features))
    return cells


def _measured(measured: Measured, units: Mapping[str, Any]) -> str:
    read = [f"{name} {measured.units[name].value_permille / 1000:+.2f}" for name in units if name in measured.units]
    teeth = ["teeth visible"] if measured.teeth_visible_after else []
    told = ", ".join([*read, *teeth])
    return f", measured {told}" if told else ""
