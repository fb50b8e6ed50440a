"""Consent over time: `consent withdraw`, `consent link`, `consent status publish`; and `trace`."""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.state import State, printable, state_of
from countenance.errors import ConfigError, CountenanceError, StoreError

if TYPE_CHECKING:
    from countenance.core.lineage import Descendant
    from countenance.core.records.consent import Revocation

consent = typer.Typer(help="Consent over time.", no_args_is_help=True)
status = typer.Typer(help="What third parties see of it, without a name.", no_args_is_help=True)
_SHOWN = 40
_DAYS = 7
OperatorOption = Annotated[str | None, typer.Option("--operator", metavar="ID")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(consent, name="consent")
    consent.add_typer(status, name="status")
    app.command("trace")(trace)


@consent.command("withdraw")
def consent_withdraw(
    context: typer.Context,
    release_id: Annotated[str | None, typer.Argument(metavar="RELEASE", show_default=False)] = None,
    reason: Annotated[str, typer.Option(help="Why; stays in this home.")] = "",
    token_file: Annotated[
        str | None, typer.Option("--token-file", metavar="FILE", help="By the person: the key they hold; `-` is stdin.")
    ] = None,
    notices: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write drafts of letters and a table of the files there.")
    ] = None,
    operator_id: OperatorOption = None,
) -> None:
    """Withdraw a model release: edits under it are refused from now on, and every file that came of it is listed."""
    from countenance.wiring.kept import KeptReadings  # noqa: PLC0415

    state = state_of(context)
    office = state.office
    if token_file is not None:
        made = _by_person(state, token_file, release_id, reason, operator_id)
    else:
        made = _by_operator(state, release_id, reason, operator_id)
    office.write_log()
    KeptReadings(state.settings.home, office.keys, lambda: state.secrets.organisation).sweep(office.books, made.at)
    listed, others = office.books.descendants(made.of_id), _others(state, made)
    lists = _published(state)
    letters = _letters(state, made, listed, notices) if notices is not None else []
    state.answer(
        {
            "schema": "countenance.revocation/1",
            "id": made.id,
            "of": made.of_id,
            "at": made.at,
            "by": made.by,
            "derivatives": [one._asdict() for one in listed],
            "others_active": others,
            "status_lists": lists,
            "notices": letters,
        },
        "\n".join([f"withdrawn at {made.at}", *_lines(listed)]),
    )
    if others:
        many = "1 other release" if len(others) == 1 else f"{len(others)} other releases"
        state.say(f"still active: {many} of this person: {', '.join(others)}")
    if lists:
        state.say(f"the status list was signed anew: put {', '.join(lists)} where others read it")


@consent.command("link")
def consent_link(
    context: typer.Context,
    release_id: Annotated[str, typer.Argument(metavar="RELEASE")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there, for its owner only; default: shown once.")
    ] = None,
    operator_id: OperatorOption = None,
) -> None:
    """Make a key with which the person withdraws the release by themselves. It is shown once and not kept."""
    state = state_of(context)
    state.answer(*hand_out(state, release_id, out, operator_id))


@status.command("publish")
def status_publish(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also there, for a site; default: home/status.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="How long the list counts.")] = _DAYS,
) -> None:
    """Sign the status list as the books stand: which files' consent was withdrawn, without a name."""
    from countenance.wiring.status import publish  # noqa: PLC0415

    state = state_of(context)
    issued = publish(state.office, days=days, out=out)
    rows = [
        {
            "id": issue.list_id,
            "file": str(path),
            "digest": issue.credential_digest,
            "valid_from": issue.valid_from,
            "valid_until": issue.valid_until,
        }
        for issue, path in issued
    ]
    lines = [f"{row['file']}  {row['id']}  until {row['valid_until']}" for row in rows]
    state.answer({"schema": "countenance.status-lists/1", "lists": rows}, "\n".join(lines))


def trace(
    context: typer.Context,
    wanted: Annotated[
        str, typer.Argument(metavar="X", help="Person, release, title, edit, manifest id, watermark id, or a file.")
    ],
) -> None:
    """Show what hangs together: person, releases, titles, edits, and what came of those, each with its state."""
    from countenance.cli.graph import draw  # noqa: PLC0415
    from countenance.wiring.trace import trace as find  # noqa: PLC0415

    state = state_of(context)
    found = find(wanted, state.office.books, at=state.office.clock.now(), read=state.read)
    state.answer(found)
    if not state.json:
        draw(state.page, found)


