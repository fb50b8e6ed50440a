"""Whether the registry says what the log's statements say: no fact without a statement, no statement without its fact.

The log shows that statements were not changed. A registry record changed or deleted behind the log's back (a limit
raised, a withdrawal removed) is found here.
"""

import base64
import json
from collections.abc import Iterable

from sqlalchemy import Connection, select

from countenance.adapters.books import rows
from countenance.audit.ports import StoredEntry
from countenance.core import canon
from countenance.errors import CountenanceError, TamperedLogError

_CHECKED: tuple[type[rows.FactRow], ...] = (*rows.FACTS, rows.PublicationRow)
_LATER = {row.RECORD: row for row in rows.VERSIONS}


def require_agreement(connection: Connection, entries: Iterable[StoredEntry]) -> None:
    """Compare every fact with the bodies of the statements that are kept.

    Raises:
        TamperedLogError: a fact was never logged as it stands, or a logged fact is missing.
    """
    logged: dict[str, set[bytes]] = {row.RECORD.schema_name(): set() for row in _CHECKED}
    for entry in entries:
        schema, body = _fact(entry)
        if schema in logged:
            logged[schema].add(body)
    for row in _CHECKED:
        kind, said = row.RECORD.KIND, logged[row.RECORD.schema_name()]
        tables = [one for one in (row, _LATER.get(row.RECORD)) if one is not None]
        kept = {data for one in tables for data in connection.execute(select(rows.table_of(one).c.record)).scalars()}
        if kept - said:
            raise TamperedLogError(f"a {kind} in the registry is not as it was logged")
        if said - kept:
            raise TamperedLogError(f"a {kind} that was logged is missing from the registry")
    _require_columns(connection)


def _require_columns(connection: Connection) -> None:
    """What came of what is looked up by columns: they say the same as the record beside them."""
    table = rows.table_of(rows.PublicationRow)
    for row in connection.execute(select(table)).mappings():
        said = rows.PublicationRow.columns(rows.PublicationRow.to_record(row["record"]))
        if any(row[name] != value for name, value in said.items()):
            raise TamperedLogError("a publication in the registry is filed under another picture or release")


def _fact(entry: StoredEntry) -> tuple[str, bytes]:
    """Schema and canonical bytes of the record in a statement; its envelope was verified before."""
    if entry.envelope is None:
        return "", b""
    try:
        statement = json.loads(base64.b64decode(json.loads(entry.envelope)["payload"]))
        return str(statement["body"].get("schema", "")), canon.canonical(statement["body"])
    except (ValueError, KeyError, TypeError, AttributeError, CountenanceError) as error:
        raise TamperedLogError(f"the statement of entry {entry.index} cannot be read") from error
