"""Tables of people, releases and pictures into the registry, row by row: what does not fit is refused, the rest taken.

Each row is the same act as the command for one of them. What is here already is refused, so that a table can be
given a second time after its refused rows were put right.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.core import digest
from countenance.core.clock import parse_instant
from countenance.desk import add_person, add_release, add_title
from countenance.errors import ConfigError, CountenanceError, InputError
from countenance.request.forms.kinds import Place
from countenance.request.forms.person import PERSON, person_of
from countenance.request.forms.release import RELEASE
from countenance.request.forms.tables import fields_of, require_columns
from countenance.request.release_file import read_release, release_of
from countenance.request.title_file import HINT as TITLE_HINT
from countenance.request.title_file import title_form
from countenance.settings import Settings
from countenance.toolkit.pen import Pen
from countenance.wiring.plugins import load
from countenance.wiring.signing import require_named
from countenance.wiring.transfer.looking import look
from countenance.wiring.transfer.rows import Row

PICTURE, REASON = "picture", "reason"
"""Columns that are no keys of a form: the file of a title, and why a row was refused the last time."""
_ALIAS = "alias"
"""A column of releases that is there for people to read."""
Cells = Mapping[str, str]
Take = Callable[[Cells], str | None]
"""Takes a row, or only tries to; the id of what it became. Raises CountenanceError, which says why it is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Into:
    """Where rows go. `pen` is absent in a dry run, which writes nothing."""

    books: Any
    pen: Pen | None
    at: str


def take_rows(rows: Mapping[int, Cells], take: Take, *, kind: str) -> Iterator[Row]:
    """Row by row.

    Raises:
        DeniedError: the operator may not do this at all.
        StoreError: the books cannot be written.
    """
    for line, cells in rows.items():
        try:
            yield Row(line=line, kind=kind, id=take({name: one for name, one in cells.items() if name != REASON}))
        except (ConfigError, InputError) as error:
            yield Row(line=line, kind=kind, refused=_said(error))


def _said(error: CountenanceError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message


def people(columns: Sequence[str], into: Into) -> Take:
    """Takes persons: the columns are the keys of a person's form.

    Raises:
        ConfigError: a column is no key.
    """
    require_columns(columns, PERSON, besides=(REASON,))
    known = {one.alias for one in into.books.persons()}

    def take(cells: Cells) -> str | None:
        said = person_of(fields_of(cells, PERSON), at=into.at)
        alias, adult, born = (said.pop(name, None) for name in ("alias", "adult", "born"))
        if not alias:
            raise ConfigError("the person has no alias")
        if bool(adult) == (born is not None):
            raise ConfigError("say either `adult` or `born`", hint="an unknown age is no consent")
        if alias in known:
            raise ConfigError("there is a person of this alias already")
        made = None
        if into.pen is not None:
            made = add_person(into.pen, alias=alias, adult=bool(adult), born=born, details=said).id
        known.add(alias)
        return made

    return take


def releases(columns: Sequence[str], into: Into, template: bytes) -> Take:
    """Takes releases: one template, and what each row says instead.

    Raises:
        ConfigError: a column is no key of a release, none names the person, or the template cannot be read.
    """
    require_columns(columns, RELEASE, besides=(_ALIAS, REASON))
    common = read_release(template)
    if "person" not in columns:
        raise ConfigError("the table has no column `person`", hint="`person import --taken` writes one")
    here = {_same(one.person_id, one.grant, one.signed_on, one.text) for one in into.books.releases()}

    def take(cells: Cells) -> str | None:
        parsed = release_of(
            fields_of({name: one for name, one in cells.items() if name != _ALIAS}, RELEASE, common), at=into.at
        )
        if parsed.person_id is None or into.books.person(parsed.person_id) is None:
            raise ConfigError("the person is not known here", hint="`person` is the id that `person add` printed")
        parsed.draft(at=into.at)
        require_named(parsed.terms.get("signatures", ()), None)
        same = _same(parsed.person_id, parsed.grant, parsed.signed_on, parsed.text)
        if same in here:
            raise ConfigError("this person has this very release already")
        made = None
        if into.pen is not None:
            made = add_release(
                into.pen, person_id=parsed.person_id, grant=parsed.grant, signed_on=parsed.signed_on, text=parsed.text,
                terms=parsed.terms,
            ).id  # fmt: skip
        here.add(same)
        return made

    return take


def _same(person_id: str, grant: Any, signed_on: Any, text: str) -> tuple[str, str, str, str]:
    """What makes two releases one."""
    return person_id, str(grant.model_dump_json()), str(signed_on), text


def titles(columns: Sequence[str], into: Into, folder: Path, settings: Settings, room: Callable[[], Any]) -> Take:
    """Takes titles: the column `picture` names a file from where the table lies, the others are keys of a title's form.

    Raises:
        ConfigError: a column is no key, or none names the picture.
    """
    form = title_form(lambda path: digest.of_file(_picture(folder / path, settings.max_bytes)))
    require_columns(columns, form, besides=(PICTURE, REASON))
    if PICTURE not in columns:
        raise ConfigError(
            f"the table has no column `{PICTURE}`", hint="the path of each picture, from the table's folder"
        )
    place = Place(key="", today=parse_instant(into.at).date(), hint=TITLE_HINT)
    seen: set[str] = set()

    def take(cells: Cells) -> str | None:
        if not cells.get(PICTURE):
            raise ConfigError("the row names no picture")
        data = _picture(folder / cells[PICTURE], settings.max_bytes)
        named = digest.of_file(data)
        said = form.read(fields_of({name: one for name, one in cells.items() if name != PICTURE}, form), place)
        if named in seen or into.books.title_of(named) is not None:
            raise ConfigError("this picture has a title already", hint="`title add` puts a later one in its place")
        said = dict(load("images", "said")(data)) | said
        owner, basis, alteration = (said.pop(name) for name in ("owner", "basis", "alteration"))
        asset, faces, fingerprint = look(data, room(), settings)
        made = None
        if into.pen is not None:
            made = add_title(
                into.pen, asset=asset, fingerprint=fingerprint, owner=owner, basis=basis, alteration=alteration,
                faces=faces, details=said,
            ).id  # fmt: skip
        seen.add(named)
        return made

    return take


def _picture(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise ConfigError("there is no such file, or it cannot be read") from error
    if len(data) > most:
        raise ConfigError(f"the file is larger than {most} bytes")
    return data
