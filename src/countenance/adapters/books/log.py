"""The log's tables: leaves and hashes for good, statements with their salts apart from them, erasable."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select, func, insert, select, tuple_
from sqlalchemy.engine import Connection, Row

from countenance.adapters.books import kept_rows, rows
from countenance.adapters.books.dialect import Dialect
from countenance.adapters.books.sealed import Sealed
from countenance.adapters.books.whose import statement_in, whose
from countenance.audit.ports import StoredEntry
from countenance.core.records.audit import StatementKind
from countenance.errors import LogUnavailableError, StoreError, TamperedLogError

_LEAF = rows.table_of(kept_rows.LeafRow)
_STATEMENT = rows.table_of(kept_rows.StatementRow)
_NODE = rows.table_of(kept_rows.NodeRow)
_CHECKPOINT = rows.table_of(kept_rows.CheckpointRow)
_SIZE = "size"
_MOST_SEEN = 4096


class Log(Sealed):
    """`countenance.audit.ports.LogStore`."""

    def __init__(self, dialect: Dialect, origin: str, *, read_only: bool = False) -> None:
        super().__init__(dialect, read_only=read_only)
        self._origin = origin

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._origin

    def size(self) -> int:
        """One more than the last entry's index."""
        with self.reading() as connection:
            last = connection.execute(select(func.max(_LEAF.c.index))).scalar_one()
        size = 0 if last is None else int(last) + 1
        self._seen[_SIZE] = size
        return size

    def entries(self, start: int, end: int) -> Sequence[StoredEntry]:
        """Entries start <= index < end, in order."""
        query = _entries().where(_LEAF.c.index >= start, _LEAF.c.index < end)
        with self.reading() as connection:
            return [self._stored(connection, row) for row in connection.execute(query).all()]

    def statements(self, kind: StatementKind | None = None) -> tuple[StoredEntry, ...]:
        """Every entry, or those of one kind, in order; erased ones without envelope and salt."""
        query = _entries()
        if kind is not None:
            query = query.where(self._dialect.member(_LEAF.c.leaf, "kind") == kind)
        with self.reading() as connection:
            return tuple(self._stored(connection, row) for row in connection.execute(query).all())

    def node(self, level: int, position: int) -> bytes:
        """The hash of a complete subtree, read once a transaction. Raises TamperedLogError if it is missing."""
        found = self._seen.get((level, position))
        if found is None:
            read = self._read_nodes({(level, position), *_peaks(self._seen.get(_SIZE, 0))})
            found = read.get((level, position))
            if len(self._seen) < _MOST_SEEN:
                self._seen.update(read)
        if found is None:
            raise TamperedLogError(f"a hash of the log is missing (level {level}, position {position})")
        return bytes(found)

    def nodes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Hashes at one level, start <= position < end, in order."""
        query = (
            select(_NODE.c.hash)
            .where(_NODE.c.level == level, _NODE.c.position >= start, _NODE.c.position < end)
            .order_by(_NODE.c.position)
        )
        with self.reading() as connection:
            return connection.execute(query).scalars().all()

    def _read_nodes(self, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        """Those that are there, in one query: over a network each costs a way there and back."""
        query = select(_NODE.c.level, _NODE.c.position, _NODE.c.hash)
        query = query.where(tuple_(_NODE.c.level, _NODE.c.position).in_(sorted(wanted)))
        with self.reading() as connection:
            return {(level, position): hashed for level, position, hashed in connection.execute(query).all()}

    def add_entries(self, entries: Sequence[StoredEntry], nodes: Sequence[tuple[int, int, bytes]]) -> None:
        """Append entries and the complete subtrees that they close, inside a transaction."""
        self._seen.pop(_SIZE, None)
        with self._appending() as connection:
            connection.execute(insert(_LEAF), [{"index": entry.index, "leaf": entry.leaf} for entry in entries])
            connection.execute(
                insert(_STATEMENT),
                [
                    {
                        "index": entry.index,
                        "envelope": self._sealed_statement(connection, entry.index, entry.envelope),
                        "salt": entry.salt,
                    }
                    for entry in entries
                    if entry.envelope is not None and entry.salt is not None
                ],
            )
            connection.execute(
                insert(_NODE),
                [{"level": level, "position": position, "hash": hashed} for level, position, hashed in nodes],
            )

    def last_instant(self) -> str | None:
        """The instant in the last leaf."""
        query = select(_LEAF.c.leaf).order_by(_LEAF.c.index.desc()).limit(1)
        with self.reading() as connection:
            leaf = connection.execute(query).scalar_one_or_none()
        try:
            return None if leaf is None else str(json.loads(leaf)["at"])
        except (ValueError, KeyError, TypeError) as error:
            raise TamperedLogError("the last entry is not a log entry") from error

    def checkpoint(self) -> str | None:
        """The note of the newest checkpoint."""
        query = select(_CHECKPOINT.c.note).order_by(_CHECKPOINT.c.size.desc()).limit(1)
        with self.reading() as connection:
            note = connection.execute(query).scalar_one_or_none()
        return None if note is None else str(note)

    def keep_checkpoint(self, note: str, size: int) -> None:
        """Keep a signed checkpoint, inside a transaction."""
        with self._appending() as connection:
            connection.execute(insert(_CHECKPOINT), {"size": size, "note": note})

    def _sealed_statement(self, connection: Connection, index: int, envelope: bytes) -> bytes:
        of = whose(statement_in(envelope).get("body", {}))
        return self.sealed(connection, envelope, place=_place(index), of=of)

    def _stored(self, connection: Connection, row: Row[*tuple[Any, ...]]) -> StoredEntry:
        index, leaf, envelope, salt = row
        try:
            plain = None if envelope is None else self.opened(connection, envelope, place=_place(index))
        except StoreError as error:
            raise TamperedLogError(f"the statement of entry {index} cannot be opened: {error.message}") from error
        return StoredEntry(index=index, leaf=leaf, envelope=plain, salt=salt)

    @contextmanager
    def _appending(self) -> Iterator[Connection]:
        try:
            with self.writing() as connection:
                yield connection
        except StoreError as error:
            raise LogUnavailableError(f"the log cannot be appended to: {error.message}", hint=error.hint) from error


def _peaks(size: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees that together are a log of that size: what its root is made of."""
    return ((level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1)


def _entries() -> Select[Any]:
    joined = _LEAF.outerjoin(_STATEMENT, _LEAF.c.index == _STATEMENT.c.index)
    columns = (_LEAF.c.index, _LEAF.c.leaf, _STATEMENT.c.envelope, _STATEMENT.c.salt)
    return select(*columns).select_from(joined).order_by(_LEAF.c.index)


def _place(index: int) -> str:
    return f"{kept_rows.StatementRow.__tablename__}/{index}"
