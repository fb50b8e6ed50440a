"""The claim on a name in a folder: a locked, empty file beside it for as long as a run lasts."""

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from countenance.errors import ConfigError, StoreError

LOCK = ".countenance-lock"
_PATIENCE_S = 0.5
"""A sweep has a name for a moment only; whoever has it for longer is another run."""


def refuse_taken(target: Path, *, replace: bool) -> None:
    """Pass only where a file may get this name.

    Raises:
        ConfigError: a link, no plain file, or a file that may not be replaced.
    """
    if target.is_symlink():
        raise ConfigError("the output is a link", hint="name the file itself, or choose another --out")
    if target.is_dir():
        raise ConfigError("the output is a folder", hint="name a file")
    if os.path.lexists(target) and not target.is_file():
        raise ConfigError("the output is no plain file", hint="choose another --out")
    if os.path.lexists(target) and not replace:
        raise ConfigError("the output exists already", hint="choose another --out, or --force to replace it")


@contextlib.contextmanager
def claimed(target: Path, *, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Have the target's name to oneself, whatever is there.

    Raises:
        ConfigError: another run has it.
        StoreError: its folder cannot be written to.
    """
    path = target.with_name(f".{target.name}{LOCK}")
    try:
        handle = _lock(path, patience_s)
    except BlockingIOError as error:
        raise ConfigError("another run is writing this output", hint="wait for it, or choose another --out") from error
    except OSError as error:
        raise StoreError(
            f"the output's folder cannot be written to: {error.strerror}", hint="choose another --out"
        ) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def remove_stale(folder: Path) -> None:
    """Remove the claims of runs that were killed."""
    for path in plain_files(folder):
        if path.name.startswith(".") and path.name.endswith(LOCK) and path.stat().st_size == 0:
            with contextlib.suppress(ConfigError, StoreError), claimed(_claims(path), patience_s=0):
                pass


def plain_files(folder: Path) -> list[Path]:
    """The regular files of a folder, by name: no folders, no links. Empty where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(folder / one.name for one in found if one.is_file(follow_symlinks=False))
    except OSError:
        return []


def still_there(handle: int, path: Path) -> bool:
    """Whether a name leads to the open file: a lock on a file that has lost its name guards nothing."""
    try:
        seen = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(seen.st_mode) and os.path.samestat(seen, os.fstat(handle))


def _claims(path: Path) -> Path:
    return path.with_name(path.name[1 : -len(LOCK)])


def _lock(path: Path, patience_s: float) -> int:
    end = time.monotonic() + patience_s
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            if time.monotonic() >= end:
                raise
            time.sleep(0.05)
            continue
        if still_there(handle, path):
            return handle
        os.close(handle)
