"""What the books ask of a database, beyond the SQL that all of them speak."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.engine import Connection


class Dialect(Protocol):
    """SQLite in a file, or PostgreSQL on a server."""

    @property
    def begin_read(self) -> Sequence[str]:
        """Begins a transaction that sees one state of the books throughout."""
        ...

    @property
    def begin_write(self) -> Sequence[str]:
        """Begins the transaction of the one writer, who sees everything that was committed before."""
        ...

    @property
    def begin_change(self) -> Sequence[str]:
        """Begins the transaction that makes the tables, or brings them up to date."""
        ...

    def engine(self, *, read_only: bool) -> Engine:
        """What connects; each connection commits only where it is told to.

        Raises:
            ConfigError: the place will not do.
            StoreError: it cannot be opened.
        """
        ...

    def is_open(self, raw: Any) -> bool:
        """Whether a driver's connection has a transaction to roll back."""
        ...

    def version(self, connection: Connection) -> int:
        """The schema's version; 0 where there are no books yet."""
        ...

    def make_room(self, connection: Connection) -> None:
        """Make what has to be there before the tables."""
        ...

    def refuse(self, refused: Iterable[tuple[str, str]]) -> list[str]:
        """SQL that makes the database itself refuse acts ("update", "delete") on tables."""
        ...

    def note_version(self, connection: Connection, version: int) -> None:
        """Write down the schema's version where `version` reads it, if alembic's table is not that place."""
        ...

    def insert_new(self, table: Any) -> Any:
        """An insert that does nothing where such a row is there already; it counts its rows."""
        ...

    def member(self, column: Any, name: str) -> Any:
        """The text under a name in a column of JSON bytes."""
        ...

    def among(self, column: Any, values: Iterable[str]) -> Any:
        """Whether a column holds one of the values, however many: they travel as one parameter."""
        ...

    def numbered(self, connection: Connection, table: Any) -> None:
        """Rows came with their numbers: let the next number of the table follow the last of them."""
        ...

    def snapshot(self, engine: Engine, path: Path) -> None:
        """A copy of all tables in a new SQLite file, consistent although others may write."""
        ...

    def scrub(self, engine: Engine) -> None:
        """Overwrite what was deleted, as far as the database lets its user do that."""
        ...
