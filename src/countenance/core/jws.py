"""JSON Web Signatures in compact form (RFC 7515) with ES256 (RFC 7518, 3.4), and the key as a `did:jwk`."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from countenance.core import envelope
from countenance.core.canon import canonical
from countenance.errors import EvidenceError, UncheckedError

_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HALF_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """A token taken apart, its signature not yet checked."""

    header: dict[str, Any]
    payload: dict[str, Any]
    signed: bytes
    signature: bytes

    def verify(self, public_pem: str) -> None:
        """Check the signature.

        Raises:
            EvidenceError: it does not hold.
            UncheckedError: another algorithm than ES256, or a header that must be understood and is not.
        """
        if self.header.get("alg") != "ES256" or "crit" in self.header:
            raise UncheckedError("the token is signed in another way than is known here")
        if len(self.signature) != 2 * _HALF_BYTES:
            raise EvidenceError("the signature does not hold")
        r, s = (int.from_bytes(half) for half in (self.signature[:_HALF_BYTES], self.signature[_HALF_BYTES:]))
        envelope.verify(public_pem, encode_dss_signature(r, s), self.signed)


def sign(header: dict[str, Any], payload: dict[str, Any], key: envelope.Signs) -> bytes:
    """A compact token, signed by an ECDSA P-256 key."""
    signed = b".".join(_text(canonical(part)) for part in ({**header, "alg": "ES256"}, payload))
    r, s = decode_dss_signature(key.sign(signed))
    return signed + b"." + _text(r.to_bytes(_HALF_BYTES) + s.to_bytes(_HALF_BYTES))


def take_apart(token: bytes) -> Compact:
    """Header, payload and signature of a compact token.

    Raises:
        EvidenceError: not one.
    """
    token = token.strip()
    if not _COMPACT.fullmatch(token):
        raise EvidenceError("not a signed token")
    signed, _, signature = token.rpartition(b".")
    try:
        header, payload = (json.loads(_bytes(part)) for part in signed.split(b"."))
        raw = _bytes(signature)
    except (ValueError, RecursionError) as error:
        raise EvidenceError("not a signed token") from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise EvidenceError("not a signed token")
    return Compact(header=header, payload=payload, signed=signed, signature=raw)


def did_of(public_pem: str) -> str:
    """The key as a `did:jwk`, which needs nobody to be looked up.

    Raises:
        UncheckedError: not an ECDSA P-256 key.
    """
    public = serialization.load_pem_public_key(public_pem.encode())
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise UncheckedError("a public key of an unknown kind", hint="ECDSA P-256 is needed")
    numbers = public.public_numbers()
    x, y = (_text(number.to_bytes(_HALF_BYTES)).decode() for number in (numbers.x, numbers.y))
    return "did:jwk:" + _text(canonical({"kty": "EC", "crv": "P-256", "x": x, "y": y})).decode()


def _text(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    try:
        data = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if _text(data) != text:
        raise ValueError("bits are left over in the last letter: one signature would have several spellings")
    return data
