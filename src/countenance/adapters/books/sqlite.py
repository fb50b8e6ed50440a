"""The books in one SQLite file: registry, log, publications, and the log's static files."""

from collections.abc import Sequence
from pathlib import Path

from countenance.adapters.books import tiles_out
from countenance.adapters.books.agreement import require_agreement
from countenance.adapters.books.shelf import Publications
from countenance.audit.check import LogReport, check_log
from countenance.audit.checkpoint import PublicKey
from countenance.errors import StoreError


class Books(Publications):
    """Registry and log in one database, so that an act and its entry become durable together."""

    def write_tiles(self, folder: Path, public_key: PublicKey) -> int:
        """Bring the log folder up to the newest checkpoint, after the commit; the size that it then covers.

        Raises:
            TamperedLogError: the log does not extend the checkpoint in the folder, which is then left alone.
            StoreError: a transaction is open, or the folder cannot be written.
        """
        if self.in_transaction:
            raise StoreError("the log folder is written after the commit")
        with tiles_out.locked(folder), self.reading():
            return tiles_out.write_tiles(self, folder, public_key)

    def check(self, folder: Path, public_key: PublicKey, *, held: Sequence[str] = ()) -> LogReport:
        """Check the log against the checkpoint in the log folder and others that are held, and the registry against it.

        Raises:
            TamperedLogError: names the first thing that is wrong, and where.
            StoreError: the folder or the database cannot be read.
        """
        notes = (*tiles_out.held_notes(folder), *held)  # before the snapshot: the log only grows
        with self.reading() as connection:
            report = check_log(self, public_key, notes, actor_key=self.actor_key)
            require_agreement(connection, self.statements())
        return report


def build(database: Path, origin: str) -> Books:
    """Open the books, or make them where the file is new.

    Raises:
        StoreError: the file cannot be opened, or is not a database.
        UncheckedError: a newer program made it.
    """
    return Books(database, origin)
