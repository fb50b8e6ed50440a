"""A publication is found by what came of it. The new columns are filled from the records.

Under which release a reference was lent is not in a record: for edits of version 1 it is not known. New tables, status
entries among them, and all triggers are made by the caller.
"""

import json
from functools import reduce
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from countenance.adapters.books import fact_rows, rows
from countenance.adapters.books.steps import drop_trigger

revision = "0002"
down_revision = "0001"

_FROM_RECORD = {
    "release_id": ("release_id",),
    "source_digest": ("source_digest",),
    "output_digest": ("output_digest",),
    "reference_digest": ("recipe", "reference_digest"),
    "manifest_id": ("manifest_id",),
    "published_at": ("at",),
}
_MAY_BE_ABSENT = ("reference_digest", "reference_release_id")


def upgrade(connection: Connection) -> None:
    """Add the columns, fill them, and index them."""
    for name in (*_FROM_RECORD, "reference_release_id"):
        kind = "VARCHAR" if name in _MAY_BE_ABSENT else "VARCHAR NOT NULL DEFAULT ''"
        connection.exec_driver_sql(f"ALTER TABLE publication ADD COLUMN {name} {kind}")
    drop_trigger(connection, "publication", "update")
    table = rows.table_of(fact_rows.PublicationRow)
    fill = update(table).where(table.c.seq == bindparam("of"))
    fill = fill.values({name: bindparam(f"new_{name}") for name in _FROM_RECORD})
    for seq, record in connection.execute(select(table.c.seq, table.c.record)).all():
        connection.execute(fill, {"of": seq, **_columns(json.loads(record))})
    for row in (fact_rows.PublicationRow, fact_rows.FaceTieRow):
        for index in rows.table_of(row).indexes:
            index.create(connection, checkfirst=True)


def _columns(record: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": reduce(_under, path, record) for name, path in _FROM_RECORD.items()}


def _under(record: Any, name: str) -> Any:
    return record.get(name) if isinstance(record, dict) else None
