"""CSV tables of many people, releases or pictures: a row becomes the keys of a form. `guardian.name` goes a level down.

Spreadsheets write commas or semicolons between cells, and some begin with a byte-order mark: all of it is read.
"""

import copy
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from countenance.errors import ConfigError
from countenance.request.forms.kinds import Key, Many, Table, shown

MAX_BYTES = 20_000_000
MAX_ROWS = 100_000
_HINT = "a header with the names of the columns, then one row each; UTF-8, commas or semicolons between the cells"
_CELL_MAX = 200_000
_MOST = 50
"""How many entries of a list a column may name."""


def read_table(data: bytes) -> tuple[tuple[str, ...], dict[int, dict[str, str]]]:
    """Columns, and rows by number (the header is 1), as text without the blanks around it; empty rows are left out.

    Raises:
        ConfigError: too large, not UTF-8, no header, a column that stands twice, or a row longer than the header.
    """
    if len(data) > MAX_BYTES:
        raise ConfigError(f"the table is larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("the table is not UTF-8", hint="save it as CSV UTF-8") from error
    found = _cells(text)
    if not found or not any(found[0]):
        raise ConfigError("the table has no header", hint=_HINT)
    columns = tuple(found[0])
    rows = {number: row for number, row in enumerate(found[1:], start=2) if any(row)}
    twice = [name for name in columns if columns.count(name) > 1 or not name]
    if twice:
        raise ConfigError(f"the column `{shown(twice[0])}` stands twice or has no name", hint=_HINT)
    if len(rows) > MAX_ROWS:
        raise ConfigError(f"the table has more than {MAX_ROWS} rows", hint="split it")
    longer = [number for number, row in rows.items() if len(row) > len(columns)]
    if longer:
        raise ConfigError(f"row {longer[0]} is longer than the header", hint="put cells that hold a comma into quotes")
    return columns, {number: dict(zip(columns, row, strict=False)) for number, row in rows.items()}


def _cells(text: str) -> list[list[str]]:
    head = text.partition("\n")[0]
    mark = ";" if head.count(";") > head.count(",") else ","
    before = csv.field_size_limit(_CELL_MAX)
    try:
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise ConfigError("the table is not plain CSV", hint=_HINT) from error
    finally:
        csv.field_size_limit(before)
    return [[cell.strip() for cell in cells] for cells in read]


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV table."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def require_columns(columns: Iterable[str], form: Table, *, besides: Iterable[str] = ()) -> None:
    """Stop at a column that no key of the form is called by.

    Raises:
        ConfigError: it names the column.
    """
    for name in columns:
        if name not in besides and _kind(form, name) is None:
            known = ", ".join([*besides, *form.keys])
            raise ConfigError(f"`{shown(name)}` is not a column of this table", hint=f"known: {known}")


def fields_of(row: Mapping[str, str], form: Table, template: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The keys of a form that a row says, over those of a template. An empty cell says nothing.

    A cell of a list holds its entries with semicolons between them: `web; print`.

    Raises:
        ConfigError: the template has another shape at a column.
    """
    fields: dict[str, Any] = copy.deepcopy(dict(template or {}))
    for name, cell in row.items():
        if cell:
            kind = _kind(form, name)
            listed = [one.strip() for one in cell.split(";") if one.strip()] if isinstance(kind, Many) else cell
            _put(fields, name.split("."), listed, name)
    return fields


def _kind(form: Any, name: str) -> Any:
    """What may stand at a dotted column; None where nothing may."""
    for part in name.split("."):
        if isinstance(form, Many) and re.fullmatch(r"[1-9][0-9]?", part) and int(part) <= _MOST:
            form = form.of
            continue
        key: Key | None = form.keys.get(part) if isinstance(form, Table) else None
        if key is not None:
            form = key.kind
        elif hasattr(form, "names") and part in form.names:
            form = form.of
        else:
            return None
    return None if isinstance(form, Table) or hasattr(form, "names") else form


def _put(fields: Any, path: list[str], value: Any, column: str) -> None:
    """Set a value at a place, making mappings on the way; entries of a list are numbered from 1."""
    *above, last = path
    for part, below in zip(above, path[1:], strict=True):
        empty: Any = [] if below.isdigit() else {}
        fields = _step(fields, part, empty, column)
    if isinstance(fields, list):
        _fill(fields, last, {}, column)[int(last) - 1] = value
    elif isinstance(fields, dict):
        fields[last] = value
    else:
        raise _shape(column)


def _step(fields: Any, part: str, empty: Any, column: str) -> Any:
    if isinstance(fields, list):
        return _fill(fields, part, empty, column)[int(part) - 1]
    if not isinstance(fields, dict):
        raise _shape(column)
    if fields.get(part) in (None, ""):
        fields[part] = empty
    return fields[part]


def _fill(fields: list[Any], part: str, empty: Any, column: str) -> list[Any]:
    if not part.isdigit():
        raise _shape(column)
    while len(fields) < int(part):
        fields.append(copy.deepcopy(empty))
    return fields


def _shape(column: str) -> ConfigError:
    return ConfigError(f"the template says something else where the column `{shown(column)}` belongs", hint=_HINT)
