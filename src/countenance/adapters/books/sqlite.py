"""The books in one SQLite file, in WAL mode."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, Text, cast, create_engine, event, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection

from countenance.adapters.books import mounts
from countenance.adapters.books.books import Books
from countenance.adapters.books.plain import unopened
from countenance.errors import ConfigError, StoreError

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


class SQLite:
    """`countenance.adapters.books.dialect.Dialect` of one file."""

    begin_read = ("BEGIN",)
    begin_write = ("BEGIN IMMEDIATE",)
    begin_change = begin_write

    def __init__(self, path: Path) -> None:
        self._path = path

    def engine(self, *, read_only: bool) -> Engine:
        """What opens the file; `read_only`, nothing is made or changed, side files neither."""
        if not read_only:
            _require_local(self._path)
            _make_private(self._path)
        how: dict[str, Any] = {"creator": partial(_open_read_only, self._path)} if read_only else {}
        made = create_engine(URL.create("sqlite", database=str(self._path)), isolation_level="AUTOCOMMIT", **how)
        event.listen(made, "connect", partial(_set_up, _READ_ONLY_PRAGMAS if read_only else _PRAGMAS))
        return made

    def is_open(self, raw: Any) -> bool:
        """Whether there is a transaction to roll back."""
        return bool(getattr(raw, "in_transaction", False))

    def version(self, connection: Connection) -> int:
        """SQLite's own number of a file, which programs from before alembic read as well."""
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def make_room(self, connection: Connection) -> None:
        """Nothing has to be there before the tables."""

    def refuse(self, refused: Iterable[tuple[str, str]]) -> list[str]:
        """A trigger for each act that is refused."""
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'never {act}d'); END"
            for table, act in refused
        ]

    def note_version(self, connection: Connection, version: int) -> None:
        """Write the file's number."""
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")

    def insert_new(self, table: Any) -> Any:
        """An insert that does nothing where such a row is there already; it counts."""
        return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)

    def member(self, column: Any, name: str) -> Any:
        """The text under a name in a column of JSON bytes."""
        return func.json_extract(cast(column, Text), f"$.{name}")

    def among(self, column: Any, values: Iterable[str]) -> Any:
        """Whether a column holds one of the values."""
        listed = func.json_each(json.dumps(list(values))).table_valued("value")
        return column.in_(select(listed.c.value))

    def numbered(self, connection: Connection, table: Any) -> None:
        """SQLite takes the number after the last by itself."""

    def snapshot(self, engine: Engine, path: Path) -> None:
        """A copy of the whole file in a new one."""
        _make_private(path)
        with closing(sqlite3.connect(path)) as copy, engine.connect() as connection:
            source: Any = connection.connection.dbapi_connection
            source.backup(copy)

    def scrub(self, engine: Engine) -> None:
        """What `secure_delete` overwrote reaches the file, and the journal with the older pages is emptied."""
        with engine.connect() as connection:
            for said in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                told = connection.exec_driver_sql(said)
                if told.returns_rows and told.scalar_one():  # the first column says whether somebody was in the way
                    raise StoreError("the journal of the books is in use", hint="close other commands, then try again")


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
        raise unopened() from error


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


def build(database: Path, origin: str, *, read_only: bool = False) -> Books:
    """Open the books, or make them where the file is new; `read_only`, nothing is made or changed, side files neither.

    Raises:
        StoreError: the file cannot be opened, or is not a database.
        UncheckedError: a newer program made it.
    """
    return Books(SQLite(database), origin, read_only=read_only)
