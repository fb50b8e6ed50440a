"""Model releases: `release new`, `check`, `schema` and `add`; and the schema of any record."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.consent import OperatorOption, hand_out
from countenance.cli.documents import Document, DocumentTrust, Scan, taken
from countenance.cli.state import State, printable, state_of
from countenance.core.clock import last_day
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from countenance.core.records.consent import DepictedPerson, ModelRelease
    from countenance.core.records.terms import SignedDocument
    from countenance.decision.wants import Want
    from countenance.request.forms.versions import Changes
    from countenance.request.release_file import ReleaseFile

release = typer.Typer(help="Model releases: what a person signed.", no_args_is_help=True)
Market = Annotated[list[str] | None, typer.Option(metavar="ID", help="What this market would want; repeatable.")]
_REFUSED = 3


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(release, name="release")
    app.command("schema")(record_schema)


def record_schema(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="KIND", show_default=False, help="None: list them.")] = None,
) -> None:
    """Print the JSON Schema of a kind of record, as it is signed, logged and exported."""
    from countenance.core.records.schemas import kinds, schema_of  # noqa: PLC0415

    state = state_of(context)
    if kind is None:
        names = list(kinds())
        state.answer({"schema": "countenance.kinds/1", "kinds": names}, "\n".join(names))
        return
    found = schema_of(kind)
    state.answer(found, json.dumps(found, indent=2, ensure_ascii=False))


@release.command("new")
def release_new(
    context: typer.Context,
    template: Annotated[str | None, typer.Option(metavar="NAME", help="Which form; none: list them.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it there; default: shown.")] = None,
) -> None:
    """Print a commented form to fill in. Everything that it does not name is denied."""
    from countenance.cli.writing import write_new  # noqa: PLC0415
    from countenance.wiring.forms import form, forms_about  # noqa: PLC0415

    state = state_of(context)
    if template is None:
        about = forms_about(state.settings)
        widest = max(map(len, about), default=0)
        lines = [f"{name:<{widest}}  {said}" for name, said in about.items()]
        state.answer({"schema": "countenance.forms/1", "forms": list(about), "about": about}, "\n".join(lines))
        return
    data = form(state.settings, template)
    if out is not None:
        write_new(out, data)
    file = None if out is None else str(out)
    text = data.decode() if out is None else None
    state.answer(
        {"schema": "countenance.form/1", "form": template, "file": file, "text": text}, file or data.decode().rstrip()
    )
    if out is not None:
        state.say(f"fill in every FILL-IN, then: countenance release check {out}")


@release.command("schema")
def release_schema(context: typer.Context) -> None:
    """Print the JSON Schema of a release file, as it is read."""
    from countenance.request.release_file import release_schema as schema  # noqa: PLC0415

    found = schema()
    state_of(context).answer(found, json.dumps(found, indent=2, ensure_ascii=False))


@release.command("check")
def release_check(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE.yaml")],
    market: Market = None,
    person_id: Annotated[str | None, typer.Option("--person", metavar="ID", help="Whose; for their age.")] = None,
) -> None:
    """Say in plain words what a release file says, what markets would still want, and what to look at.

    A draft that nobody signed yet may leave out `signed_on`. Exit 0: complete. Exit 3: edits would be refused.
    """
    from countenance.decision.wants import wants  # noqa: PLC0415
    from countenance.request.forms.doubts import doubts, lacks_guardian  # noqa: PLC0415
    from countenance.request.forms.words import rows  # noqa: PLC0415
    from countenance.wiring.plugins import policy_engine  # noqa: PLC0415

    state = state_of(context)
    at = state.office.clock.now()
    parsed, unsigned = _read(state, file, at)
    draft = parsed.draft(at=at)
    wanted = wants(draft, market or (), policy_engine(state.settings).packs if market else {}, at=at)
    said = [(what, "not yet" if unsigned and what == "signed on" else words) for what, words in rows(draft)]
    known = _known(state, parsed.person_id if person_id is None else state.person_id(person_id))
    warned = doubts(draft, known, at=at)
    unguarded = lacks_guardian(draft, known)
    refused = unguarded or any(one.refuses for one in wanted)
    state.answer(
        {
            "schema": "countenance.release-check/1",
            "says": [{"what": what, "words": words} for what, words in said],
            "markets": [_want_json(one) for one in wanted],
            "warnings": list(warned),
            "refused": refused,
        }
    )
    if not state.json:
        _show(state, said, wanted, warned)
    if unguarded and not state.json:
        state.page.print("every edit would be refused: a minor needs a guardian", style="bold red")
    if refused:
        raise typer.Exit(_REFUSED)


def _read(state: State, file: str, at: str) -> "tuple[ReleaseFile, bool]":
    """As `release add` would take it; without signatures, as a draft. And whether no day of signing stands in it.

    Raises:
        ConfigError: it cannot be read, or claims a signature that only `release sign` makes.
    """
    from countenance.request.forms.blanks import BLANK  # noqa: PLC0415
    from countenance.request.release_file import draft_of, read_release, release_of  # noqa: PLC0415
    from countenance.wiring.signing import require_named  # noqa: PLC0415

    fields = read_release(state.read(file))
    parsed = release_of(fields, at=at) if fields.get("signatures") else draft_of(fields, at=at)
    require_named(parsed.terms.get("signatures", ()), None)
    return parsed, fields.get("signed_on") in (None, "", BLANK)


@release.command("add")
def release_add(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE.yaml", help="See `release new`, or examples/release.yaml.")],
    person_id: Annotated[str | None, typer.Option("--person", metavar="ID", help="Overrides the file.")] = None,
    supersedes: Annotated[
        str | None, typer.Option(metavar="RELEASE", help="As the next version of this release, under its id.")
    ] = None,
    link: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a key there for the person, to withdraw by themselves.")
    ] = None,
    document: Document = None,
    scan: Scan = False,
    document_trust: DocumentTrust = None,
    operator_id: OperatorOption = None,
) -> None:
    """Add a model release, or the next version of one; then it says what that adds and what it takes away."""
    from countenance.request.forms.doubts import doubts  # noqa: PLC0415
    from countenance.request.release_file import parse_release  # noqa: PLC0415

    state = state_of(context)
    parsed = parse_release(state.read(file), at=state.office.clock.now())
    kept = taken(state, document, parsed.terms.get("signatures", ()), scan=scan, trust=document_trust)
    whose = parsed.person_id if person_id is None else state.person_id(person_id)
    made, found = _added(state, parsed, whose, supersedes, operator_id, kept)
    state.office.write_log()
    handed = hand_out(state, made.id, link, operator_id)[0]["file"] if link is not None else None
    warned = (
        *doubts(made, state.office.books.person(made.person_id), at=made.added_at),
        *(f"{one} of this person says the same and is active too; withdraw one" for one in _twins(state, made)),
    )
    state.answer(
        {
            "schema": "countenance.model-release/1",
            "id": made.id,
            "person": made.person_id,
            "version": made.version,
            "valid_until": made.grant.valid_until,
            "link": handed,
            "adds": list(found.adds) if found else [],
            "takes_away": list(found.takes) if found else [],
            "changes": list(found.other) if found else [],
            "warnings": list(warned),
        },
        made.id,
    )
    state.say(f"valid until {last_day(made.grant.valid_until)}, the last day (UTC)")
    if found is not None:
        _say_changes(state, made.version, found)
    for line in warned:
        state.say(f"warning: {line}")


def _added(
    state: State,
    parsed: "ReleaseFile",
    whose: str | None,
    supersedes: str | None,
    operator_id: str | None,
    document: "SignedDocument | None",
) -> "tuple[ModelRelease, Changes | None]":
    from countenance.desk import add_release, supersede_release  # noqa: PLC0415

    said: dict[str, Any] = {
        "grant": parsed.grant,
        "signed_on": parsed.signed_on,
        "text": parsed.text,
        "terms": dict(parsed.terms),
    }
    if document is not None:
        said["terms"]["document"] = document
    if supersedes is not None:
        return supersede_release(state.office.pen(operator_id), release_id=supersedes, person_id=whose, **said)
    if whose is None:
        raise ConfigError("the release names no person", hint="add --person ID, or `person:` in the file")
    return add_release(state.office.pen(operator_id), person_id=whose, **said), None


def _twins(state: State, made: "ModelRelease") -> list[str]:
    """Other active releases of the person that say the very same."""
    from countenance.request.forms.versions import changes  # noqa: PLC0415

    books = state.office.books
    newest = [books.release(found) for found in {one.id: None for one in books.releases_of(made.person_id)}]
    found = [one for one in newest if one is not None and one.id != made.id and not books.revocations(one.id)]
    return [one.id for one in found if not any((said := changes(one, made)).adds + said.takes + said.other)]


def _say_changes(state: State, version: int, found: "Changes") -> None:
    state.say(f"version {version}: {len(found.adds)} added, {len(found.takes)} taken away, {len(found.other)} changed")
    for line in found.adds:
        state.say(f"  adds: {line}")
    for line in found.takes:
        state.say(f"  takes away: {line}")
    if found.other:
        state.say(f"  says something else: {', '.join(found.other)}")


def _known(state: State, person_id: str | None) -> "DepictedPerson | None":
    """The person, where this home is initialised and knows them."""
    from countenance.wiring.plugins import has_books  # noqa: PLC0415

    if person_id is None or not has_books(state.settings):
        return None
    known: DepictedPerson | None = state.office.books.person(person_id)
    return known


def _want_json(want: "Want") -> dict[str, Any]:
    return {
        "market": want.market,
        "duty": want.duty,
        "state": want.state,
        "refuses": want.refuses,
        "missing": list(want.missing),
        "text": want.text,
        "law": want.law,
        "since": want.since,
    }


def _show(state: State, said: Any, wanted: "tuple[Want, ...]", warned: tuple[str, ...]) -> None:
    """Three tables: what it says, what markets want, what to look at."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    page = state.page
    table = Table(title="What it says", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for what, words in said:
        table.add_row(what, Text(printable(words)))
    page.print(table, soft_wrap=False)
    if wanted:
        page.print(_wanted(wanted), soft_wrap=False)
    for line in warned:
        page.print(Text(f"warning: {line}"))
    refusing = sorted({one.market for one in wanted if one.refuses})
    if refusing:
        page.print(Text(f"edits would be refused for: {', '.join(refusing)}", style="bold red"))


def _wanted(wanted: "tuple[Want, ...]") -> Any:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title="What markets want", title_justify="left")
    for name in ("market", "state", "missing", "what for"):
        table.add_column(name, overflow="fold")
    for one in wanted:
        said = f"{one.state}, refuses" if one.refuses else one.state
        law = f" ({one.law}; since {one.since})" if one.law else ""
        style = "bold red" if one.refuses else "yellow" if one.missing else "green"
        table.add_row(one.market, Text(said, style=style), Text("\n".join(one.missing)), Text(f"{one.text}{law}"))
    return table
