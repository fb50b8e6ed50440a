"""The keys of marks: plain files, since reading a mark needs them and no passphrase guards reading."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field

from countenance.core import payload
from countenance.core.canon import canonical
from countenance.errors import StoreError

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkKey:
    """Tile key and check key, 32 bytes each. `created_at` is absent where it was not written down."""

    tile_key: bytes = field(repr=False)
    check_key: bytes = field(repr=False)
    created_at: str | None

    @property
    def key_id(self) -> str:
        """A name that says nothing of the keys: SHA-256 over both, under a domain of its own."""
        return "sha256:" + hashlib.sha256(b"countenance.mark-key/1 " + self.tile_key + self.check_key).hexdigest()


def read_key(key: MarkKey) -> bytes:
    """The file that a house may publish: with it anyone reads and finds its marks, and can remove them.

    It makes no valid ids. It cannot tell a mark from chance either, but by how clearly it lies in the picture.
    """
    return canonical(
        {
            "schema": "countenance.mark-read-key/1",
            "key_id": key.key_id,
            "tile_key_hex": key.tile_key.hex(),
            "reading_key_hex": payload.reading_key(key.check_key, payload.V2).hex(),
        }
    )


def fresh(at: str) -> bytes:
    """The file of new keys."""
    return canonical(
        {
            "tile_key_hex": secrets.token_hex(_KEY_BYTES),
            "check_key_hex": secrets.token_hex(_KEY_BYTES),
            "created_at": at,
        }
    )


def read(data: bytes) -> MarkKey:
    """The keys in a file. Raises StoreError where it is damaged."""
    try:
        value = json.loads(data)
        tile_key, check_key = bytes.fromhex(value["tile_key_hex"]), bytes.fromhex(value["check_key_hex"])
        created = value.get("created_at")
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _damaged() from error
    if (len(tile_key), len(check_key)) != (_KEY_BYTES, _KEY_BYTES) or not isinstance(created, str | None):
        raise _damaged()
    return MarkKey(tile_key=tile_key, check_key=check_key, created_at=created)


def _damaged() -> StoreError:
    return StoreError("`mark.json` of the key folder is damaged", hint="restore the key folder from a backup")
