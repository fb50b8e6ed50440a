"""Facts as they lie in the tables: kept once, read in order of arrival, as they stand now or stood at an instant."""

import copy
from typing import Any, Self, TypeVar

from sqlalchemy import insert, select

from countenance.adapters.books import fact_rows, rows
from countenance.adapters.books.log import Log
from countenance.adapters.books.whose import whose
from countenance.core.records.base import Record
from countenance.errors import CountenanceError, StoreError

_ROW_OF: dict[type[Record], type[fact_rows.FactRow]] = {row.RECORD: row for row in rows.FACTS}
_VERSIONS: dict[type[Record], type[fact_rows.VersionRow]] = {row.RECORD: row for row in rows.VERSIONS}

T = TypeVar("T", bound=Record)


class Facts(Log):
    """What the registry's questions are asked of."""

    _until: str | None = None
    _last: str | None = None

    def as_of(self, until: str, *, last_entry_at: str | None) -> Self:
        """The same books, to be read as they stood at an instant, when the log's last entry was that one.

        Facts that were erased since are missing.
        """
        then = copy.copy(self)
        then._until, then._last = until, last_entry_at  # noqa: SLF001 - a copy of itself
        return then

    def last_instant(self) -> str | None:
        """The instant in the last leaf."""
        return super().last_instant() if self._until is None else self._last

    def _keep(self, record: Record) -> None:
        """Add a fact, inside a transaction, sealed where it is somebody's.

        Raises:
            ConfigError: it names a fact that is not in the books.
            StoreError: its id is taken, the books keep no such records, or the database failed.
        """
        later = (getattr(record, "version", None) or 1) > 1
        row = (_VERSIONS if later else _ROW_OF).get(type(record))
        if row is None:
            raise StoreError(f"the books keep no {record.KIND} records")
        made = row.from_record(record).model_dump(exclude={"seq"})
        with self.writing() as connection:
            place = f"{row.__tablename__}/{made['id']}"
            made["record"] = self.sealed(connection, made["record"], place=place, of=whose(record.to_json()))
            connection.execute(insert(rows.table_of(row)), made)

    def _versions(self, record: type[T], wanted: str) -> tuple[T, ...]:
        first = self._all(record, id=wanted)
        return (*first, *self._kept(record, _VERSIONS[record], of_id=wanted)) if first else ()

    def _newest(self, record: type[T]) -> tuple[T, ...]:
        """The newest version of each, in order of their first ones' arrival."""
        found: Any = (*self._all(record), *self._kept(record, _VERSIONS[record]))
        return tuple({one.id: one for one in found}.values())

    def _all(self, record: type[T], **where: Any) -> tuple[T, ...]:
        return self._kept(record, _ROW_OF[record], **where)

    def _kept(self, record: type[T], row: type[fact_rows.FactRow], **where: Any) -> tuple[T, ...]:
        if self.schema_version < rows.SINCE.get(row, 1):
            return ()
        table = rows.table_of(row)
        query = select(table.c.id, table.c.record).order_by(table.c.seq)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with self.reading() as connection:
            found = connection.execute(query).all()
            try:
                records: tuple[T, ...] = tuple(
                    row.to_record(self.opened(connection, data, place=f"{table.name}/{row_id}"))
                    for row_id, data in found
                )
            except CountenanceError as error:
                said = f"a {record.KIND} in the books cannot be read: {error.message}"
                raise StoreError(said, hint=error.hint) from error
        return records if self._until is None else tuple(one for one in records if _instant(one) <= self._until)

    def _one(self, record: type[T], **where: Any) -> T | None:
        found = self._all(record, **where)
        return found[-1] if found else None


def _instant(record: Any) -> str:
    """When a fact was added."""
    names = ("added_at", "at", "created_at", "issued_at")
    return next((str(getattr(record, name)) for name in names if hasattr(record, name)), "")
