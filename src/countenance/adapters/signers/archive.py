"""A backup's outer form: a stream in chunks, each encrypted and authenticated with its number and whether it is last.

```
countenance-backup/1 LF
header (canonical JSON: version, cipher, Argon2id cost and salt) LF
chunk: length of the sealed bytes (big-endian uint32), then AES-256-GCM of up to 1 MiB
```
STREAM of V. T. Hoang, R. Reyhanitabar, P. Rogaway, D. Vizár, *Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance*, CRYPTO 2015: the nonce is the chunk's number (11 bytes) and 1 for the last chunk, so that chunks
cannot be cut, repeated or put in another order. The salt is fresh for each file, and so is the key.
"""

import json
import secrets
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countenance.adapters.signers import wrap
from countenance.core.canon import canonical
from countenance.errors import ConfigError, StoreError, UncheckedError

_MAGIC = b"countenance-backup/1\n"
_NAME = "backup"
_CHUNK_BYTES = 1 << 20
_TAG_BYTES = 16
_MAX_HEADER_BYTES = 4096


class ArchiveWriter:
    """Encrypts what is written to it; `close` writes the last chunk, without which a reader refuses the file."""

    def __init__(self, out: BinaryIO, passphrase: str, *, cost: wrap.Cost | None = None) -> None:
        header = wrap.header_of(_NAME, cost or wrap.Cost(), secrets.token_bytes(16))
        self._head = _MAGIC + canonical(header) + b"\n"
        self._cipher = AESGCM(wrap.derive(header, passphrase))
        self._out = out
        self._number = 0
        self._waiting = bytearray()
        out.write(self._head)

    def write(self, data: bytes) -> None:
        """Take bytes; whole chunks are written at once."""
        self._waiting += data
        while len(self._waiting) > _CHUNK_BYTES:
            self._seal(bytes(self._waiting[:_CHUNK_BYTES]), last=False)
            del self._waiting[:_CHUNK_BYTES]

    def close(self) -> None:
        """Write what is left, as the last chunk."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, data: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), data, self._head)
        self._number += 1
        self._out.write(len(sealed).to_bytes(4, "big") + sealed)


class ArchiveReader:
    """Gives the bytes again, each chunk only after it was authenticated.

    Raises:
        ConfigError: the passphrase is wrong.
        StoreError: not a backup, or it is damaged or cut.
        UncheckedError: a newer form.
    """

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        self._source = source
        header, self._head = _read_head(source)
        self._cipher = AESGCM(wrap.derive(header, passphrase))
        self._number = 0
        self._last = False
        self._waiting = bytearray()

    def read(self, size: int) -> bytes:
        """Exactly so many bytes. Raises StoreError where the backup ends before."""
        while len(self._waiting) < size and not self._last:
            self._waiting += self._open()
        if len(self._waiting) < size:
            raise _damaged("it ends too early")
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        return data

    def finish(self) -> None:
        """Nothing follows what was read. Raises StoreError where something does."""
        while not self._last and not self._waiting:
            self._waiting += self._open()
        if self._waiting or self._source.read(1):
            raise _damaged("something follows its end")

    def _open(self) -> bytes:
        sealed = self._exactly(self._length())
        for last in (False, True):
            try:
                data = self._cipher.decrypt(_nonce(self._number, last=last), sealed, self._head)
            except InvalidTag:
                continue
            self._number, self._last = self._number + 1, last
            return data
        if self._number == 0:
            raise ConfigError(
                "wrong passphrase for the backup, or its beginning is damaged",
                hint="give the organisation's passphrase as it was when the backup was made",
            )
        raise _damaged(f"chunk {self._number} is not as it was written")

    def _length(self) -> int:
        length = int.from_bytes(self._exactly(4), "big")
        if not _TAG_BYTES <= length <= _CHUNK_BYTES + _TAG_BYTES:
            raise _damaged("a chunk has an impossible length")
        return length

    def _exactly(self, size: int) -> bytes:
        data = self._source.read(size)
        if len(data) != size:
            raise _damaged("it ends too early")
        return data


def _read_head(source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    magic = source.read(len(_MAGIC))
    if magic != _MAGIC:
        if magic.startswith(b"countenance-backup/"):
            raise UncheckedError("the backup is of an unknown version", hint="update countenance")
        raise StoreError("not a backup of countenance")
    line = source.readline(_MAX_HEADER_BYTES)
    try:
        header = wrap.read_header(json.loads(line))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged("its header cannot be read") from error
    return header, magic + line


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _damaged(why: str) -> StoreError:
    return StoreError(f"the backup is damaged: {why}", hint="use another copy of it")
