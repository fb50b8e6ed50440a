"""Face readings kept for replay: encrypted files under the home, where the release allows it, deleted when it ends.

Nothing of them is in the manifest, the log or the books. Deleting one loses nothing but bit-exact replay.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from countenance.errors import CountenanceError, StoreError

_SUFFIX = ".reading"


class KeptReadings:
    """The folder `kept` of a home: one file an edit, AES-256-GCM under a key from the organisation's passphrase."""

    def __init__(self, home: Path, keys: Any, passphrase: Callable[[], str]) -> None:
        self._folder = home / "kept"
        self._keys = keys
        self._passphrase = passphrase

    def keep(self, edit_id: str, packed: bytes | None) -> None:
        """Keep a reading. A picture that is published already does not fail over it: replay does without."""
        if packed is None:
            return
        sealed = self._keys.seal(packed, name=edit_id, passphrase=self._passphrase())
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            fresh = self._folder / f".{edit_id}.new"
            fresh.touch(mode=0o600)
            fresh.write_bytes(sealed)
            fresh.replace(self._folder / f"{edit_id}{_SUFFIX}")

    def open(self, edit_id: str) -> bytes | None:
        """The reading of an edit; None where none is kept.

        Raises:
            ConfigError: the passphrase is wrong, or cannot be asked for.
            StoreError: the file is damaged.
        """
        path = self._folder / f"{edit_id}{_SUFFIX}"
        if not path.is_file():
            return None
        try:
            sealed = path.read_bytes()
        except OSError as error:
            raise StoreError("what was kept of the face cannot be read", hint="check the home folder") from error
        opened: bytes = self._keys.unseal(sealed, name=edit_id, passphrase=self._passphrase())
        return opened

    def sweep(self, books: Any, at: str) -> int:
        """Delete every reading whose release was withdrawn, has ended or is gone. How many were deleted.

        Raises:
            StoreError: one of them cannot be deleted.
        """
        gone = [path for path in self._folder.glob(f"*{_SUFFIX}") if not _may_stay(path.stem, books, at)]
        gone += list(self._folder.glob(".*.new"))
        try:
            for path in gone:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError("what was kept of a face cannot be deleted", hint="delete the folder `kept`") from error
        return len(gone)


def _may_stay(edit_id: str, books: Any, at: str) -> bool:
    try:
        publication = books.publication(edit_id)
        release = books.release(publication.release_id) if publication else None
        if release is None or not release.grant.keep_landmarks or at >= release.grant.valid_until:
            return False
        return not any(end.at <= at for end in books.revocations(release.id))
    except CountenanceError:
        return True
