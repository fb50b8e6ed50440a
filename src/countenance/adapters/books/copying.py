"""All rows of one database into another of the same schema: a backup of books on a server, and the way back."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, insert, select
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from countenance.adapters.books import rows

_AT_ONCE = 2000


def tables() -> list[Any]:
    """The tables, each after those that its rows name."""
    ours = set(rows.tables())
    return [table for table in SQLModel.metadata.sorted_tables if table in ours]


def holds_anything(connection: Connection) -> bool:
    """Whether there is a row in any table."""
    return any(connection.execute(select(exists(select(table)))).scalar_one() for table in tables())


def copy_all(source: Connection, target: Connection) -> Iterator[Any]:
    """Copy table by table, and yield each that is done."""
    for table in tables():
        found = source.execute(select(table), execution_options={"yield_per": _AT_ONCE})
        for part in found.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in part])
        yield table
