"""The database: how it is opened, one transaction at a time, and its tables made or brought up to date."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from countenance.adapters.books import copying, rows
from countenance.adapters.books.dialect import Dialect
from countenance.adapters.books.plain import plainly
from countenance.errors import ConfigError, StoreError, UncheckedError

SCHEMA_VERSION = 5
"""The newest of the revisions."""


class Database:
    """One database. Reads outside a transaction have one of their own; writes need one."""

    def __init__(self, dialect: Dialect, *, read_only: bool = False) -> None:
        self._local = threading.local()
        self._dialect = dialect
        self.schema_version = SCHEMA_VERSION
        with plainly():
            self._engine = dialect.engine(read_only=read_only)
            if read_only:
                self._check()
            else:
                self._create()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction of this thread is open."""
        return bool(getattr(self._local, "writes", False))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside becomes durable together, or not at all. Writers wait for each other.

        Raises:
            StoreError: a transaction is open already, the books stay busy, or the database failed.
        """
        with self._writer(self._dialect.begin_write):
            yield

    def snapshot(self, path: Path) -> None:
        """A copy of the whole database in a new SQLite file, consistent although others may write.

        Raises:
            StoreError: it cannot be written.
        """
        with plainly():
            self._dialect.snapshot(self._engine, path)

    def receive(self, other: "Database") -> None:
        """Take over everything from other books, in one transaction.

        Raises:
            ConfigError: there is something in these already.
        """
        with self.transaction(), self.writing() as connection, other.reading() as source:
            if copying.holds_anything(connection):
                raise ConfigError(
                    "the database of `database_url` holds books already", hint="name one that is empty, or clear it"
                )
            for table in copying.copy_all(source, connection):
                self._dialect.numbered(connection, table)

    def scrub(self) -> None:
        """Overwrite what was deleted, as far as the database lets its user do that; not inside a transaction."""
        with plainly():
            self._dialect.scrub(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The open transaction's connection, or one in a read transaction of its own."""
        current = self._current()
        if current is not None:
            with plainly():
                yield current
            return
        with self._begin(self._dialect.begin_read) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The open transaction's connection. Raises StoreError outside a transaction."""
        current = self._current()
        if current is None or not self.in_transaction:
            raise StoreError("the books are written to in a transaction only")
        with plainly():
            yield current

    @contextmanager
    def _writer(self, begin: Sequence[str]) -> Iterator[None]:
        if self._current() is not None:
            raise StoreError("a transaction is open already")
        with self._begin(begin):
            self._local.writes = True
            try:
                yield
            finally:
                self._local.writes = False

    @property
    def _seen(self) -> dict[Any, Any]:
        """What the open transaction of this thread has read, and nobody can change under it; empty outside one."""
        found: dict[Any, Any] | None = getattr(self._local, "seen", None)
        return {} if found is None else found

    def _current(self) -> Connection | None:
        return getattr(self._local, "connection", None)

    @contextmanager
    def _begin(self, begin: Sequence[str]) -> Iterator[Connection]:
        with plainly(), self._engine.connect() as connection:
            try:
                for said in begin:
                    connection.exec_driver_sql(said)
                self._local.connection, self._local.seen = connection, {}
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise
            finally:
                self._local.connection = self._local.seen = None

    def _roll_back(self, connection: Connection) -> None:
        if connection.closed or connection.invalidated:
            return
        raw = connection.connection.dbapi_connection
        if raw is not None and self._dialect.is_open(raw):
            connection.exec_driver_sql("ROLLBACK")

    def _version(self) -> int:
        with self.reading() as connection:
            version = self._dialect.version(connection)
        if version > SCHEMA_VERSION:
            raise UncheckedError("the books are of a newer version", hint="use a newer countenance")
        return version

    def _check(self) -> None:
        self.schema_version = self._version()
        if self.schema_version < 1:
            raise StoreError("the books are empty", hint="restore the home folder from a backup")

    def _create(self) -> None:
        if self._version() == SCHEMA_VERSION:
            return
        from countenance.adapters.books import migrations  # noqa: PLC0415 - alembic is slow to import, seldom needed

        with self._writer(self._dialect.begin_change), self.writing() as connection:
            self._dialect.make_room(connection)
            migrations.bring_up(connection, self._version())
            SQLModel.metadata.create_all(connection, tables=rows.tables())
            for said in self._dialect.refuse(rows.refused()):
                connection.exec_driver_sql(said)
            self._dialect.note_version(connection, SCHEMA_VERSION)
