"""What revisions share."""

from sqlalchemy.engine import Connection


def drop_trigger(connection: Connection, table: str, act: str) -> None:
    """No longer refuse an act ("update", "delete") on a table, if that table is there."""
    if connection.dialect.has_table(connection, table):
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act}{on}")
