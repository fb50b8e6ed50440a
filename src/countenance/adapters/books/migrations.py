"""Books of an earlier version, brought up to date by alembic, all in the caller's transaction.

Alembic's own table holds the version in both databases. SQLite's `user_version` holds it as well, and is the one that
counts there: programs from before alembic wrote it, and read it to refuse what is newer than they are.
"""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

FOLDER = Path(__file__).parent / "revisions"


def scripts() -> ScriptDirectory:
    """The revisions of this package."""
    return ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])


def bring_up(connection: Connection, version: int) -> None:
    """Run every revision after a version; new books, of version 0, need none, and are marked as the newest.

    The connection's transaction is open, which alembic leaves alone; tables and triggers that are missing afterwards
    are made by the caller.
    """
    found = scripts()
    MigrationContext.configure(connection).stamp(found, name_of(version) if version else "head")
    if version:
        context = MigrationContext.configure(
            connection,
            opts={"script": found, "fn": lambda now, _context: found._upgrade_revs("head", now)},  # noqa: SLF001
        )
        context.run_migrations(connection=connection)


def name_of(version: int) -> str:
    """A version as the revisions are called."""
    return f"{version:04}"
