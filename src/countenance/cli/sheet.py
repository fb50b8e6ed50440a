"""`sheet`: a person's own face at the limits of a release, to look at before signing."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.state import State, state_of
from countenance.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from countenance.core.records.showing import Showing
    from countenance.request.receive import EditOrder

STAMP = "FOR CONSENT - NOT FOR USE"
_ABOUT = "a contact sheet to consent to: not signed, not marked, not for use"


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("sheet")(sheet)


def sheet(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    release_id: Annotated[str, typer.Option("--release", metavar="ID", help="The release whose limits are shown.")],
    out: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Where it goes; default: beside PHOTO, as .sheet.png.")
    ] = None,
    face: Annotated[int | None, typer.Option(metavar="N", help="Which face; see `countenance faces`.")] = None,
    operator: Annotated[str | None, typer.Option("--operator", metavar="ID", help="Who makes it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing sheet.")] = False,
) -> None:
    """Show a person their own face at the limits that a release allows, for them to look at and sign."""
    from countenance.cli.sheets import draw_sheet  # noqa: PLC0415
    from countenance.desk import find_operator  # noqa: PLC0415
    from countenance.request.receive import receive_asset  # noqa: PLC0415
    from countenance.wiring.sheet import make_sheet  # noqa: PLC0415

    state = state_of(context)
    data = state.read(photo)
    target = out or (Path("sheet.png") if photo == "-" else Path(photo).with_suffix(".sheet.png"))
    require_free(target, replace=force)
    office = state.office
    who = find_operator(office.books, office.operator_id(operator))
    asset = receive_asset(data, max_bytes=state.settings.max_bytes, max_pixels=state.settings.max_pixels)
    draw = partial(draw_sheet, stamp=STAMP, title="What this release allows on this face", about=_ABOUT)
    try:
        made, png = make_sheet(
            office.pen_of(who), who, asset, data, release_id, face, room=lambda: state.room, draw=draw
        )  # fmt: skip
    finally:
        office.write_log()
    write_sheet(target, png)
    if made.not_shown:
        state.say(f"allowed, but cannot be shown on this face: {', '.join(made.not_shown)}")
    state.answer(showing_json(made, target), f"{target}\n{len(made.cells)} pictures; sheet {made.sheet_digest}")


def run_preview(state: State, order: "EditOrder", path: Path) -> None:
    """Several intensities of one request, small and stamped."""
    from countenance.cli.sheets import draw_sheet  # noqa: PLC0415
    from countenance.wiring.edit_tools import edit_tools  # noqa: PLC0415
    from countenance.wiring.preview import make_preview  # noqa: PLC0415

    draw = partial(draw_sheet, stamp="PREVIEW", title="Preview", about="preview, not for use: not signed, not marked")
    with state.progress(3) as step:
        tools = replace(edit_tools(state.settings, state.office, order.operator_id, step), render=lambda: state.room)
        try:
            made, png = make_preview(order, tools, draw)
        finally:
            state.office.write_log()
    write_sheet(path, png)
    state.answer(showing_json(made, path), f"preview {path}: decided and logged, nothing published")


def require_free(path: Path, *, replace: bool) -> None:
    """What can be said of a sheet's place before anything is logged.

    Raises:
        ConfigError: it is no .png, it exists already, or its folder does not.
    """
    if path.suffix.lower() != ".png":
        raise ConfigError(f"`{path.name}` is no .png", hint="a sheet is a PNG file")
    if path.is_dir() or path.is_symlink() or (path.exists() and not replace):
        raise ConfigError(f"`{path}` exists already", hint="choose another name, or --force to replace it")
    if not path.parent.is_dir():
        raise ConfigError("the output's folder does not exist", hint="make it first")


def write_sheet(path: Path, png: bytes) -> None:
    """Write a sheet, all or nothing.

    Raises:
        StoreError: it cannot be written.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(png)
        fresh.replace(path)
    except OSError as error:
        raise StoreError(f"the sheet cannot be written: {error.strerror}", hint="check the folder") from error


def showing_json(made: "Showing", path: Path) -> dict[str, Any]:
    """The JSON of a sheet: with it, anyone can cut each cell out of the file and compare its digest."""
    return {
        "schema": "countenance.sheet/1",
        "id": made.id,
        "shows": made.shows,
        "output": str(path),
        "release": made.release_id,
        "face": made.face,
        "edit_id": made.edit_id,
        "sheet_digest": made.sheet_digest,
        "record_digest": made.digest(),
        "not_shown": list(made.not_shown),
        "cells": [
            cell.model_dump() | {"units": {name: value / 1000 for name, value in cell.units.items()}}
            for cell in made.cells
        ],
    }
