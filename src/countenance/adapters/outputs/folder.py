"""Publishing into folders: a held file lies beside its target under a dot name and is locked while its edit runs."""

import contextlib
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from countenance.adapters.files import sync_folder
from countenance.errors import ConfigError, StoreError

_SUFFIX = ".held"


class FolderOutputs:
    """`countenance.publish.ports.Outputs`."""

    def __init__(self) -> None:
        self._locks: dict[Path, int] = {}

    def hold(self, edit_id: str, data: bytes, *, near: Path) -> Path:
        """Write and sync the bytes beside `near`.

        Raises:
            StoreError: the folder is missing, full or closed to us.
        """
        held = near.with_name(f".{near.name}.{edit_id}{_SUFFIX}")
        try:
            handle = os.open(held, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            self._locks[held] = handle
            fcntl.flock(handle, fcntl.LOCK_EX)
            with os.fdopen(os.dup(handle), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.discard(held)
            raise StoreError(
                f"the output could not be written: {error.strerror}", hint="check the folder and its space"
            ) from error
        return held

    def release(self, held: Path, target: Path, *, replace: bool) -> None:
        """Move into place, atomically.

        Raises:
            ConfigError: the target exists and `replace` is false.
            StoreError: the file could not be moved.
        """
        try:
            if replace:
                held.replace(target)
            else:
                os.link(held, target)
                held.unlink()
            sync_folder(target.parent)
        except FileExistsError as error:
            raise ConfigError(
                "the output exists already", hint="choose another --out, or --force to replace it"
            ) from error
        except OSError as error:
            raise StoreError(f"the output could not be put in place: {error.strerror}") from error
        self._unlock(held)

    def discard(self, held: Path) -> None:
        """Remove a held file that may not go out."""
        with contextlib.suppress(OSError):  # where it was never written, there is nothing to remove
            held.unlink()
        self._unlock(held)

    def sweep(
        self, folder: Path, published_digest: Callable[[str], str | None], digest_of: Callable[[bytes], str]
    ) -> int:
        """Deal with held files that a crash left behind: let out what was logged as published, remove the rest.

        Returns how many were let out. A file whose edit is still running is locked, and left alone.
        """
        let_out = 0
        for held in folder.glob(f".*.edit_*{_SUFFIX}"):
            name, edit_id = held.name[1 : -len(_SUFFIX)].rsplit(".", 1)
            handle = _try_lock(held)
            if handle is None:
                continue
            try:
                target = held.with_name(name)
                published = published_digest(edit_id)
                if published is not None and published == digest_of(held.read_bytes()) and not target.exists():
                    held.replace(target)
                    let_out += 1
                else:
                    held.unlink(missing_ok=True)
            finally:
                os.close(handle)
        return let_out

    def _unlock(self, held: Path) -> None:
        handle = self._locks.pop(held, None)
        if handle is not None:
            os.close(handle)


def _try_lock(path: Path) -> int | None:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def build() -> FolderOutputs:
    """The outputs."""
    return FolderOutputs()
