"""The registry key: a plain file, as `verify` and `log check` read the books without a passphrase.

It guards copies of the database, and a database on a server. It does not guard a home that was stolen whole.
"""

import json
import secrets

from countenance.core.canon import canonical
from countenance.core.sealing import KEY_BYTES
from countenance.errors import StoreError

FILE = "registry.json"


def fresh() -> bytes:
    """The file of a new key."""
    return canonical({"key_hex": secrets.token_hex(KEY_BYTES)})


def read(data: bytes) -> bytes:
    """The key in a file. Raises StoreError where it is damaged."""
    try:
        key = bytes.fromhex(json.loads(data)["key_hex"])
    except (KeyError, ValueError, TypeError) as error:
        raise _damaged() from error
    if len(key) != KEY_BYTES:
        raise _damaged()
    return key


def _damaged() -> StoreError:
    return StoreError(f"`{FILE}` of the key folder is damaged", hint="restore the key folder from a backup")
