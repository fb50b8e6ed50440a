"""The way: `edit`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.state import State, measured_json, read_file, state_of
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countenance.core.records.decision import Decision
    from countenance.request.receive import EditOrder
    from countenance.toolkit.turnstiles import Outcome

_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("edit")(edit)


def edit(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    out: Annotated[Path, typer.Option(help="Where the edited picture goes: .jpg, .png, .webp or .tif.")],
    purpose: Annotated[str, typer.Option(help="advertising, e-commerce, editorial, film, training")],
    medium: Annotated[str, typer.Option(help="web, print, social, broadcast, cinema, out-of-home")],
    territory: Annotated[str, typer.Option(help="ISO 3166 country code, such as DE")],
    operator: Annotated[str | None, typer.Option(metavar="ID", help="Who edits; default: the only operator.")] = None,
    face: Annotated[int | None, typer.Option(metavar="N", help="Which face; see `countenance faces`.")] = None,
    au: Annotated[str | None, typer.Option(help="Changes of action units: AU12=0.5,AU4=-0.2")] = None,
    smile: Annotated[str | None, typer.Option(metavar="X", help="Lip corners up, -1 to 1.")] = None,
    brows: Annotated[str | None, typer.Option(metavar="X", help="Brows up, -1 to 1.")] = None,
    frown: Annotated[str | None, typer.Option(metavar="X", help="Brows together, -1 to 1.")] = None,
    preset: Annotated[str | None, typer.Option(metavar="NAME", help="A named expression.")] = None,
    tsa_url: Annotated[str | None, typer.Option(metavar="URL", help="Server for a trusted time-stamp.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show decision and plan; render and log nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output.")] = False,
) -> None:
    """Change the expression of one face: decide, render, mark, sign, log, and only then let the file out."""
    state = state_of(context)
    state.flags["tsa_url"] = tsa_url
    units = _asked(au, smile, brows, frown, preset)
    state.asked = {"requested": decimals(units)}
    media_type = _media_type(out)
    if not dry_run:
        _free(out, force=force)
    data = state.read(photo)
    _not_the_input(out, photo, data)
    order = _order(state, data, operator, purpose, medium, territory, face, units)
    if dry_run:
        _show_plan(state, order)
        return
    _run(state, order, out, media_type, force=force)


def _run(state: State, order: "EditOrder", out: Path, media_type: str, *, force: bool) -> None:
    from countenance.pipeline import STAGES, edit_photo  # noqa: PLC0415
    from countenance.toolkit.turnstiles import Target  # noqa: PLC0415
    from countenance.wiring.edit_tools import edit_tools, sweep  # noqa: PLC0415

    with state.progress(len(STAGES)) as step:
        tools = edit_tools(state.settings, state.office, order.operator_id, step)
        swept = sweep(tools.outputs, state.office.books, out.parent)
        if swept.let_out:
            state.say(f"let out {swept.let_out} file(s) that an interrupted run had logged")
        if swept.waiting:
            state.say(f"{swept.waiting} logged file(s) of interrupted runs stay held: another file has the name")
        try:
            done = edit_photo(order, Target(path=out, media_type=media_type, replace=force), tools)
        finally:
            state.office.write_log()
    state.answer(outcome_json(done, out), _outcome_text(done, out))


def outcome_json(done: "Outcome", out: Path) -> dict[str, Any]:
    """The JSON of a published edit."""
    return {
        "schema": "countenance.edit/1",
        "edit_id": done.request.edit_id,
        "output": str(out),
        "decision": done.decision.effect,
        "reasons": _reasons(done.decision),
        "requested": decimals(done.request.units),
        "measured": measured_json(done.measured),
        "unchecked": list(done.measured.unchecked),
        "teeth_visible": done.measured.teeth_visible_after,
        "changed_outside_before_marks": done.measured.changed_outside_before_marks_px,
        "watermark_id": done.publication.watermark_id,
        "manifest_id": done.publication.manifest_id,
        "log_index": done.receipt.index,
    }


def decimals(units: "Mapping[str, int]") -> dict[str, float]:
    """Permille as people write them."""
    return {name: value / 1000 for name, value in units.items()}


def _outcome_text(done: "Outcome", out: Path) -> str:
    lines = [f"published {out}", "", f"  {'unit':<7}{'asked':>8}{'measured':>11}"]
    shown = {
        name: unit for name, unit in done.measured.units.items() if name[-1].isdigit() or name in done.request.units
    }
    for name, unit in sorted(shown.items(), key=lambda item: int(item[0].strip("AULR"))):
        asked = f"{done.request.units[name] / 1000:+.2f}" if name in done.request.units else "-"
        lines.append(f"  {name:<7}{asked:>8}{unit.value_permille / 1000:>+11.2f} ± {unit.error_permille / 1000:.2f}")
    outside = done.measured.changed_outside_before_marks_px
    lines += [
        "",
        f"  changed outside the face's region, before marks: {outside} pixels",
        f"  watermark {done.publication.watermark_id}, manifest {done.publication.manifest_id}",
        f"  log entry {done.receipt.index}",
    ]
    return "\n".join(lines)


def _reasons(decision: "Decision") -> list[dict[str, str]]:
    return [reason.model_dump() for reason in decision.reasons]


def _show_plan(state: State, order: "EditOrder") -> None:
    from countenance.wiring.dry_run import decide_only  # noqa: PLC0415

    request, decision = decide_only(state.settings, state.office, order)
    plan = {name: f"{value / 1000:+.2f}" for name, value in request.units.items()}
    why = "\n".join(f"  {reason.policy}: {reason.reason}" for reason in decision.reasons)
    state.answer(
        {
            "schema": "countenance.dry-run/1",
            "decision": decision.effect,
            "reasons": _reasons(decision),
            "face": request.face,
            "plan": decimals(request.units) if decision.effect == "permit" else {},
        },
        f"{decision.effect}\n{why}\nface {request.face}: {plan}\nnothing was rendered or logged",
    )
    if decision.effect != "permit":
        raise typer.Exit(3)


def _order(
    state: State,
    data: bytes,
    operator: str | None,
    purpose: str,
    medium: str,
    territory: str,
    face: int | None,
    units: dict[str, int],
) -> "EditOrder":
    from countenance.desk import default_operator  # noqa: PLC0415
    from countenance.request.receive import EditOrder  # noqa: PLC0415

    who = operator or default_operator(state.office.books, None).id
    return EditOrder(
        data=data, operator_id=who, purpose=purpose, medium=medium, territory=territory, face=face, units=units
    )


def _asked(*wishes: str | None) -> dict[str, int]:
    from countenance.request.receive import asked  # noqa: PLC0415

    return asked(_units(*wishes))


def _units(
    au: str | None, smile: str | None, brows: str | None, frown: str | None, preset: str | None
) -> dict[str, int]:
    from countenance.core import facs  # noqa: PLC0415
    from countenance.request import presets  # noqa: PLC0415

    parts = [
        facs.parse_units(au) if au is not None else {},
        presets.smile(facs.permille(smile, of="--smile")) if smile is not None else {},
        presets.brows(facs.permille(brows, of="--brows")) if brows is not None else {},
        presets.frown(facs.permille(frown, of="--frown")) if frown is not None else {},
        presets.preset(preset) if preset is not None else {},
    ]
    return presets.combine(*parts)


def _media_type(out: Path) -> str:
    found = _TYPES.get(out.suffix.lower())
    if found is None:
        raise ConfigError(f"`{out.name}` is no name for a picture", hint="name the output .jpg, .png, .webp or .tif")
    return found


def _free(out: Path, *, force: bool) -> None:
    """What can be said of the output at once; the claim at the start of the edit looks again."""
    if out.is_symlink():
        raise ConfigError("the output is a link", hint="name the file itself, or choose another --out")
    if out.is_dir():
        raise ConfigError("the output is a folder", hint="name a file")
    if os.path.lexists(out) and not force:
        raise ConfigError("the output exists already", hint="choose another --out, or --force to replace it")
    if not out.parent.is_dir():
        raise ConfigError("the output's folder does not exist", hint="make it first")


def _not_the_input(out: Path, photo: str, data: bytes) -> None:
    """Also under another name, or read from stdin."""
    if not out.is_file():
        return
    same = photo != "-" and out.samefile(photo)
    if same or (out.stat().st_size == len(data) and read_file(str(out)) == data):
        raise ConfigError("the output would replace the picture itself", hint="choose another --out")
