"""The way: `edit`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.asking import Asked, meaning, wish_of
from countenance.cli.codec import WatermarkOption, choose_codec
from countenance.cli.dry_run import show_plan
from countenance.cli.duties import duty_warnings
from countenance.cli.outcome import decimals, outcome_json, outcome_text
from countenance.cli.places import free, media_type_of_name, not_the_input
from countenance.cli.presets import presets
from countenance.cli.sheet import run_preview
from countenance.cli.state import State, state_of
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countenance.request.receive import EditOrder, Reference

_NOWHERE = Path("dry-run.png")


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("edit")(edit)
    app.command("presets")(presets)


def edit(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    purpose: Annotated[str, typer.Option(help="advertising, e-commerce, editorial, film, training")],
    medium: Annotated[str, typer.Option(help="web, print, social, broadcast, cinema, out-of-home")],
    territory: Annotated[str, typer.Option(help="ISO 3166 country code, such as DE")],
    out: Annotated[Path | None, typer.Option(help="Where the edited picture goes: .jpg, .png, .webp or .tif.")] = None,
    preview: Annotated[Path | None, typer.Option(metavar="PNG", help="Stamped sheet of intensities, no --out.")] = None,
    operator: Annotated[str | None, typer.Option(metavar="ID", help="Who edits; default: the only operator.")] = None,
    face: Annotated[int | None, typer.Option(metavar="N", help="Which face; see `countenance faces`.")] = None,
    au: Annotated[str | None, typer.Option(help="Changes of action units: AU12=0.5,AU4=-0.2")] = None,
    smile: Annotated[str | None, typer.Option(metavar="X", help="Lip corners up, -1 to 1.")] = None,
    brows: Annotated[str | None, typer.Option(metavar="X", help="Brows up, -1 to 1.")] = None,
    frown: Annotated[str | None, typer.Option(metavar="X", help="Brows together, -1 to 1.")] = None,
    preset: Annotated[str | None, typer.Option(metavar="NAME", help="One that `countenance presets` lists.")] = None,
    prompt: Annotated[str | None, typer.Option(metavar="TEXT", help="In words: `a slight smile, no teeth`.")] = None,
    target: Annotated[bool, typer.Option("--target", help="Numbers are what to show, 0 to 1, not changes.")] = False,
    like: Annotated[str | None, typer.Option(metavar="PHOTO", help="Copy its expression, as numbers.")] = None,
    like_face: Annotated[int | None, typer.Option(metavar="N", help="Which face of --like.")] = None,
    intensity: Annotated[str | None, typer.Option(metavar="X", help="How much of --like, up to 1.")] = None,
    reference: Annotated[str | None, typer.Option(metavar="PHOTO", help="Same person: borrow mouth and lids.")] = None,
    reference_face: Annotated[int | None, typer.Option(metavar="N", help="Which face of --reference.")] = None,
    market: Annotated[list[str] | None, typer.Option(metavar="ID", help="Whose law is asked too; repeatable.")] = None,
    label: Annotated[list[str] | None, typer.Option(metavar="KIND", help="Draw a visible label: eu, cn.")] = None,
    advertiser: Annotated[str | None, typer.Option(metavar="NAME", help="Who advertises with it.")] = None,
    product_line: Annotated[str | None, typer.Option(metavar="NAME", help="For which of their product lines.")] = None,
    campaign: Annotated[str | None, typer.Option(metavar="NAME", help="In which campaign.")] = None,
    platform: Annotated[str | None, typer.Option(metavar="NAME", help="On which platform.")] = None,
    client: Annotated[str | None, typer.Option(metavar="NAME", help="Who gets the file; for the books only.")] = None,
    sensitive: Annotated[
        list[str] | None,
        typer.Option(
            metavar="USE",
            help="What it touches: politics, health, sexuality, religion, alcohol, tobacco, "
            "crime, ridicule; repeatable.",
        ),
    ] = None,
    watermark: WatermarkOption = None,
    tsa_url: Annotated[str | None, typer.Option(metavar="URL", help="Server for a trusted time-stamp.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show decision and plan; render and log nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output.")] = False,
) -> None:
    """Change the expression of one face: decide, render, mark, sign, log, and only then let the file out."""
    state = state_of(context)
    state.flags["tsa_url"] = tsa_url
    choose_codec(state, watermark)
    asked = Asked(au=au, smile=smile, brows=brows, frown=frown, preset=preset, prompt=prompt, target=target,
                  like=like, like_face=like_face, intensity=intensity)  # fmt: skip
    wish = wish_of(asked)
    place = _place(out, preview, dry_run=dry_run)
    media_type = media_type_of_name(place)
    if not dry_run:
        free(place, force=force)
    data = state.read(photo)
    not_the_input(place, photo, data)
    lent = _reference(state, reference, reference_face)
    meant = meaning(state, asked, wish, data, face)
    state.asked = {"requested": decimals(meant.units), **meant.shown}
    order = replace(
        _order(state, data, operator, purpose, medium, territory, face, meant.units, lent),
        markets=tuple(market or state.settings.markets), labels=tuple(label or ()), targets=meant.targets,
        advertiser=advertiser, product_line=product_line, campaign=campaign, platform=platform, client=client,
        sensitive_uses=tuple(sensitive or ()), time_stamp=state.settings.tsa_url is not None,
    )  # fmt: skip
    if dry_run:
        show_plan(state, order, meant.shown)
        return
    if preview is not None:
        run_preview(state, order, preview)
        return
    _run(state, order, place, media_type, meant.shown, force=force)


def _run(
    state: State, order: "EditOrder", out: Path, media_type: str, shown: "Mapping[str, Any]", *, force: bool
) -> None:
    from countenance.pipeline import STAGES, edit_photo  # noqa: PLC0415
    from countenance.toolkit.turnstiles import Target  # noqa: PLC0415
    from countenance.wiring.edit_tools import edit_tools, sweep  # noqa: PLC0415

    with state.progress(len(STAGES)) as step:
        tools = replace(edit_tools(state.settings, state.office, order.operator_id, step), render=lambda: state.room)
        swept = sweep(tools.outputs, state.office.books, out.parent)
        if swept.let_out:
            state.say(f"let out {swept.let_out} file(s) that an interrupted run had logged")
        if swept.waiting:
            state.say(f"{swept.waiting} logged file(s) of interrupted runs stay held: another file has the name")
        try:
            done = edit_photo(order, Target(path=out, media_type=media_type, replace=force), tools)
        finally:
            state.office.write_log()
    for warning in (*done.warnings, *duty_warnings(done.decision)):
        state.say(f"warning: {warning}")
    state.answer(outcome_json(done, out) | dict(shown), outcome_text(done, out))


def _order(
    state: State,
    data: bytes,
    operator: str | None,
    purpose: str,
    medium: str,
    territory: str,
    face: int | None,
    units: "Mapping[str, int]",
    reference: "Reference | None",
) -> "EditOrder":
    from countenance.request.receive import EditOrder  # noqa: PLC0415

    return EditOrder(
        data=data,
        operator_id=state.office.operator_id(operator),
        purpose=purpose,
        medium=medium,
        territory=territory,
        face=face,
        units=units,
        reference=reference,
    )


def _reference(state: State, photo: str | None, face: int | None) -> "Reference | None":
    from countenance.request.receive import Reference  # noqa: PLC0415

    if photo is None and face is not None:
        raise ConfigError("--reference-face belongs to --reference", hint="name the picture with --reference PHOTO")
    return None if photo is None else Reference(data=state.read(photo), face=face)


def _place(out: Path | None, preview: Path | None, *, dry_run: bool) -> Path:
    """Where the one output goes; a dry run may leave it open."""
    chosen = preview or out or (_NOWHERE if dry_run else None)
    if chosen is None or (out is not None and preview is not None):
        raise ConfigError("an edit needs either --out or --preview", hint="name where the picture goes with --out FILE")
    if preview is not None and preview.suffix.lower() != ".png":
        raise ConfigError(f"`{preview.name}` is no .png", hint="a preview is a PNG file")
    return chosen
