"""The log's tables: leaves and hashes for good, statements with their salts apart from them, erasable."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Text, cast, func, insert, select
from sqlalchemy.engine import Connection, Row

from countenance.adapters.books import rows
from countenance.adapters.books.database import Database
from countenance.audit.ports import StoredEntry
from countenance.core.records.audit import StatementKind
from countenance.errors import LogUnavailableError, StoreError, TamperedLogError

_LEAF = rows.table_of(rows.LeafRow)
_STATEMENT = rows.table_of(rows.StatementRow)
_NODE = rows.table_of(rows.NodeRow)
_CHECKPOINT = rows.table_of(rows.CheckpointRow)


class Log(Database):
    """`countenance.audit.ports.LogStore`."""

    def __init__(self, path: Path, origin: str, *, read_only: bool = False) -> None:
        super().__init__(path, read_only=read_only)
        self._origin = origin

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._origin

    def size(self) -> int:
        """One more than the last entry's index."""
        with self.reading() as connection:
            last = connection.execute(select(func.max(_LEAF.c.index))).scalar_one()
        return 0 if last is None else int(last) + 1

    def entries(self, start: int, end: int) -> Sequence[StoredEntry]:
        """Entries start <= index < end, in order."""
        query = _entries().where(_LEAF.c.index >= start, _LEAF.c.index < end)
        with self.reading() as connection:
            return [_stored(row) for row in connection.execute(query)]

    def statements(self, kind: StatementKind | None = None) -> tuple[StoredEntry, ...]:
        """Every entry, or those of one kind, in order; erased ones without envelope and salt."""
        query = _entries()
        if kind is not None:
            query = query.where(func.json_extract(cast(_LEAF.c.leaf, Text), "$.kind") == kind)
        with self.reading() as connection:
            return tuple(_stored(row) for row in connection.execute(query))

    def node(self, level: int, position: int) -> bytes:
        """The hash of a complete subtree. Raises TamperedLogError if it is missing."""
        found = self.nodes(level, position, position + 1)
        if not found:
            raise TamperedLogError(f"a hash of the log is missing (level {level}, position {position})")
        return found[0]

    def nodes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Hashes at one level, start <= position < end, in order."""
        query = (
            select(_NODE.c.hash)
            .where(_NODE.c.level == level, _NODE.c.position >= start, _NODE.c.position < end)
            .order_by(_NODE.c.position)
        )
        with self.reading() as connection:
            return connection.execute(query).scalars().all()

    def add_entries(self, entries: Sequence[StoredEntry], nodes: Sequence[tuple[int, int, bytes]]) -> None:
        """Append entries and the complete subtrees that they close, inside a transaction."""
        opening = [entry for entry in entries if entry.envelope is not None and entry.salt is not None]
        with self._appending() as connection:
            connection.execute(insert(_LEAF), [{"index": entry.index, "leaf": entry.leaf} for entry in entries])
            connection.execute(
                insert(_STATEMENT),
                [{"index": entry.index, "envelope": entry.envelope, "salt": entry.salt} for entry in opening],
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

    @contextmanager
    def _appending(self) -> Iterator[Connection]:
        try:
            with self.writing() as connection:
                yield connection
        except StoreError as error:
            raise LogUnavailableError(f"the log cannot be appended to: {error.message}", hint=error.hint) from error


def _entries() -> Select[Any]:
    joined = _LEAF.outerjoin(_STATEMENT, _LEAF.c.index == _STATEMENT.c.index)
    columns = (_LEAF.c.index, _LEAF.c.leaf, _STATEMENT.c.envelope, _STATEMENT.c.salt)
    return select(*columns).select_from(joined).order_by(_LEAF.c.index)


def _stored(row: Row[*tuple[Any, ...]]) -> StoredEntry:
    index, leaf, envelope, salt = row
    return StoredEntry(index=index, leaf=leaf, envelope=envelope, salt=salt)
