"""Where an output goes: a name for a picture, free, and not that of the picture itself."""

import os
from pathlib import Path

from countenance.cli.state import read_file
from countenance.errors import ConfigError

TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}


def media_type_of_name(out: Path) -> str:
    """The kind of picture that a file name stands for. Raises ConfigError where it stands for none."""
    found = TYPES.get(out.suffix.lower())
    if found is None:
        raise ConfigError(f"`{out.name}` is no name for a picture", hint="name the output .jpg, .png, .webp or .tif")
    return found


def free(out: Path, *, force: bool, given_as: str = "--out") -> None:
    """What can be said of the output at once; the claim at the start of the edit looks again."""
    if out.is_symlink():
        raise ConfigError("the output is a link", hint=f"name the file itself, or choose another {given_as}")
    if out.is_dir():
        raise ConfigError("the output is a folder", hint="name a file")
    if os.path.lexists(out) and not force:
        raise ConfigError("the output exists already", hint=f"choose another {given_as}, or --force to replace it")
    if not out.parent.is_dir():
        raise ConfigError("the output's folder does not exist", hint="make it first")


def not_the_input(out: Path, photo: str, data: bytes) -> None:
    """Also under another name, or read from stdin."""
    if not out.is_file():
        return
    same = photo != "-" and out.samefile(photo)
    if same or (out.stat().st_size == len(data) and read_file(str(out)) == data):
        raise ConfigError("the output would replace the picture itself", hint="choose another --out")
