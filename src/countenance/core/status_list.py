"""W3C Bitstring Status List v1.0, section 4: one bit an entry, the first leftmost, compressed and written as text.

GZIP (RFC 1952), then base64url without padding, then the multibase letter `u`. Pure.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable

from countenance.errors import CountenanceError, EvidenceError, TooLargeError

SMALLEST = 131_072
"""Entries that a list has at least (Bitstring Status List v1.0, 4.1): fewer would tell whom a reader asks about."""
LARGEST = 2**27
"""Entries that are read at most: 16 MiB of bits, whatever the compressed text may blow up to."""
_TEXT = re.compile(r"u[A-Za-z0-9_-]*")
_GZIP = 16 + zlib.MAX_WBITS


def bits_of(places: Iterable[int], *, entries: int) -> bytes:
    """The bitstring of a list in which these entries are set.

    Raises:
        CountenanceError: the size is no multiple of 8, or outside what a list may have; or a place is outside the list.
    """
    if entries % 8 or not SMALLEST <= entries <= LARGEST:
        raise CountenanceError("a status list has from 131072 to 2^27 entries, in eights")
    bits = bytearray(entries // 8)
    for place in places:
        if not 0 <= place < entries:
            raise CountenanceError("the entry lies outside the status list")
        bits[place >> 3] |= 0x80 >> (place & 7)
    return bytes(bits)


def is_set(bits: bytes, place: int) -> bool:
    """Whether an entry is set.

    Raises:
        EvidenceError: it lies outside the list.
    """
    if not 0 <= place < 8 * len(bits):
        raise EvidenceError("the entry lies outside the status list")
    return bool(bits[place >> 3] & (0x80 >> (place & 7)))


def encode(bits: bytes) -> str:
    """The value of `encodedList`. The same bits give the same text: GZIP's time field is 0."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return "u" + base64.urlsafe_b64encode(packer.compress(bits) + packer.flush()).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bits of an `encodedList`. Never more than 16 MiB are unpacked.

    Raises:
        EvidenceError: not such a text, cut off or with something behind it, or a list of fewer than 131,072 entries.
        TooLargeError: it unpacks to more than is read.
    """
    if not _TEXT.fullmatch(text):
        raise EvidenceError("the status list is not multibase base64url text")
    try:
        packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        unpacker = zlib.decompressobj(_GZIP)
        bits = unpacker.decompress(packed, LARGEST // 8 + 1)
    except (binascii.Error, zlib.error) as error:
        raise EvidenceError("the status list cannot be unpacked") from error
    if len(bits) > LARGEST // 8:
        raise TooLargeError("the status list is larger than 2^27 entries")
    if not unpacker.eof or unpacker.unused_data:
        raise EvidenceError("the status list is cut off, or something stands behind it")
    if 8 * len(bits) < SMALLEST:
        raise EvidenceError("the status list has fewer than 131072 entries")
    return bits
