"""Folders that appear complete or not at all; files that only their owner can read."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from countenance.adapters.files import sync_folder
from countenance.errors import StoreError

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


def publish_folder(parent: Path, name: str, files: Mapping[str, bytes]) -> None:
    """Write a folder of files beside its place, sync, and rename it there.

    Raises:
        StoreError: it exists already, or could not be written.
    """
    with _plainly("write"):
        parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        parent.chmod(_FOLDER_MODE)
        building = Path(tempfile.mkdtemp(prefix=f".{name}-", suffix=".new", dir=parent))
        try:
            for file, data in files.items():
                _write(building / file, data)
            sync_folder(building)
            building.rename(parent / name)
            sync_folder(parent)
        finally:
            # Also what an earlier crash left: the place is taken now, or this attempt failed.
            for leftover in parent.glob(f".{name}-*.new"):
                shutil.rmtree(leftover, ignore_errors=True)


def read(path: Path, what: str) -> bytes:
    """A key file's bytes. `what` names it for people.

    Raises:
        StoreError: it is not there or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{what} cannot be read", hint="restore the key folder from a backup") from error


def _write(path: Path, data: bytes) -> None:
    """Only ever into a folder that is not in place yet, so the folder's rename is the one that counts."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _plainly(act: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"could not {act} the keys: {(error.strerror or 'unknown').lower()}") from error
