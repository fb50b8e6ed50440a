"""The books as people read them: `list` and `show` of persons, releases and titles, the register, the yearly report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.people import person
from countenance.cli.pictures import title
from countenance.cli.release import release
from countenance.cli.state import State, printable, state_of
from countenance.cli.transfer import registry
from countenance.core.clock import last_day
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from countenance.wiring.cards import Card

_ALARM = "bold red"
_STYLE = {"active": "green", "adult": "green", "withdrawn": _ALARM, "disputed": _ALARM, "look-alike": _ALARM}
_WIDEST = 400
_OTHER_FILES = frozenset({".pdf", ".htm", ".csv", ".xlsx", ".json", ".txt", ".doc", ".docx"})
_SAID_AS_STATE = ("state", "age")
PageOption = Annotated[
    Path, typer.Option("--out", metavar="FOLDER|FILE.html", help="A folder for the page, or the page itself.")
]


def register(app: typer.Typer) -> None:
    """Nothing of its own: the commands here belong to the groups of other files."""
    del app


@person.command("list")
def person_list(context: typer.Context) -> None:
    """List depicted persons."""
    _list(state_of(context), "persons")


@release.command("list")
def release_list(context: typer.Context) -> None:
    """List model releases, each as its newest version stands."""
    _list(state_of(context), "releases")


@title.command("list")
def title_list(context: typer.Context) -> None:
    """List titles."""
    _list(state_of(context), "titles")


@person.command("show")
def person_show(context: typer.Context, person_id: Annotated[str, typer.Argument(metavar="PERSON")]) -> None:
    """Show what is on file of a person, and their releases."""
    from countenance.wiring.cards import person_card  # noqa: PLC0415

    state = state_of(context)
    _show(state, person_card(state.person_id(person_id), state.office.books, state.office.clock.now()))


@release.command("show")
def release_show(context: typer.Context, release_id: Annotated[str, typer.Argument(metavar="RELEASE")]) -> None:
    """Show a model release: what it permits, its text and versions, what was published under it."""
    from countenance.wiring.cards import release_card  # noqa: PLC0415

    state = state_of(context)
    _show(state, release_card(release_id, state.office.books, state.office.clock.now()))


@title.command("show")
def title_show(
    context: typer.Context, wanted: Annotated[str, typer.Argument(metavar="TITLE", help="An id, or the picture.")]
) -> None:
    """Show a title: by what right, whose faces are in the picture, what was published of it."""
    from countenance.core.digest import of_file  # noqa: PLC0415
    from countenance.wiring.cards import title_card  # noqa: PLC0415

    state = state_of(context)
    key = wanted if wanted.startswith("title_") else of_file(state.read(wanted))
    _show(state, title_card(key, state.office.books, state.office.clock.now()))


@registry.command("page")
def registry_page(context: typer.Context, out: PageOption) -> None:
    """Write the whole register as one page to search, which opens without a network. It names people."""
    from countenance.wiring.register import write_register  # noqa: PLC0415

    state, target = state_of(context), _page_at(out, "register.html")
    office = state.office
    path = write_register(target, office.books, organisation=office.organisation().name, at=office.clock.now())
    state.answer({"schema": "countenance.register/1", "file": str(path)}, str(path))
    state.say("it names people: keep it as you keep the releases themselves")


@registry.command("report")
def registry_report(
    context: typer.Context,
    year: Annotated[int, typer.Option(min=2000, max=9999, help="The calendar year (UTC).")],
    out: PageOption,
) -> None:
    """Write the consent coverage of a year: what was published, refused, withdrawn; with plots. It names nobody."""
    from countenance.wiring.coverage import coverage, write_report  # noqa: PLC0415

    state, target = state_of(context), _page_at(out, f"coverage-{year}.html")
    office = state.office
    found = coverage(office.books, year=year, at=office.clock.now())
    path = write_report(target, found, organisation=office.organisation().name)
    state.answer(found.to_json() | {"file": str(path)}, str(path))


def _page_at(out: Path, name: str) -> Path:
    """The page itself, or a page of that name in the folder.

    Raises:
        ConfigError: it is the name of another kind of file.
    """
    if out.is_dir():
        return out / name
    if out.suffix.lower() in _OTHER_FILES:
        raise ConfigError(
            f"`{out.name}` is no name for a page",
            hint="name a folder, or a file that ends in .html; a browser prints it",
        )
    return out if out.suffix == ".html" else out / name


def _list(state: State, name: str) -> None:
    from countenance.wiring.register import LISTS  # noqa: PLC0415

    rows = LISTS[name](state.office.books, state.office.clock.now())
    state.answer({"schema": f"countenance.{name}/1", name: [dict(row) for row in rows]})
    if not state.json:
        _table(state, rows, name)


def _table(state: State, rows: Any, name: str) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    if not rows:
        state.page.print(f"no {name}")
        return
    table = Table(box=None, pad_edge=False)
    for key in rows[0]:
        table.add_column(key.replace("_", " "), no_wrap=True)
    for row in rows:
        table.add_row(
            *(
                Text(_short(key, str(value)), _STYLE.get(str(value), "") if key in _SAID_AS_STATE else "")
                for key, value in row.items()
            )
        )
    Console(width=max(_WIDEST, state.page.width), highlight=False).print(table, crop=False)  # an id cut off is none


def _short(key: str, said: str) -> str:
    """Instants as days, and digests by their beginning: --json has them whole."""
    if key == "valid_until":
        return last_day(said)
    if key.endswith("_at"):
        return said[:10]
    return printable(said[:19] if said.startswith("sha256:") else said)


def _show(state: State, card: "Card") -> None:
    state.answer(card.to_json())
    if state.json:
        return
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    state.page.print(Text.assemble(f"{card.kind} {card.id}  ", (card.state, _STYLE.get(card.state, "yellow"))))
    for section in card.sections:
        if section.lines:
            state.page.print(Text(f"\n{section.heading}", "bold"))
            table = Table(box=None, show_header=False, padding=(0, 2))
            table.add_column(no_wrap=True)
            table.add_column(overflow="fold")
            for name, said in section.lines:
                table.add_row(Text(printable(name)), Text("\n".join(map(printable, said.splitlines()))))
            state.page.print(table)
