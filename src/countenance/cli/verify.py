"""The way back: `verify`, `recover`, `explain`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.places import free, not_the_input
from countenance.cli.state import State, printable, state_of
from countenance.errors import ConfigError, CountenanceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from countenance.core.records.report import VerificationReport

_EXIT = {"trusted": 0, "valid": 0, "recovered": 0, "invalid": 4, "unknown": 5}
_GAP = "it was replaced, or is dark and flat, or clipped"
_SIGN = {
    "holds": ("ok", "green"),
    "fails": ("FAILS", "bold red"),
    "absent": ("absent", "yellow"),
    "unchecked": ("-", "dim"),
}
_VERDICT = {"trusted": "green", "valid": "green", "recovered": "yellow", "invalid": "bold red", "unknown": "yellow"}


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("verify")(verify)
    app.command("recover")(recover)
    app.command("explain")(explain)


FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="A picture; `-` is stdin.")]
TrustOption = Annotated[
    Path | None, typer.Option(metavar="PEM", help="Root of claim signers; default: this home's trust.pem.")
]
OperatorsOption = Annotated[
    Path | None, typer.Option(metavar="PEM", help="Root of operators; default: this home's trust-operators.pem.")
]
StampsOption = Annotated[
    Path | None, typer.Option(metavar="PEM", help="Root of time-stamp authorities; default: none is trusted.")
]

StatusOption = Annotated[
    str | None,
    typer.Option(metavar="FILE|URL", help="A status list: whether the consent still stands. A URL is fetched."),
]


def verify(
    context: typer.Context,
    file: FileArgument,
    against: Annotated[str | None, typer.Option(metavar="ORIGINAL", help="The picture it was made from.")] = None,
    heat: Annotated[
        Path | None, typer.Option(metavar="PNG", help="With --against: the heat map; default: beside FILE.")
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="With --against: make the edit again from its recipe, and compare.")
    ] = False,
    reference: Annotated[
        str | None, typer.Option(metavar="PHOTO", help="With --replay: the picture that it borrowed from.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing heat map.")] = False,
    status: StatusOption = None,
    trust: TrustOption = None,
    trust_operators: OperatorsOption = None,
    trust_tsa: StampsOption = None,
) -> None:
    """Check a file: signed, trusted, what changed, by whom, and consent then and now."""
    from countenance.verify.inspect import inspect  # noqa: PLC0415

    state = state_of(context)
    if against is None and (replay or heat is not None):
        raise ConfigError("--replay and --heat need --against", hint="give the picture it was made from")
    data, original = state.read(file), state.read(against) if against is not None else None
    tools, at = _tools(state, trust, trust_operators, trust_tsa, status)
    report = inspect(data, tools, at=at, original=original)
    drawn = None
    if original is not None:
        report = _replayed(state, report, data, original, reference) if replay else report
        drawn = _heat(state, data, original, tools, _heat_path(file, heat), given=heat is not None, force=force)
    state.answer(report_json(report) | ({"heat": str(drawn)} if drawn else {}))
    if not state.json:
        _show(state, report)
        if drawn:
            state.say(f"what changed: {drawn}")
    raise typer.Exit(_EXIT[report.verdict])


def _replayed(
    state: State, report: "VerificationReport", data: bytes, original: bytes, reference: str | None
) -> "VerificationReport":
    """The report with one finding more, and what follows from it."""
    from countenance.verify.verdict import with_finding  # noqa: PLC0415
    from countenance.wiring.replay import replay  # noqa: PLC0415

    lent = state.read(reference) if reference is not None else None
    found = replay(state.settings, lambda: state.secrets.organisation, report, data, original, lent)
    return with_finding(report, found)


def _heat_path(file: str, heat: Path | None) -> Path:
    return heat or (Path("heat.png") if file == "-" else Path(file).with_suffix(".heat.png"))


def _heat(
    state: State, data: bytes, original: bytes, tools: Any, path: Path, *, given: bool, force: bool
) -> Path | None:
    """Draw the heat map where the two can be compared. One that nobody named never stands in the way of the answer."""
    from countenance.cli.drawing import save_picture  # noqa: PLC0415
    from countenance.cli.heat import draw_heat  # noqa: PLC0415
    from countenance.verify.changes import side_by_side  # noqa: PLC0415

    try:
        seen = side_by_side(data, original, tools)
        if seen is None:
            return None
        save_picture(draw_heat(seen), path, replace=force)
    except CountenanceError as error:
        if given:
            raise
        state.say(f"no heat map: {error.message}")
        return None
    return path


def recover(
    context: typer.Context,
    file: FileArgument,
    store: Annotated[
        str | None, typer.Option(metavar="URL", help="A manifest store: file:///FOLDER, s3://BUCKET/PREFIX.")
    ] = None,
    heat: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw where the mark is, and where it is missing.")
    ] = None,
    read_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A read key that a house published: its marks are read too.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing heat map.")] = False,
    status: StatusOption = None,
    trust: TrustOption = None,
    trust_operators: OperatorsOption = None,
    trust_tsa: StampsOption = None,
) -> None:
    """Find the manifest of a stripped file: by its watermark, else candidates by fingerprint, never as certain."""
    from countenance.cli.recovered import exit_code, recovered_json, recovered_text  # noqa: PLC0415
    from countenance.verify.found import STAGES, find  # noqa: PLC0415
    from countenance.wiring.colours import to_look_at  # noqa: PLC0415

    state = state_of(context)
    if heat is not None:
        _png(heat)
        free(heat, force=force, given_as="--heat")
    data = state.read(file)
    if heat is not None:
        not_the_input(heat, file, data)
    data, changed = to_look_at(data, state.settings)
    tools, at = _tools(state, trust, trust_operators, trust_tsa, status, store, read_key, looking=True)
    with state.progress(len(STAGES) + (heat is not None)) as step:
        found = find(data, tools, at=at, step=step)
        drawn = None if heat is None else _presence(state, data, tools, heat, step, force=force)
    if changed:
        state.say("its colours are not RGB: a copy that is was looked at, and no manifest in the file")
    state.answer(recovered_json(found) | (drawn or {}), recovered_text(found))
    raise typer.Exit(exit_code(found))


def _png(heat: Path) -> None:
    if heat.suffix.lower() != ".png":
        raise ConfigError("the heat map is a PNG", hint="name it .png")


def _presence(
    state: State, data: bytes, tools: Any, path: Path, step: "Callable[[str], None]", *, force: bool
) -> dict[str, Any]:
    """Draw where the mark is; where it cannot be told, a line says why, and there is no file."""
    from countenance.cli.drawing import save_picture  # noqa: PLC0415
    from countenance.cli.presence import MISSING, draw_presence, missing, share  # noqa: PLC0415
    from countenance.request.sniff import sniff  # noqa: PLC0415

    step("where the mark is")
    try:
        media_type = sniff(data, max_pixels=tools.max_pixels).media_type
        values = None if tools.marks is None else tools.marks.presence(data, media_type)
        problem = "no mark was found" if values is None else None
    except CountenanceError as error:
        values, problem = None, error.message
    if values is None:
        state.say(f"no heat map: {problem}")
        return {"heat": None, "marked_share": None, "missing_share": None, "heat_problem": problem}
    save_picture(draw_presence(data, values), path, replace=force)
    state.say(f"where the mark is: {path}, {share(values):.0%} of the picture")
    gap = missing(values)
    if gap >= MISSING:
        state.say(f"a part of {gap:.0%} of the picture does not carry the mark: {_GAP}")
    return {
        "heat": str(path),
        "marked_share": round(share(values), 3),
        "missing_share": round(gap, 3),
        "heat_problem": None,
    }


def explain(context: typer.Context, file: FileArgument) -> None:
    """Show the way that one published photo took through the seven stages, with its digests and times."""
    from countenance.wiring.explain import explain_file  # noqa: PLC0415

    state = state_of(context)
    verdict, steps = explain_file(state.read(file), state.settings)
    lines = [f"{step['stage']:<9} {step['at'] or '':<25}{printable(step['what'])}" for step in steps]
    answer = {"schema": "countenance.explanation/1", "verdict": verdict, "stages": steps}
    state.answer(answer, "\n".join([*([] if _EXIT[verdict] == 0 else [verdict]), *lines]))
    raise typer.Exit(_EXIT[verdict])


def report_json(report: "VerificationReport") -> dict[str, Any]:
    """The JSON of a verification."""
    data = report.to_json()
    if report.edit is not None:
        data["edit"]["au"] = {name: value / 1000 for name, value in report.edit.au.items()}
    return data


def _tools(
    state: State,
    trust: Path | None,
    operators: Path | None,
    tsa: Path | None,
    status: str | None = None,
    store: str | None = None,
    read_key: Path | None = None,
    *,
    looking: bool = False,
) -> tuple[Any, str]:
    """`looking`: for a manifest, which can be done without a root; a status list must then be one that counts."""
    from countenance.wiring.status_source import fetch, require_list  # noqa: PLC0415
    from countenance.wiring.verify_tools import verify_tools  # noqa: PLC0415

    listed = fetch(status) if status is not None else None
    tools, at = verify_tools(
        state.settings, trust=trust, operators=operators, tsa=tsa, status=listed, store=store, read_key=read_key,
        looking=looking,
    )  # fmt: skip
    if looking and listed is not None:
        require_list(listed, tools.trust.claim_pem)
    return tools, at


def _show(state: State, report: "VerificationReport") -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from countenance.verify.findings import MARKED_ONLY  # noqa: PLC0415

    state.page.print(Text(report.verdict, style=_VERDICT[report.verdict]))
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in report.findings:
        word, style = _SIGN[finding.result]
        table.add_row(f"  {finding.check}", Text(word, style=style), Text(printable(finding.detail)))
    state.page.print(table)
    if report.edit is not None:
        units = ", ".join(f"{name} {value / 1000:+.2f}" for name, value in report.edit.au.items())
        said = printable(f"changed: {units}; by {report.edit.operator}; for {report.edit.purpose}")
        state.page.print(f"  {said}", markup=False)
    if any(finding.detail == MARKED_ONLY for finding in report.findings):
        state.page.print("  consent: not asked, nothing was edited", markup=False)
        return
    consent = report.consent
    state.page.print(f"  consent: {consent.then} when it was made, {consent.now} as of {consent.as_of}", markup=False)
