"""New files that a command writes: for their owner only, and never in the place of another."""

import os
from pathlib import Path

from countenance.errors import ConfigError, StoreError


def require_new(path: Path) -> None:
    """What can be said of a file's place before anything is done.

    Raises:
        ConfigError: it exists already, or its folder does not.
    """
    if path.exists() or path.is_symlink():
        raise ConfigError(f"`{path}` exists already", hint="choose another name; nothing is replaced")
    if not path.parent.is_dir():
        raise ConfigError("the file's folder does not exist", hint="make it first")


def write_new(path: Path, data: bytes) -> None:
    """Write a new file, readable by its owner only.

    Raises:
        ConfigError: it exists already.
        StoreError: it cannot be written.
    """
    require_new(path)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except OSError as error:
        raise StoreError(f"`{path.name}` cannot be written: {error.strerror}", hint="check the folder") from error
