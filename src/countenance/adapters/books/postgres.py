"""The books on a PostgreSQL server, in a schema of their own.

One writer at a time: a writer locks a table before anything is read, so its snapshot is taken when the writer before
has committed (PostgreSQL's manual on LOCK: "this must be done before the first SELECT"), and log indexes never fork.
Serialisable on top of that, so that whoever writes beside these programs conflicts instead of being overlooked.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, any_, cast, create_engine, event, func, literal, make_url, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.types import Text

from countenance.adapters.books import copying
from countenance.adapters.books.books import Books
from countenance.adapters.books.database import Database
from countenance.adapters.books.plain import REFUSED_CODE
from countenance.adapters.books.sqlite import SQLite
from countenance.errors import ConfigError

SCHEMA = "countenance"
_MAKING = 6962_0005
"""The advisory lock of whoever makes the tables; any number that others do not use."""
_HERE = ("", "localhost", "127.0.0.1", "::1")
_SESSION = (
    f"SET search_path = {SCHEMA}, pg_temp",  # pg_temp last: nobody slips a table of theirs in before ours
    "SET synchronous_commit = on",
    "SET lock_timeout = '10s'",
    "SET idle_in_transaction_session_timeout = '10min'",  # a client that vanished does not hold up the others
    "SET TimeZone = 'UTC'",
)
_READ_ONLY = "SET default_transaction_read_only = on"


class PostgreSQL:
    """`countenance.adapters.books.dialect.Dialect` of a server."""

    begin_read = ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",)
    begin_write = ("BEGIN ISOLATION LEVEL SERIALIZABLE", "LOCK TABLE one_writer IN EXCLUSIVE MODE")
    begin_change = ("BEGIN", f"SELECT pg_advisory_xact_lock({_MAKING})")

    def __init__(self, url: str) -> None:
        self._url = _url_of(url)

    def engine(self, *, read_only: bool) -> Engine:
        """What connects to the server; `read_only`, every transaction is."""
        try:
            made = create_engine(self._url, isolation_level="AUTOCOMMIT", hide_parameters=True)
        except ImportError as error:
            raise ConfigError(
                "books on a server need the extra `postgres`", hint="pip install 'countenance[postgres]'"
            ) from error
        wanted = (*_SESSION, _READ_ONLY) if read_only else _SESSION

        @event.listens_for(made, "connect", insert=True)
        def set_up(connection: Any, _record: Any) -> None:
            _require_utf8(connection)
            connection.autocommit = True
            for said in wanted:
                connection.execute(said)

        return made

    def is_open(self, raw: Any) -> bool:
        """Whether there is a transaction to roll back."""
        return bool(raw.info.transaction_status.name in {"INTRANS", "INERROR"})

    def version(self, connection: Connection) -> int:
        """What alembic noted."""
        if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar_one() is None:
            return 0
        return int(connection.exec_driver_sql("SELECT max(version_num) FROM alembic_version").scalar_one() or 0)

    def make_room(self, connection: Connection) -> None:
        """The schema, the table that the one writer locks, and what the triggers call.

        They are named in full: without the right to the schema, what is made would land among the session's own.
        """
        there = connection.exec_driver_sql(f"SELECT to_regnamespace('{SCHEMA}')").scalar_one()
        if there is None:
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
        connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.one_writer ()")
        connection.exec_driver_sql("LOCK TABLE one_writer IN EXCLUSIVE MODE")
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {SCHEMA}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION USING ERRCODE = '{REFUSED_CODE}', MESSAGE = 'never ' || lower(TG_OP) || 'd'; END $$"
        )

    def refuse(self, refused: Iterable[tuple[str, str]]) -> list[str]:
        """A trigger for each act that is refused; who may not delete may not truncate either."""
        return [said for table, act in refused for said in _triggers(table, act)]

    def note_version(self, connection: Connection, version: int) -> None:
        """Alembic's table is the place."""

    def insert_new(self, table: Any) -> Any:
        """An insert that does nothing where such a row is there already; it counts."""
        return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)

    def member(self, column: Any, name: str) -> Any:
        """The text under a name in a column of JSON bytes."""
        return cast(func.convert_from(column, "UTF8"), JSONB)[name].astext

    def among(self, column: Any, values: Iterable[str]) -> Any:
        """Whether a column holds one of the values."""
        return column == any_(literal(list(values), ARRAY(Text)))

    def numbered(self, connection: Connection, table: Any) -> None:
        """Set the table's sequence, if it has one, after the last number."""
        column = table.autoincrement_column
        last = None if column is None else connection.execute(select(func.max(column))).scalar_one()
        if column is not None and last:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(sequence, last)))

    def snapshot(self, engine: Engine, path: Path) -> None:
        """All tables as one transaction sees them, in a new SQLite file."""
        copy = Database(SQLite(path))
        try:
            with engine.connect() as source, copy.transaction(), copy.writing() as target:
                source.exec_driver_sql(self.begin_read[0])
                for _ in copying.copy_all(source, target):
                    pass
                source.exec_driver_sql("COMMIT")
        finally:
            copy.close()

    def scrub(self, engine: Engine) -> None:
        """Rewrite the tables without what was deleted, where the user owns them; else the server's own vacuum will.

        What was written ahead, archived or backed up on the server is not reached.
        """
        with engine.connect() as connection:
            for table in copying.tables():
                connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")  # of another's table, a warning


def _triggers(table: str, act: str) -> list[str]:
    made = [(f"{table}_no_{act}", act.upper(), "ROW")]
    if act == "delete":
        made.append((f"{table}_no_truncate", "TRUNCATE", "STATEMENT"))
    return [
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse()"
        for name, when, each in made
    ]


def _url_of(text: str) -> URL:
    """The URL for the driver. Towards another machine the server's certificate is checked, unless the URL says else.

    Raises:
        ConfigError: it is no such URL. What it holds is not told: it may be a password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise _no_url() from error
    if url.drivername != "postgresql" or not url.database:
        raise _no_url()
    host = str(url.query.get("host", url.host or ""))
    wanted = {"application_name": "countenance", "connect_timeout": "10"}
    if host not in _HERE and not host.startswith("/"):
        wanted["sslmode"] = "verify-full"
    return url.set(drivername="postgresql+psycopg", query={**wanted, **url.query})


def _no_url() -> ConfigError:
    return ConfigError("`database_url` is not understood", hint="postgresql://USER@HOST/DATABASE, and no other kind")


def _require_utf8(connection: Any) -> None:
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise ConfigError("the database does not keep text in UTF-8", hint="CREATE DATABASE ... ENCODING 'UTF8'")


def build(url: str, origin: str, *, read_only: bool = False) -> Books:
    """Open the books, or make them where the database has none; `read_only`, nothing is made or changed.

    Raises:
        ConfigError: the URL is not understood, or the driver is not installed.
        StoreError: the server cannot be reached, or the database failed.
        UncheckedError: a newer program made the books.
    """
    return Books(PostgreSQL(url), origin, read_only=read_only)
