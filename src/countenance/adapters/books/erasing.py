"""Erasure in the tables: rows, statements, salts and keys are deleted; what the log committed to stays as it is."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, or_, select
from sqlmodel import SQLModel

from countenance.adapters.books import fact_rows, kept_rows, rows
from countenance.adapters.books.registry import Registry
from countenance.adapters.books.whose import statement_in
from countenance.core.records.consent import FaceTie

_PUBLICATION = rows.table_of(fact_rows.PublicationRow)
_DELIVERY = rows.table_of(kept_rows.DeliveryRow)
_SALT = rows.table_of(kept_rows.ReceiptSaltRow)
_KEY = rows.table_of(kept_rows.PersonKeyRow)
_STATEMENT = rows.table_of(kept_rows.StatementRow)
_BATCH = 1024


class Made(NamedTuple):
    """A published edit that was made under a release."""

    edit_id: str
    receipt_id: str


class Erasing(Registry):
    """What can be taken out of the books, inside a transaction; who may ask for it is decided elsewhere."""

    def opened_statements(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Index, kind and statement of every entry that was not erased, in order; a batch at a time."""
        size = self.size()
        for start in range(0, size, _BATCH):
            for entry in self.entries(start, min(start + _BATCH, size)):
                said = statement_in(entry.envelope) if entry.envelope is not None else {}
                if said:
                    yield entry.index, str(said.get("kind")), said

    def made_under(self, release_ids: Sequence[str]) -> list[Made]:
        """The published edits of the faces of these releases, and those that borrowed from them."""
        query = select(_PUBLICATION.c.id, _PUBLICATION.c.receipt_id).where(
            or_(
                *(
                    self._dialect.among(_PUBLICATION.c[name], release_ids)
                    for name in ("release_id", "reference_release_id")
                )
            )
        )
        with self.reading() as connection:
            return [Made(*found) for found in connection.execute(query.order_by(_PUBLICATION.c.seq)).all()]

    def ties_to(self, release_ids: Sequence[str]) -> tuple[FaceTie, ...]:
        """Every tie that ever was to one of the releases."""
        return tuple(tie for one in release_ids for tie in self._all(FaceTie, release_id=one))

    def erase(
        self, *, entries: Sequence[int], facts: Iterable[tuple[str, str]], made: Sequence[Made], person_id: str | None
    ) -> dict[str, int]:
        """Delete statements, facts (each as its schema and the id of its row), what is kept of edits, and a key.

        How many of each were deleted, by table. What a fact's row is named by falls before it.
        """
        wanted = set(facts)
        with self.writing() as connection:
            deleted = {
                str(_STATEMENT.name): _delete_each(connection, _STATEMENT, _STATEMENT.c.index, entries),
                str(_DELIVERY.name): _delete_each(
                    connection, _DELIVERY, _DELIVERY.c.edit_id, [one.edit_id for one in made]
                ),
                str(_SALT.name): _delete_each(connection, _SALT, _SALT.c.receipt_id, [one.receipt_id for one in made]),
            }
            for table, schema in _fact_tables():
                ids = [row_id for of, row_id in wanted if of == schema]
                gone = _delete_each(connection, table, table.c.id, ids) if ids else 0
                deleted |= {str(table.name): gone} if gone else {}
            if person_id is not None:
                deleted[str(_KEY.name)] = _delete_each(connection, _KEY, _KEY.c.person_id, [person_id])
                self.forget_key(person_id)
        return deleted


def _fact_tables() -> list[tuple[Any, str]]:
    """Tables of facts with their schemas, each before those that its rows name."""
    found = {rows.table_of(row): row.RECORD.schema_name() for row in (*rows.FACTS, *rows.VERSIONS)}
    return [(table, found[table]) for table in reversed(SQLModel.metadata.sorted_tables) if table in found]


def _delete_each(connection: Connection, table: Any, column: Any, values: Sequence[Any]) -> int:
    """Delete one by one, however many; how many were there."""
    before = 0
    for value in values:
        before += connection.execute(delete(table).where(column == bindparam("wanted")), {"wanted": value}).rowcount
    return before
