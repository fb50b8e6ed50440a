"""The books, whole: registry, log, publications, and the log's static files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from countenance.adapters.books import tiles_out
from countenance.adapters.books.agreement import require_agreement
from countenance.adapters.books.travel import Travel
from countenance.audit.check import LogReport, check_log
from countenance.audit.checkpoint import PublicKey
from countenance.errors import StoreError


class Books(Travel):
    """Registry and log in one database, so that an act and its entry become durable together."""

    _guarded: tuple[Path, PublicKey] | None = None

    def guard(self, folder: Path, public_key: PublicKey) -> None:
        """From now on, no transaction begins on books that do not extend the checkpoint in this folder."""
        self._guarded = (folder, public_key)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside becomes durable together, or not at all. Writers wait for each other.

        Raises:
            TamperedLogError, UncheckedError: the books are guarded, and as `require_held` says.
            StoreError: a transaction is open already, or the database failed.
        """
        with super().transaction():
            if self._guarded is not None:
                self.require_held(*self._guarded)
            yield

    def require_held(self, folder: Path, public_key: PublicKey) -> None:
        """The log extends the checkpoint in the log folder; a database put back to an older copy does not.

        Raises:
            TamperedLogError: it does not.
            UncheckedError: the folder holds no checkpoint, and there is more than the first entry.
            StoreError: the folder or the database cannot be read.
        """
        with self.reading():
            tiles_out.require_held(self, folder, self.log_keys(public_key))

    def write_tiles(self, folder: Path, public_key: PublicKey) -> int:
        """Bring the log folder up to the newest checkpoint, after the commit; the size that it then covers.

        Raises:
            TamperedLogError: the log does not extend the checkpoint in the folder, which is then left alone.
            StoreError: a transaction is open, or the folder cannot be written.
        """
        if self.in_transaction:
            raise StoreError("the log folder is written after the commit")
        with tiles_out.locked(folder), self.reading():
            return tiles_out.write_tiles(self, folder, self.log_keys(public_key))

    def check(self, folder: Path, public_key: PublicKey, *, held: Sequence[str] = ()) -> LogReport:
        """Check the log against the checkpoint in the log folder and others that are held, and the registry against it.

        Raises:
            TamperedLogError: names the first thing that is wrong, and where.
            UncheckedError: nothing is wrong, but no checkpoint is held, and there is more than the first entry.
            StoreError: the folder or the database cannot be read.
        """
        notes = (*tiles_out.held_notes(folder), *held)  # before the snapshot: the log only grows
        with self.reading() as connection:
            report = check_log(self, self.log_keys(public_key), notes, actor_key=self.actor_keys)
            require_agreement(connection, self.statements(), self.opened)
        if not notes and report.size > 1:
            raise tiles_out.not_held()
        return report
