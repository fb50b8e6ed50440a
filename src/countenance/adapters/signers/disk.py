"""Folders that appear complete or not at all; files that only their owner can read; changes that happen whole.

A change of several files is first written whole into `.pending`. Renaming that to `.change` decides it: from then on
its files are read in place of the others, and are moved to their places by whoever comes next. So a crash at any line
leaves either the old files or the new ones, and never some of each.
"""

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from countenance.adapters.files import sync_folder
from countenance.core.canon import canonical
from countenance.errors import StoreError

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_PREPARING, _PENDING, _CHANGE, _ABOUT = ".preparing-", ".pending", ".change", "change.json"


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


def add(root: Path, name: str, data: bytes) -> None:
    """One file more, whole or not at all; the one that is there already stays.

    Raises:
        StoreError: it could not be written.
    """
    path = root / name
    with _plainly("write"):
        building = Path(tempfile.mkdtemp(prefix=f"{_PREPARING}file-", dir=path.parent)) / path.name
        try:
            _write(building, data)
            with contextlib.suppress(FileExistsError):
                os.link(building, path)
            sync_folder(path.parent)
        finally:
            shutil.rmtree(building.parent, ignore_errors=True)


def read(root: Path, name: str, what: str) -> bytes:
    """A key file's bytes, those of a decided change first. `what` names it for people.

    Raises:
        StoreError: it is not there or cannot be read.
    """
    failed: OSError | None = None
    for path in (root / _CHANGE / name, root / name):
        try:
            return path.read_bytes()
        except OSError as error:
            failed = error
    raise StoreError(f"{what} cannot be read", hint="restore the key folder from a backup") from failed


def names(root: Path, pattern: str) -> list[str]:
    """Names of files below the root that match, those of a decided change too, in order."""
    found = {path.relative_to(base).as_posix() for base in (root, root / _CHANGE) for path in base.glob(pattern)}
    return sorted(found)


@contextmanager
def locked(root: Path, *, wait: bool = True) -> Iterator[bool]:
    """One change at a time. False, if not to wait, where another process is at it.

    Raises:
        StoreError: the folder cannot be written.
    """
    with _plainly("lock"):
        handle = os.open(root / ".lock", os.O_RDWR | os.O_CREAT, _FILE_MODE)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def prepare(root: Path, files: Mapping[str, bytes], change_id: str) -> None:
    """Write a change beside the keys, whole and synced. Nothing counts yet.

    Raises:
        StoreError: it could not be written.
    """
    with _plainly("write"):
        discard(root)
        building = Path(tempfile.mkdtemp(prefix=_PREPARING, dir=root))
        for name, data in {**files, _ABOUT: canonical({"id": change_id})}.items():
            path = building / name
            path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            _write(path, data)
        for folder in (building, *(path for path in building.rglob("*") if path.is_dir())):
            sync_folder(folder)
        building.rename(root / _PENDING)
        sync_folder(root)


def pending(root: Path) -> str | None:
    """The id of a change that is prepared and not decided."""
    try:
        return str(json.loads((root / _PENDING / _ABOUT).read_bytes())["id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_pending(root: Path, name: str, what: str) -> bytes:
    """A file of the prepared change. Raises StoreError where it cannot be read."""
    return read(root / _PENDING, name, what)


def unsettled(root: Path) -> bool:
    """Whether a change was begun, prepared or decided, and not carried out."""
    return (root / _PENDING).is_dir() or (root / _CHANGE).is_dir() or any(root.glob(f"{_PREPARING}*"))


def discard(root: Path) -> None:
    """Remove a change that was not decided, and what a crash left of one."""
    for leftover in (root / _PENDING, *root.glob(f"{_PREPARING}*")):
        shutil.rmtree(leftover, ignore_errors=True)


def decide(root: Path) -> None:
    """From here on the prepared change counts. An earlier one has been carried out.

    Raises:
        StoreError: it could not be renamed.
    """
    with _plainly("change"):
        (root / _PENDING).rename(root / _CHANGE)
        sync_folder(root)


def carry_out(root: Path) -> None:
    """Move the files of a decided change to their places. May be begun again after a crash.

    Raises:
        StoreError: a file could not be moved.
    """
    change = root / _CHANGE
    if not change.is_dir():
        return
    with _plainly("change"):
        for path in sorted(path for path in change.rglob("*") if path.is_file() and path.name != _ABOUT):
            place = root / path.relative_to(change)
            place.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            path.replace(place)
            sync_folder(place.parent)
        shutil.rmtree(change)
        sync_folder(root)


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
