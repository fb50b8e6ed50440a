"""The SQLite database: how it is opened, one transaction at a time, and its errors in plain words."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import SQLModel

from countenance.adapters.books import migrations, mounts, rows
from countenance.errors import ConfigError, StoreError, UncheckedError

_SCHEMA_VERSION = 5
_READABLE = (1, 2, 3, 4, 5)
_PRAGMAS = (
    "busy_timeout = 10000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "recursive_triggers = ON",  # so that INSERT OR REPLACE cannot pass the delete triggers
    "trusted_schema = OFF",
)
_READ_ONLY_PRAGMAS = ("busy_timeout = 10000", "query_only = ON", "trusted_schema = OFF")
_PLAIN = {
    "SQLITE_BUSY": ("the books are busy", "another countenance is writing; try again"),
    "SQLITE_LOCKED": ("the books are busy", "another countenance is writing; try again"),
    "SQLITE_FULL": ("the disk is full", "make room, then try again"),
    "SQLITE_READONLY": ("the books cannot be written here", "check the permissions of the home folder"),
    "SQLITE_CANTOPEN": ("the books cannot be opened", "check that the home folder exists and may be written"),
    "SQLITE_NOTADB": ("the books are not a database", "restore the home folder from a backup"),
    "SQLITE_CORRUPT": ("the books are damaged", "restore the home folder from a backup"),
    "SQLITE_IOERR": ("the books could not be read or written", "check the disk"),
}


class Database:
    """One database file. Reads outside a transaction have one of their own; writes need one."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._local = threading.local()
        self.schema_version = _SCHEMA_VERSION
        if not read_only:
            _require_local(path)
            _make_private(path)
        with plainly():
            how: dict[str, Any] = {"creator": partial(_open_read_only, path)} if read_only else {}
            self._engine = create_engine(URL.create("sqlite", database=str(path)), isolation_level="AUTOCOMMIT", **how)
            event.listen(self._engine, "connect", partial(_set_up, _READ_ONLY_PRAGMAS if read_only else _PRAGMAS))
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
            StoreError: a transaction is open already, or the database failed.
        """
        if self._current() is not None:
            raise StoreError("a transaction is open already")
        with self._begin("BEGIN IMMEDIATE"):
            self._local.writes = True
            try:
                yield
            finally:
                self._local.writes = False

    def snapshot(self, path: Path) -> None:
        """A copy of the whole database in a new file, consistent although others may write.

        Raises:
            StoreError: it cannot be written.
        """
        _make_private(path)
        with plainly(), closing(sqlite3.connect(path)) as copy, self._engine.connect() as connection:
            source: Any = connection.connection.dbapi_connection
            source.backup(copy)

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The open transaction's connection, or one in a read transaction of its own."""
        current = self._current()
        if current is not None:
            with plainly():
                yield current
            return
        with self._begin("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The open transaction's connection. Raises StoreError outside a transaction."""
        current = self._current()
        if current is None or not self.in_transaction:
            raise StoreError("the books are written to in a transaction only")
        with plainly():
            yield current

    def _current(self) -> Connection | None:
        return getattr(self._local, "connection", None)

    @contextmanager
    def _begin(self, begin: str) -> Iterator[Connection]:
        with plainly(), self._engine.connect() as connection:
            connection.exec_driver_sql(begin)
            self._local.connection = connection
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise
            finally:
                self._local.connection = None

    def _version(self) -> int:
        with self.reading() as connection:
            version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
        if version > _SCHEMA_VERSION:
            raise UncheckedError("the books are of a newer version", hint="use a newer countenance")
        return version

    def _check(self) -> None:
        self.schema_version = self._version()
        if self.schema_version not in _READABLE:
            raise StoreError("the books are empty", hint="restore the home folder from a backup")

    def _create(self) -> None:
        if self._version() == _SCHEMA_VERSION:
            return
        with self.transaction(), self.writing() as connection:
            migrations.bring_up(connection, self._version())
            SQLModel.metadata.create_all(connection, tables=rows.tables())
            for trigger in rows.triggers():
                connection.exec_driver_sql(trigger)
            connection.exec_driver_sql(f"PRAGMA user_version = {_SCHEMA_VERSION}")


@contextmanager
def plainly() -> Iterator[None]:
    """Database errors as plain lines.

    Raises:
        StoreError: the database failed.
        ConfigError: a record names another that is not in the books.
    """
    try:
        yield
    except DBAPIError as error:
        raise _plain(error.orig) from error
    except sqlite3.Error as error:
        raise _plain(error) from error
    except SQLAlchemyError as error:
        raise StoreError("the books could not be used") from error


def error_name(error: BaseException | None) -> str:
    """SQLite's name of an error, such as `SQLITE_CONSTRAINT_UNIQUE`."""
    return str(getattr(error, "sqlite_errorname", ""))


def _plain(error: BaseException | None) -> StoreError | ConfigError:
    name = error_name(error)
    if name == "SQLITE_CONSTRAINT_FOREIGNKEY":
        return ConfigError("the record names another that is not in the books")
    if name == "SQLITE_CONSTRAINT_TRIGGER":
        return StoreError("the books are added to, never changed")
    if name.startswith("SQLITE_CONSTRAINT"):
        return StoreError("the books hold such a record already")
    for start, (message, hint) in _PLAIN.items():
        if name.startswith(start):
            return StoreError(message, hint=hint)
    return StoreError("the books could not be used")


def _require_local(path: Path) -> None:
    kind = mounts.network_kind_of(path)
    if kind is not None:
        raise ConfigError(
            f"the home folder is on a network file system ({kind}), where the books would not be safe",
            hint="choose a --home on a local disk; backups may lie on the network",
        )


def _make_private(path: Path) -> None:
    """The file, empty if it is new, for its owner only: SQLite gives its side files the same mode."""
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError("the books cannot be opened", hint=_PLAIN["SQLITE_CANTOPEN"][1]) from error


def _open_read_only(path: Path) -> sqlite3.Connection:
    """The file as it is. SQLite makes side files even for a reader, unless it is told that nobody writes.

    A journal that is not empty is another matter: it holds the newest commits, and its side files are there already.
    """
    journal = path.with_name(f"{path.name}-wal")
    try:
        written = journal.stat().st_size > 0
    except OSError:
        written = False
    uri = f"{path.absolute().as_uri()}?{'mode=ro' if written else 'mode=ro&immutable=1'}"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def _set_up(pragmas: Iterable[str], connection: Any, _record: Any) -> None:
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _roll_back(connection: Connection) -> None:
    if connection.closed or connection.invalidated:
        return
    raw = connection.connection.dbapi_connection
    if raw is not None and getattr(raw, "in_transaction", False):
        connection.exec_driver_sql("ROLLBACK")
