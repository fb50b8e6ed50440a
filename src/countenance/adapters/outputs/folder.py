"""Publishing into folders: a held file lies beside its target under a dot name and is locked while its edit runs."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from countenance.adapters.files import sync_folder
from countenance.adapters.outputs.claim import claimed, refuse_taken, remove_stale, still_there
from countenance.adapters.outputs.held import Held, digest_at, held_files, held_name, replaces
from countenance.errors import ConfigError, StoreError
from countenance.publish.ports import Swept

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_LONGEST_NAME_BYTES = 255 - len(f"..marking_{'0' * 32}.over-{'0' * 16}.held")


class FolderOutputs:
    """`countenance.publish.ports.Outputs`."""

    def __init__(self) -> None:
        self._locks: dict[Path, int] = {}

    @contextlib.contextmanager
    def claim(self, target: Path, *, replace: bool) -> Iterator[None]:
        """Reserve the final name for one run.

        Raises:
            ConfigError: the name is taken, is a link or a folder, is too long, or another run has it.
            StoreError: the folder is closed to us.
        """
        if len(os.fsencode(target.name)) > _LONGEST_NAME_BYTES:
            raise ConfigError(f"the output's name is longer than {_LONGEST_NAME_BYTES} bytes", hint="shorten it")
        refuse_taken(target, replace=replace)
        with claimed(target):
            refuse_taken(target, replace=replace)  # again: the run before may just have let its file out
            yield

    def hold(self, edit_id: str, data: bytes, *, near: Path, replace: bool) -> Path:
        """Write and sync the bytes beside `near`.

        Raises:
            ConfigError: the name has been taken meanwhile.
            StoreError: the folder is missing, full or closed to us.
        """
        refuse_taken(near, replace=replace)
        try:
            held = held_name(near, edit_id, replace=replace)
            self._create(held)
            try:
                _write(self._locks[held], data)
            except OSError:
                self.discard(held)
                raise
        except OSError as error:
            raise StoreError(
                f"the output could not be written: {error.strerror}", hint="check the folder and its space"
            ) from error
        return held

    def release(self, held: Path, target: Path, *, replace: bool) -> None:
        """Move into place, atomically. Where that fails the file stays held, for the next sweep.

        Raises:
            ConfigError: the target exists and `replace` is false.
            StoreError: the file could not be moved.
        """
        try:
            if replace:
                held.replace(target)
            else:
                _place(held, target)
            sync_folder(target.parent)
        except FileExistsError as error:
            raise ConfigError(
                "the output exists already: something made it while the edit ran",
                hint="move it away: the logged result is held beside it, and the next edit in this folder lets it out",
            ) from error
        except OSError as error:
            raise StoreError(
                f"the output could not be put in place: {error.strerror}",
                hint="the logged result is held beside it, and the next edit in this folder lets it out",
            ) from error
        finally:
            self._unlock(held)

    def discard(self, held: Path) -> None:
        """Remove a held file that may not go out."""
        with contextlib.suppress(OSError):  # where it was never written, there is nothing to remove
            held.unlink()
        self._unlock(held)

    def sweep(
        self, folder: Path, decided: Callable[[str], bool], published_digest: Callable[[str], str | None]
    ) -> Swept:
        """Deal with held files that a crash left behind: let out what was logged as published, remove the rest.

        A file whose edit still runs is locked, and left alone; so is one whose edit was not decided on here.
        """
        remove_stale(folder)
        ends = [_settle(held, published_digest) for held in held_files(folder) if decided(held.edit_id)]
        return Swept(let_out=ends.count("let out"), waiting=ends.count("waiting"))

    def _create(self, held: Path) -> None:
        """Create and lock; once more where a sweep took the new file for a dead run's before it was locked."""
        while True:
            handle = os.open(held, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if still_there(handle, held):
                self._locks[held] = handle
                return
            os.close(handle)

    def _unlock(self, held: Path) -> None:
        handle = self._locks.pop(held, None)
        if handle is not None:
            os.close(handle)


def _write(handle: int, data: bytes) -> None:
    with os.fdopen(os.dup(handle), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _place(held: Path, target: Path) -> None:
    """Move, never over a file.

    Raises:
        FileExistsError: the name is taken.
    """
    try:
        os.link(held, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):  # a file system without links: the claim is all that keeps others away
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
        held.rename(target)
    else:
        held.unlink()


def _settle(held: Held, published_digest: Callable[[str], str | None]) -> str:
    """What became of one held file: "let out", "waiting", "removed" or, where it is in use or out of reach, "left"."""
    try:
        with claimed(held.target, patience_s=0), _locked(held.path) as ours:
            return _let_out(held, published_digest(held.edit_id)) if ours else "left"
    except (OSError, ConfigError, StoreError):
        return "left"


def _let_out(held: Held, published: str | None) -> str:
    if published is None or digest_at(held.path) != published or digest_at(held.target) == published:
        held.path.unlink()
        return "removed"
    try:
        if replaces(held):
            held.path.replace(held.target)
        else:
            _place(held.path, held.target)
    except FileExistsError:
        return "waiting"
    sync_folder(held.target.parent)
    return "let out"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Whether the file could be locked, and still has its name."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield still_there(handle, path)
    finally:
        os.close(handle)


def build() -> FolderOutputs:
    """The outputs."""
    return FolderOutputs()
