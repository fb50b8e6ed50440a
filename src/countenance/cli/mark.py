"""`mark`: a titled picture gets a mark and a manifest, and stays as it is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.codec import WatermarkOption, choose_codec
from countenance.cli.places import free, media_type_of_name, not_the_input
from countenance.cli.state import State, state_of

if TYPE_CHECKING:
    from countenance.marking import MarkingOutcome


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("mark")(mark)


def mark(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    out: Annotated[Path, typer.Option(help="Where the marked picture goes: .jpg, .png, .webp or .tif.")],
    operator: Annotated[str | None, typer.Option(metavar="ID", help="Who marks; default: the only operator.")] = None,
    watermark: WatermarkOption = None,
    tsa_url: Annotated[str | None, typer.Option(metavar="URL", help="Server for a trusted time-stamp.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output.")] = False,
) -> None:
    """Mark a titled picture without editing it: decided, marked, signed and logged before the file is let out."""
    state = state_of(context)
    state.flags["tsa_url"] = tsa_url
    choose_codec(state, watermark)
    media_type = media_type_of_name(out)
    free(out, force=force)
    data = state.read(photo)
    not_the_input(out, photo, data)
    done = _run(state, data, operator, out, media_type, force=force)
    for warning in done.warnings:
        state.say(f"warning: {warning}")
    state.answer(_json(done, out), _text(done, out))


def _run(
    state: State, data: bytes, operator: str | None, out: Path, media_type: str, *, force: bool
) -> "MarkingOutcome":
    from countenance.marking import STAGES, mark_original  # noqa: PLC0415
    from countenance.toolkit.turnstiles import Target  # noqa: PLC0415
    from countenance.wiring.edit_tools import edit_tools, sweep  # noqa: PLC0415

    who = state.office.operator_id(operator)
    with state.progress(len(STAGES)) as step:
        tools = edit_tools(state.settings, state.office, who, step)
        sweep(tools.outputs, state.office.books, out.parent)
        try:
            return mark_original(data, Target(path=out, media_type=media_type, replace=force), tools)
        finally:
            state.office.write_log()


def _json(done: "MarkingOutcome", out: Path) -> dict[str, Any]:
    marking = done.marking
    carried = marking.input_mark
    return {
        "schema": "countenance.mark/1",
        "marking_id": marking.id,
        "output": str(out),
        "decision": "permit",
        "title_id": marking.title_id,
        "watermark_id": marking.watermark_id,
        "watermark": marking.watermark,
        "manifest_id": marking.manifest_id,
        "input_mark": None if carried is None else carried.model_dump(mode="json"),
        "log_index": done.receipt.index,
        "warnings": list(done.warnings),
    }


def _text(done: "MarkingOutcome", out: Path) -> str:
    marking = done.marking
    return "\n".join(
        (
            f"marked {out}, and edited nothing",
            f"  watermark {marking.watermark_id} ({marking.watermark}), manifest {marking.manifest_id}",
            f"  log entry {done.receipt.index}",
        )
    )
