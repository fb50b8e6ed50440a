"""Whether the registry says what the log's statements say: no fact without a statement, no statement without its fact.

The log shows that statements were not changed. A registry record changed or deleted behind the log's back (a limit
raised, a withdrawal removed) is found here.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from sqlalchemy import Connection, select

from countenance.adapters.books import fact_rows, rows
from countenance.audit.ports import StoredEntry
from countenance.core import canon
from countenance.core.records.erasure import Erasure
from countenance.errors import CountenanceError, StoreError, TamperedLogError

_CHECKED: tuple[type[fact_rows.FactRow], ...] = (*rows.FACTS, fact_rows.PublicationRow, fact_rows.MarkingRow)
_LATER = {row.RECORD: row for row in rows.VERSIONS}


class Opens(Protocol):
    """What gives a record's bytes plain."""

    def __call__(self, connection: Connection, data: bytes, *, place: str) -> bytes:
        """What was written there."""
        ...


def require_agreement(connection: Connection, entries: Iterable[StoredEntry], opened: Opens) -> None:
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
        kept = {data for one in tables for data in _records(connection, rows.table_of(one), opened, kind)}
        if kept - said:
            raise TamperedLogError(f"a {kind} in the registry is not as it was logged")
        if said - kept:
            raise TamperedLogError(f"a {kind} that was logged is missing from the registry")
    _require_columns(connection)
    for erasure in logged[Erasure.schema_name()]:
        _require_gone(connection, Erasure.from_bytes(erasure))


def _require_gone(connection: Connection, erasure: Erasure) -> None:
    """Who was erased is not in the registry again, and their releases stay withdrawn."""
    person, release, ended = (
        rows.table_of(row) for row in (fact_rows.PersonRow, fact_rows.ReleaseRow, fact_rows.RevocationRow)
    )
    releases = [one.release_id for one in erasure.releases]
    wanted = [(person.c.id, erasure.person_id), *((release.c.id, one) for one in releases)]
    if any(connection.execute(select(column).where(column == one)).first() is not None for column, one in wanted):
        raise TamperedLogError("what was erased is in the registry again")
    for one in releases:
        if connection.execute(select(ended.c.id).where(ended.c.of_id == one)).first() is None:
            raise TamperedLogError("a release that was erased is no longer withdrawn")


def _require_columns(connection: Connection) -> None:
    """What came of what is looked up by columns: they say the same as the record beside them."""
    filed: tuple[tuple[type[fact_rows.FactRow], str], ...] = (
        (fact_rows.PublicationRow, "a publication in the registry is filed under another picture or release"),
        (fact_rows.MarkingRow, "a marking in the registry is filed under another picture"),
    )
    for kind, problem in filed:
        for row in connection.execute(select(rows.table_of(kind))).mappings():
            said = kind.columns(kind.to_record(row["record"]))
            if any(row[name] != value for name, value in said.items()):
                raise TamperedLogError(problem)


def _records(connection: Connection, table: Any, opened: Opens, kind: str) -> Iterator[bytes]:
    for row_id, data in connection.execute(select(table.c.id, table.c.record)).all():
        try:
            yield opened(connection, data, place=f"{table.name}/{row_id}")
        except StoreError as error:
            raise TamperedLogError(f"a {kind} in the registry is not as it was logged: {error.message}") from error


def _fact(entry: StoredEntry) -> tuple[str, bytes]:
    """Schema and canonical bytes of the record in a statement; its envelope was verified before."""
    if entry.envelope is None:
        return "", b""
    try:
        statement = json.loads(base64.b64decode(json.loads(entry.envelope)["payload"]))
        return str(statement["body"].get("schema", "")), canon.canonical(statement["body"])
    except (ValueError, KeyError, TypeError, AttributeError, CountenanceError) as error:
        raise TamperedLogError(f"the statement of entry {entry.index} cannot be read") from error
