"""Errors of either database as plain lines: what is wrong and what to do, never the driver's own words.

A driver's words may hold a row, a path, a host or a user. SQLite's names are those of sqlite.org/rescode.html, the
codes of PostgreSQL those of its appendix A, "PostgreSQL Error Codes".
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from countenance.errors import ConfigError, StoreError

REFUSED_CODE = "CT001"
"""What the triggers on PostgreSQL raise."""

_BUSY = ("the books are busy", "another countenance is writing; try again")
_FULL = ("the disk is full", "make room, then try again")
_DAMAGED = ("the books are damaged", "restore the home folder from a backup")
_UNREACHABLE = (
    "the database server cannot be reached, or did not let this user in",
    "check `database_url`: host, database, user, password and TLS; `psql` with the same URL says more",
)
_LOST = ("the connection to the database server was lost", "nothing was kept of this act; try again")
_NO_RIGHT = ("the database does not let this user do that", "see docs/guides/postgres.md on roles")
_PLAIN = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": ("the books cannot be written here", "check the permissions of the home folder"),
    "SQLITE_CANTOPEN": ("the books cannot be opened", "check that the home folder exists and may be written"),
    "SQLITE_NOTADB": ("the books are not a database", "restore the home folder from a backup"),
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_IOERR": ("the books could not be read or written", "check the disk"),
    "40": _BUSY,
    "55P03": _BUSY,
    "53100": _FULL,
    "53300": ("the database server has no connection left", "try again, or raise `max_connections`"),
    "25006": ("the books cannot be written here", "name the primary server in `database_url`, not a replica"),
    "42501": _NO_RIGHT,
    "3F000": _NO_RIGHT,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "08": _LOST,
    "57P": _LOST,
    "25P03": _LOST,
}
"""By the start of a name or a code."""


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
        raise _plain(error.orig, lost=error.connection_invalidated) from error
    except sqlite3.Error as error:
        raise _plain(error) from error
    except SQLAlchemyError as error:
        raise StoreError("the books could not be used") from error


def _plain(error: BaseException | None, *, lost: bool = False) -> StoreError | ConfigError:
    name = str(getattr(error, "sqlite_errorname", "") or getattr(error, "sqlstate", None) or "")
    if name in {"SQLITE_CONSTRAINT_FOREIGNKEY", "23503"}:
        return ConfigError("the record names another that is not in the books")
    if name in {"SQLITE_CONSTRAINT_TRIGGER", REFUSED_CODE}:
        return StoreError("the books are added to, never changed")
    if name.startswith(("SQLITE_CONSTRAINT", "23")):
        return StoreError("the books hold such a record already")
    for start, (message, hint) in _PLAIN.items():
        if name.startswith(start):
            return StoreError(message, hint=hint)
    if not name and type(error).__name__ == "OperationalError":  # psycopg's, before or after there is a session
        message, hint = _LOST if lost else _UNREACHABLE
        return StoreError(message, hint=hint)
    return StoreError("the books could not be used")


def unopened() -> StoreError:
    """What is said of a file that cannot be opened."""
    message, hint = _PLAIN["SQLITE_CANTOPEN"]
    return StoreError(message, hint=hint)
