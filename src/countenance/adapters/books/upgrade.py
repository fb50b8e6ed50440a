"""Books of an earlier version, brought up to date in one transaction. Nothing that they say is changed."""

from sqlalchemy.engine import Connection

from countenance.adapters.books import rows

_FROM_RECORD = {
    "release_id": "$.release_id",
    "source_digest": "$.source_digest",
    "output_digest": "$.output_digest",
    "reference_digest": "$.recipe.reference_digest",
    "manifest_id": "$.manifest_id",
    "published_at": "$.at",
}
_MAY_BE_ABSENT = ("reference_digest", "reference_release_id")


def from_1(connection: Connection) -> None:
    """Version 1 had no columns by which an edit is found by what came of it. They are filled from the records.

    Under which release a reference was lent is not in a record: for edits of version 1 it is not known.
    Tables that are new, and the triggers, are made by the caller.
    """
    for name in (*_FROM_RECORD, "reference_release_id"):
        kind = "VARCHAR" if name in _MAY_BE_ABSENT else "VARCHAR NOT NULL DEFAULT ''"
        connection.exec_driver_sql(f"ALTER TABLE publication ADD COLUMN {name} {kind}")
    connection.exec_driver_sql("DROP TRIGGER IF EXISTS publication_no_update")
    filled = ", ".join(f"{name} = json_extract(CAST(record AS TEXT), ?)" for name in _FROM_RECORD)
    connection.exec_driver_sql(f"UPDATE publication SET {filled}", tuple(_FROM_RECORD.values()))  # noqa: S608
    for row in (rows.PublicationRow, rows.FaceTieRow):
        for index in rows.table_of(row).indexes:
            index.create(connection, checkfirst=True)
