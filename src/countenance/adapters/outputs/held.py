"""The name of a held file. It says all that a sweep must know: file names are never logged."""

import re
from dataclasses import dataclass
from pathlib import Path

from countenance.adapters.outputs.claim import plain_files
from countenance.core import digest

_NAME = re.compile(
    r"\.(?P<name>.+)\.(?P<edit>(?:edit|marking)_[0-9a-f]{32})(?:\.over-(?P<over>[0-9a-f]{16}))?\.held", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A held file: whose it is, which name it is for, and the file (end of its digest) that it was to replace."""

    path: Path
    target: Path
    edit_id: str
    over: str | None


def held_name(target: Path, edit_id: str, *, replace: bool) -> Path:
    """Where a file for this target is held."""
    over = f".over-{digest_at(target)[-16:]}" if replace and target.is_file() else ""
    return target.with_name(f".{target.name}.{edit_id}{over}.held")


def held_files(folder: Path) -> list[Held]:
    """Every held file of a folder."""
    return [
        Held(path=path, target=path.with_name(found["name"]), edit_id=found["edit"], over=found["over"])
        for path in plain_files(folder)
        if (found := _NAME.fullmatch(path.name))
    ]


def replaces(held: Held) -> bool:
    """Whether what now has the target's name is the file that was to be replaced."""
    return held.over is not None and digest_at(held.target)[-16:] == held.over


def digest_at(path: Path) -> str:
    """The digest of a plain file; empty where there is none."""
    return digest.of_file(path.read_bytes()) if path.is_file() and not path.is_symlink() else ""
