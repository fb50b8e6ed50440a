"""The log as static files: tiles and entry bundles, then the checkpoint. Derived after commit; a crash is caught up.

The checkpoint file is what was shown to others last. It is only ever replaced by one that extends it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countenance.adapters.files import write_whole
from countenance.audit import merkle
from countenance.audit.checkpoint import PublicKey, open_checkpoint
from countenance.audit.ports import LogStore
from countenance.audit.tiles import tile_bytes, tiles_between
from countenance.core.records.audit import Checkpoint
from countenance.errors import EvidenceError, StoreError, TamperedLogError, UncheckedError

_CHECKPOINT = "checkpoint"


def write_tiles(store: LogStore, folder: Path, public_key: PublicKey) -> int:
    """Bring the folder, which is `locked`, up to the store's newest checkpoint; the size that it then covers.

    Raises:
        TamperedLogError: the store does not extend the checkpoint in the folder, which is then left alone.
        StoreError: the folder cannot be written.
    """
    note = store.checkpoint()
    if note is None and not (folder / _CHECKPOINT).exists():
        return 0
    with _plainly():
        held = _held(folder, public_key, store.origin)
        newest = _newest(store, public_key, held)
        old_size = 0 if held is None else held.size
        for tile in tiles_between(old_size, newest.size):
            write_whole(folder / tile.path, tile_bytes(tile, store))
        if held is None or held.size < newest.size:
            write_whole(folder / _CHECKPOINT, newest.note.encode())
    return newest.size


def require_held(store: LogStore, folder: Path, public_key: PublicKey) -> None:
    """The store extends the checkpoint in the folder; only a log of one entry may have none yet, after a crash.

    Raises:
        TamperedLogError: it does not: the database is an older copy, or another one.
        UncheckedError: no checkpoint is held.
        StoreError: the folder cannot be read.
    """
    held = _held(folder, public_key, store.origin)
    if held is not None:
        _newest(store, public_key, held)
    elif store.size() > 1:
        raise not_held()


def not_held() -> UncheckedError:
    """What is said where nothing outside the database could tell an older copy of it."""
    return UncheckedError(
        "no checkpoint is held outside the database, so an older copy of it would not be noticed",
        hint="restore the folder `log` of the home from a backup, or see `countenance log check --accept`",
    )


def held_notes(folder: Path) -> tuple[str, ...]:
    """The checkpoint that the folder shows, to compare the log with; none before the first was written.

    Raises:
        StoreError: it cannot be read.
    """
    path = folder / _CHECKPOINT
    with _plainly():
        return (path.read_bytes().decode(errors="replace"),) if path.exists() else ()


def _held(folder: Path, public_key: PublicKey, origin: str) -> Checkpoint | None:
    try:
        notes = [open_checkpoint(note, public_key, origin) for note in held_notes(folder)]
    except EvidenceError as error:
        raise TamperedLogError(f"the checkpoint in the log folder: {error.message}") from error
    return notes[0] if notes else None


def _newest(store: LogStore, public_key: PublicKey, held: Checkpoint | None) -> Checkpoint:
    note = store.checkpoint()
    if note is None or (held is not None and store.size() < held.size):
        raise TamperedLogError("the log was cut: it is smaller than the checkpoint in its folder")
    try:
        newest = open_checkpoint(note, public_key, store.origin)
    except EvidenceError as error:
        raise TamperedLogError(f"the log's last checkpoint: {error.message}") from error
    if merkle.root(newest.size, store.node).hex() != newest.root_hex:
        raise TamperedLogError("the log disagrees with its last checkpoint", hint="run `countenance log check`")
    if held is not None and merkle.root(held.size, store.node).hex() != held.root_hex:
        raise TamperedLogError(f"the log was forked: it differs from the checkpoint of {held.size} in its folder")
    return newest


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One writer at a time: taken before the store is read, an older checkpoint never replaces a newer one.

    Raises:
        StoreError: the folder cannot be written.
    """
    with _plainly():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise StoreError(f"the log folder cannot be used: {reason}", hint="check its permissions and space") from error
