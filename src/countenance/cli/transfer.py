"""Many facts at once: `registry export` and `import`; `import` of persons, releases and titles from a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.consent import OperatorOption
from countenance.cli.people import person
from countenance.cli.pictures import title
from countenance.cli.release import release
from countenance.cli.state import State, printable, state_of
from countenance.cli.writing import require_new, write_new

if TYPE_CHECKING:
    from countenance.wiring.transfer.opening import Line
    from countenance.wiring.transfer.rows import Row
    from countenance.wiring.transfer.tables import Into, Take

registry = typer.Typer(help="The registry as a whole.", no_args_is_help=True)
TableFile = Annotated[Path, typer.Argument(metavar="FILE.csv", help="A header, then a row each.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")]
RefusedFile = Annotated[
    Path | None,
    typer.Option("--refused", metavar="CSV", help="Refused rows; default: people.refused.csv for people.csv."),
]
TakenFile = Annotated[
    Path | None, typer.Option("--taken", metavar="CSV", help="Write the ids of what was taken there.")
]
_REFUSED = 3
_SHOWN = 40


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(registry, name="registry")


@registry.command("export")
def registry_export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    person_id: Annotated[
        list[str] | None, typer.Option("--person", metavar="ID", help="Only them, with their releases; repeatable.")
    ] = None,
    release_id: Annotated[
        list[str] | None, typer.Option("--release", metavar="ID", help="Only it, with its person; repeatable.")
    ] = None,
    operator_id: OperatorOption = None,
) -> None:
    """Write the facts as they stand into a folder, signed by the organisation. They are readable there."""
    from countenance.wiring.transfer.leaving import Chosen, export, signed_here  # noqa: PLC0415

    state = state_of(context)
    chosen = Chosen(persons=frozenset(person_id or ()), releases=frozenset(release_id or ()))
    made = export(state.office, folder, chosen, operator_id=operator_id)
    rows = {one.path: one.rows for one in made.files}
    signed = signed_here(state.office.books, chosen)
    state.answer(
        {
            "schema": "countenance.registry-export/1",
            "folder": str(folder),
            "manifest_digest": made.digest(),
            "exported_at": made.exported_at,
            "rows": rows,
            "signed_here": list(signed),
        },
        "\n".join([str(folder), *(f"  {count:>6}  {name}" for name, count in rows.items())]),
    )
    state.say("the facts are not encrypted; whoever imports them needs your trust.pem")
    if signed:
        state.say(
            f"signed here by the person: {', '.join(signed)}; invitation and signature stay, since they count in this "
            "log only: `countenance log receipt RELEASE` finds the entry of one, to prove it to somebody outside"
        )


@registry.command("import")
def registry_import(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An export.")],
    trust: Annotated[Path, typer.Option(metavar="PEM", help="The trust.pem of the organisation that it is from.")],
    refused: RefusedFile = None,
    dry_run: DryRun = False,
    operator_id: OperatorOption = None,
) -> None:
    """Register the facts of another registry here, as acts of your own. The signature is checked before all else.

    Exit 3: some rows were refused.
    """
    from countenance.cli.state import read_file  # noqa: PLC0415
    from countenance.wiring.transfer.arriving import take_in  # noqa: PLC0415
    from countenance.wiring.transfer.opening import lines_of, open_manifest  # noqa: PLC0415

    state = state_of(context)
    target = _refused_file(refused, folder, dry=dry_run)
    trusted = read_file(str(trust), max_bytes=1_000_000).decode(errors="replace")
    manifest = open_manifest(folder, trusted, at=state.office.clock.now())
    lines = lines_of(folder, manifest, max_bytes=state.settings.max_bytes)
    pen = state.office.pen(operator_id)
    try:
        rows = list(take_in(pen, lines, manifest, dry=dry_run))
    finally:
        state.office.write_log()
    elsewhere = _signed_elsewhere(lines, rows)
    if elsewhere:
        state.say(
            f"signed elsewhere by the person: {', '.join(elsewhere)}; that it was so is the word of "
            f"{printable(manifest.organisation)}: their log holds the evidence"
        )
    cells = ({"file": f"{row.kind}.jsonl", "line": str(row.line), "id": row.id or ""} for row in rows)
    more = {"signed_elsewhere": elsewhere}
    _finish(state, rows, ("file", "line", "id"), cells, target, dry=dry_run, source=str(folder), more=more)


def _signed_elsewhere(lines: "Sequence[Line]", rows: "list[Row]") -> list[str]:
    """The releases that were taken of which the e-signature was made in another home."""
    taken = {row.id for row in rows if row.taken}
    signed = {
        line.record.id
        for line in lines
        for one in getattr(line.record, "signatures", None) or ()
        if one.method == "e-signature"
    }
    return sorted(signed & taken)


@person.command("import")
def person_import(
    context: typer.Context,
    file: TableFile,
    refused: RefusedFile = None,
    taken: TakenFile = None,
    dry_run: DryRun = False,
    operator_id: OperatorOption = None,
) -> None:
    """Add depicted persons from a table; its columns are the keys of `person schema`. Exit 3: some were refused."""
    from countenance.wiring.transfer.tables import people  # noqa: PLC0415

    _import(context, file, "person", people, ("alias",), refused, taken, operator_id, dry=dry_run)


@release.command("import")
def release_import(
    context: typer.Context,
    file: TableFile,
    template: Annotated[Path, typer.Option(metavar="FILE.yaml", help="What the releases have in common.")],
    refused: RefusedFile = None,
    taken: TakenFile = None,
    dry_run: DryRun = False,
    operator_id: OperatorOption = None,
) -> None:
    """Add a release for each row: the template, and what the row says instead. Exit 3: some were refused."""
    from countenance.wiring.transfer.tables import releases  # noqa: PLC0415

    state = state_of(context)
    common = state.read(str(template))
    state.say("the template's `text` is that of every row without a text of its own: see that it names nobody")
    _import(
        context, file, "release", lambda columns, into: releases(columns, into, common), ("person",), refused, taken,
        operator_id, dry=dry_run,
    )  # fmt: skip


@title.command("import")
def title_import(
    context: typer.Context,
    file: TableFile,
    refused: RefusedFile = None,
    taken: TakenFile = None,
    dry_run: DryRun = False,
    operator_id: OperatorOption = None,
) -> None:
    """Add a title for each picture that the column `picture` names, and find its faces. Exit 3: some were refused."""
    from countenance.wiring.transfer.tables import PICTURE, titles  # noqa: PLC0415

    state = state_of(context)
    _import(
        context, file, "title",
        lambda columns, into: titles(columns, into, file.parent, state.settings, lambda: state.room), (PICTURE,),
        refused, taken, operator_id, dry=dry_run,
    )  # fmt: skip


def _import(
    context: typer.Context, file: Path, kind: str, taker: "Callable[[tuple[str, ...], Into], Take]",
    told: tuple[str, ...], refused: Path | None, taken: Path | None, operator_id: str | None, *, dry: bool,
) -> None:  # fmt: skip
    """A table into the books: refused rows into a table of their own, ids of the taken ones into another."""
    from countenance.request.forms.tables import read_table, write_table  # noqa: PLC0415
    from countenance.wiring.transfer.tables import REASON, Into, take_rows  # noqa: PLC0415

    state = state_of(context)
    target = _refused_file(refused, file, dry=dry)
    if taken is not None:
        require_new(taken)
    columns, cells = read_table(state.read(str(file)))
    office = state.office
    into = Into(books=office.books, pen=None if dry else office.pen(operator_id), at=office.clock.now())
    take = taker(columns, into)
    try:
        rows = list(take_rows(cells, take, kind=kind))
    finally:
        office.write_log()
    if taken is not None and not dry:
        found = [{kind: row.id or "", **cells[row.line]} for row in rows if row.taken]
        write_new(taken, write_table((kind, *told), found))
    kept = tuple(name for name in columns if name != REASON)
    _finish(state, rows, kept, (cells[row.line] for row in rows), target, dry=dry, source=str(file))


def _refused_file(named: Path | None, source: Path, *, dry: bool) -> Path | None:
    """Where refused rows are written; a dry run writes none, unless a file is named.

    Raises:
        ConfigError: there is something already.
    """
    target = named or (None if dry else _beside(source))
    if target is not None:
        require_new(target)
    return target


def _beside(path: Path) -> Path:
    """Where refused rows go unless somebody says: beside what they came from."""
    whole = path.resolve()
    return (
        path.parent / f"{whole.stem or 'rows'}.refused.csv" if path.name else whole.parent / f"{whole.stem}.refused.csv"
    )


def _finish(
    state: State, rows: "list[Row]", columns: tuple[str, ...], cells: Iterable[Mapping[str, str]],
    target: Path | None,
    *, dry: bool, source: str, more: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write the refused rows with their reasons, and say what became of all of them. Exit 3 where one was refused."""
    from countenance.request.forms.tables import write_table  # noqa: PLC0415
    from countenance.wiring.transfer.tables import REASON  # noqa: PLC0415

    out = [{**one, REASON: row.refused} for row, one in zip(rows, cells, strict=True) if row.refused]
    if out and target is not None:
        write_new(target, write_table((*columns, REASON), out))
    state.answer(
        {
            "schema": "countenance.import/1",
            "source": source,
            "dry_run": dry,
            "taken": len(rows) - len(out),
            "refused": len(out),
            "refused_file": str(target) if out and target else None,
            "rows": [{"line": row.line, "kind": row.kind, "id": row.id, "refused": row.refused} for row in rows],
            **(more or {}),
        }
    )
    if not state.json:
        _show(state, rows, target if out else None, dry=dry)
    if out:
        raise typer.Exit(_REFUSED)


def _show(state: State, rows: "list[Row]", target: Path | None, *, dry: bool) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    out = [row for row in rows if not row.taken]
    if out:
        table = Table(title="Refused", title_justify="left")
        for name in ("row", "kind", "why"):
            table.add_column(name, overflow="fold")
        for row in out[:_SHOWN]:
            table.add_row(str(row.line), row.kind, Text(printable(row.refused or "")))
        state.page.print(table, soft_wrap=False)
    would = "would be " if dry else ""
    state.page.print(Text(f"{len(rows) - len(out)} {would}taken, {len(out)} {would}refused"))
    if target is not None:
        state.page.print(Text(f"refused rows with their reasons: {target}"))
