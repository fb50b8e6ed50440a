"""Later versions of records, approvals, disputes, reviews and house rules; for whom a file was; erasure.

New tables and triggers are made by the caller.
"""

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from countenance.adapters.books import rows
from countenance.adapters.books.steps import drop_trigger

revision = "0005"
down_revision = "0004"


def upgrade(connection: Connection) -> None:
    """Drop the triggers that guarded against deleting what may now be erased; a file may have a client."""
    guarded = {table for table, act in rows.refused() if act == "delete"}
    for table in rows.tables():
        if table.name not in guarded:
            drop_trigger(connection, table.name, "delete")
    if connection.dialect.has_table(connection, "delivery") and not _has_client(connection):
        connection.exec_driver_sql("ALTER TABLE delivery ADD COLUMN client VARCHAR")


def _has_client(connection: Connection) -> bool:
    return "client" in [column["name"] for column in inspect(connection).get_columns("delivery")]