def hand_out(state: State, release_id: str, out: Path | None, operator_id: str | None) -> tuple[dict[str, Any], str]:
    """A withdrawal key for the person, into a file of its own or as text: JSON, and what is shown."""
    from countenance.withdrawal import handed_out, issue_link  # noqa: PLC0415

    office = state.office
    file = _new_file(out) if out is not None else None
    try:
        link, token = issue_link(office.pen(operator_id), release_id=release_id)
    except CountenanceError:
        if out is not None:
            out.unlink(missing_ok=True)
        raise
    office.write_log()
    release = office.books.release(release_id)
    text = handed_out(
        token,
        organisation=office.organisation().name,
        release_id=release_id,
        valid_until=release.grant.valid_until,
    )
    data = {"schema": "countenance.withdrawal-link/1", "id": link.id, "release": release_id}
    if file is None or out is None:
        return {**data, "file": None, "token": token}, text.rstrip()
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise StoreError("the key file cannot be written", hint="make another one with `consent link`") from error
    return {**data, "file": str(out)}, str(out)


def _by_person(
    state: State, token_file: str, release_id: str | None, reason: str, operator_id: str | None
) -> "Revocation":
    from countenance.withdrawal import open_link, withdraw_as_person  # noqa: PLC0415

    if reason or operator_id:
        raise ConfigError("a person withdraws without a reason and without an operator", hint="leave these options out")
    link, actor = open_link(state.read(token_file).decode(errors="replace"), state.office.books)
    if release_id not in (None, link.release_id):
        raise ConfigError("the key is for another release", hint="leave RELEASE out: the key knows its own")
    if state.office.books.revocations(link.release_id):
        raise ConfigError(
            f"`{link.release_id}` is withdrawn already: a key serves once",
            hint="nothing more is to be done; `countenance trace RELEASE` shows since when, and what came of it",
        )
    return withdraw_as_person(state.office.pen_for(actor), link)


def _by_operator(state: State, release_id: str | None, reason: str, operator_id: str | None) -> "Revocation":
    from countenance.desk import withdraw  # noqa: PLC0415

    if release_id is None:
        raise ConfigError("which release is withdrawn?", hint="give its id, or the person's key with --token-file")
    return withdraw(state.office.pen(operator_id), release_id=release_id, reason=reason)


def _others(state: State, made: "Revocation") -> list[str]:
    """Releases of the same person under which edits are still permitted, now or later."""
    from countenance.wiring.trace import state_of_release  # noqa: PLC0415

    books = state.office.books
    release = books.release(made.of_id)
    others = books.releases_of(release.person_id) if release else ()
    return [one.id for one in others if state_of_release(one, books, made.at) in {"active", "not yet valid"}]


def _published(state: State) -> list[str]:
    """The lists signed anew. The withdrawal stands whether or not they can be written."""
    from countenance.wiring.status import publish  # noqa: PLC0415

    try:
        return [str(path) for _, path in publish(state.office, days=_DAYS)]
    except CountenanceError as error:
        state.say(f"withdrawn, but no status list was written: {error.message}; run `consent status publish`")
        return []


def _letters(state: State, made: "Revocation", listed: Sequence["Descendant"], folder: Path) -> list[str]:
    from countenance.withdrawal import notices  # noqa: PLC0415

    release = state.office.books.release(made.of_id)
    ends = release.revocability if release else None
    organisation = state.office.organisation().name
    texts = notices(made, listed, organisation=organisation, effect=ends.effect if ends else None)
    texts["derivatives.csv"] = _table(listed)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            "withdrawn, but the notices cannot be written", hint="`countenance trace RELEASE` lists the files"
        ) from error
    return [str(folder / name) for name in texts]


def _table(listed: Sequence["Descendant"]) -> str:
    from countenance.core.lineage import Descendant  # noqa: PLC0415

    out = io.StringIO()
    table = csv.DictWriter(out, list(Descendant._fields))
    table.writeheader()
    table.writerows(one._asdict() for one in listed)
    return out.getvalue()


def _lines(listed: Sequence["Descendant"]) -> list[str]:
    """The files for people; the rest of many is in --json and --notices."""
    if not listed:
        return ["no file was published under it"]
    said = [f"{len(listed)} published file{'' if len(listed) == 1 else 's'} came of it:"]
    for one in listed[:_SHOWN]:
        where = printable(one.path) if one.path else "whereabouts not kept"
        use = f"{one.purpose}, {one.medium}, {one.territory}" if one.purpose else "use not kept"
        depth = "" if one.generation == 1 else f", generation {one.generation}"
        said.append(f"  {one.edit_id}  {one.published_at}  {use}{depth}")
        said.append(f"    {where}{_for(one.client)}")
        said.append(f"    manifest {one.manifest_id}  watermark {one.watermark_id}")
    rest = len(listed) - _SHOWN
    return [*said, *([f"  and {rest} more: --json has them all"] if rest > 0 else [])]


def _for(client: str | None) -> str:
    return f"  for {printable(client)}" if client else ""


def _new_file(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConfigError(f"`{path.name}` exists already", hint="choose another name") from error
    except OSError as error:
        raise StoreError("the key file cannot be written", hint="check the folder") from error
