"""What is known of one person, under a key of their own: AES-256-GCM, bound to the place where it lies.

A sealed value says whose it is, and nothing else. Destroying the key destroys every copy of what it sealed.
"""

import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countenance.core.ids import ID_PATTERN
from countenance.errors import EvidenceError

KEY_BYTES = 32
NONCE_BYTES = 12
_MAGIC = b"\x00cs1"
"""No JSON begins so: what is not sealed is known by its first byte."""


def is_sealed(data: bytes) -> bool:
    """Whether these bytes are a sealed value."""
    return data.startswith(_MAGIC)


def seal(data: bytes, key: bytes, nonce: bytes, *, place: str, of: str) -> bytes:
    """Seal bytes under a key of 32 bytes and a nonce of 12, which serves once.

    Args:
        data: what is sealed.
        key: the person's key, or what that key itself is wrapped under.
        nonce: random; 2^32 values under one key are far more than a person's records (NIST SP 800-38D, section 8.3).
        place: where it lies, such as `person/person_01..`; elsewhere it does not open.
        of: the id of the person.
    """
    head = _head(of)
    return head + nonce + AESGCM(key).encrypt(nonce, data, _bound(head, place))


def owner(sealed: bytes) -> str:
    """Whose it is. Raises EvidenceError where it is no sealed value."""
    return _parts(sealed)[0]


def unseal(sealed: bytes, key: bytes, *, place: str) -> bytes:
    """The bytes again.

    Raises:
        EvidenceError: no sealed value, under another key, changed, or moved from another place.
    """
    of, nonce, rest = _parts(sealed)
    try:
        return AESGCM(key).decrypt(nonce, rest, _bound(_head(of), place))
    except (InvalidTag, ValueError) as error:
        raise EvidenceError("it was changed, moved, or sealed under another key") from error


def _head(of: str) -> bytes:
    name = of.encode()
    return _MAGIC + len(name).to_bytes(1, "big") + name


def _bound(head: bytes, place: str) -> bytes:
    return head + place.encode()


def _parts(sealed: bytes) -> tuple[str, bytes, bytes]:
    start = len(_MAGIC) + 1
    size = sealed[start - 1] if is_sealed(sealed) and len(sealed) >= start else 0
    of, nonce, rest = (
        sealed[start : start + size],
        sealed[start + size : start + size + NONCE_BYTES],
        sealed[start + size + NONCE_BYTES :],
    )
    if not re.fullmatch(ID_PATTERN.encode(), of) or len(nonce) != NONCE_BYTES:
        raise EvidenceError("it is not a sealed value")
    return of.decode(), nonce, rest
