"""What publishing needs from outside: a place that holds a sealed file back until it may go out."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol


class Swept(NamedTuple):
    """What a sweep did with files that were logged as published, but were not out."""

    let_out: int
    waiting: int
    """Their name is taken by another file: they stay held until it is free."""


class Outputs(Protocol):
    """Quarantine and release. A file is under its final name only after `release`."""

    def claim(self, target: Path, *, replace: bool) -> AbstractContextManager[None]:
        """Reserve the final name for one run, and find out at once whether its folder can be written to.

        Raises:
            ConfigError: the name is taken (and `replace` is false), is a link or a folder, or another run has it.
            StoreError: the folder is closed to us.
        """
        ...

    def hold(self, edit_id: str, data: bytes, *, near: Path, replace: bool) -> Path:
        """Write and sync the bytes under a temporary name beside the target. Raises ConfigError, StoreError."""
        ...

    def release(self, held: Path, target: Path, *, replace: bool) -> None:
        """Move into place, atomically; never over an existing file unless `replace`. Raises ConfigError, StoreError."""
        ...

    def discard(self, held: Path) -> None:
        """Remove a held file that may not go out."""
        ...

    def sweep(
        self, folder: Path, decided: Callable[[str], bool], published_digest: Callable[[str], str | None]
    ) -> Swept:
        """Let out what a crash left held although it was logged, and remove what was decided on but not logged.

        Files of edits that nobody here decided on are left alone: they are another home's.
        """
        ...
