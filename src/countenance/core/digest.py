"""SHA-256 digests, written `sha256:<hex>`, each with a stated domain."""

import hashlib
import hmac

_PREFIX = "sha256:"


def of_file(data: bytes) -> str:
    """Plain SHA-256 of a file's bytes, so that anyone can check it."""
    return _PREFIX + hashlib.sha256(data).hexdigest()


def of_pixels(shape: tuple[int, ...], samples: bytes) -> str:
    """SHA-256 of decoded 8-bit samples under their shape: equal where a copy differs in nothing but its container."""
    head = b"countenance.pixels/1 " + " ".join(map(str, shape)).encode() + b"\0"
    return _PREFIX + hashlib.sha256(head + samples).hexdigest()


def of_mask(shape: tuple[int, ...], packed: bytes) -> str:
    """SHA-256 of a mask's bits, row by row, eight a byte, the first bit highest, under its shape."""
    head = b"countenance.mask/1 " + " ".join(map(str, shape)).encode() + b"\0"
    return _PREFIX + hashlib.sha256(head + packed).hexdigest()


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding (DSSE v1, protocol.md)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def of_record(payload_type: str, payload: bytes) -> str:
    """SHA-256 of a record under its payload type, through DSSE's encoding."""
    return _PREFIX + hashlib.sha256(pae(payload_type, payload)).hexdigest()


def commit(salt: bytes, message: bytes) -> str:
    """HMAC-SHA256 commitment: opens with salt and message, says nothing without the salt."""
    return "hmac-sha256:" + hmac.new(salt, message, hashlib.sha256).hexdigest()


def same(a: str, b: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(a.encode(), b.encode())
