"""What publishing needs from outside: a place that holds a sealed file back until it may go out."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Outputs(Protocol):
    """Quarantine and release. A file is under its final name only after `release`."""

    def hold(self, edit_id: str, data: bytes, *, near: Path) -> Path:
        """Write and sync the bytes under a temporary name on the target's file system. Raises StoreError."""
        ...

    def release(self, held: Path, target: Path, *, replace: bool) -> None:
        """Move into place, atomically; never over an existing file unless `replace`. Raises StoreError."""
        ...

    def discard(self, held: Path) -> None:
        """Remove a held file that may not go out."""
        ...

    def sweep(
        self, folder: Path, published_digest: Callable[[str], str | None], digest_of: Callable[[bytes], str]
    ) -> int:
        """Let out what a crash left held although it was logged, and remove what was not; how many were let out."""
        ...
