"""DSSE envelopes: bytes signed with their payload type, and verified as the bytes that they are.

Dead Simple Signing Envelope v1. Statements carry ECDSA P-256 with SHA-256 (DER), checkpoints Ed25519.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.utils import CryptographyDeprecationWarning

from countenance.core.canon import canonical
from countenance.core.digest import pae
from countenance.errors import EvidenceError, UncheckedError

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

NO_CERTIFICATE: Final = (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, CryptographyDeprecationWarning)
"""What the library raises on bytes that are no certificate, the last where warnings are errors."""


class Signs(Protocol):
    """A key that signs, known by an id."""

    @property
    def key_id(self) -> str:
        """`sha256:` and the digest of the public key's SubjectPublicKeyInfo."""
        ...

    def sign(self, message: bytes) -> bytes:
        """DER for ECDSA, 64 raw bytes for Ed25519."""
        ...


def sign(payload_type: str, payload: bytes, key: Signs) -> bytes:
    """The payload in a signed envelope (canonical JSON)."""
    signature = key.sign(pae(payload_type, payload))
    return canonical(
        {
            "payloadType": payload_type,
            "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": key.key_id, "sig": base64.b64encode(signature).decode()}],
        }
    )


def open_envelope(envelope: bytes, public_pems: Sequence[str]) -> tuple[str, bytes, str]:
    """Payload type, payload and the id of the key that signed it, which must be one of `public_pems`.

    The key id in the envelope only picks the key; the id returned is computed from the key that verified.

    Raises:
        EvidenceError: not an envelope, signed by none of these keys, or the signature does not hold.
        UncheckedError: a given key is of a kind that is not known here.
    """
    payload_type, payload, signatures = _parse(envelope)
    named = {key_id(pem): pem for pem in public_pems}
    for hint, signature in signatures:
        if hint in named:
            verify(named[hint], signature, pae(payload_type, payload))
            return payload_type, payload, hint
    raise EvidenceError("the envelope is signed by an unknown key")


def verify(public_pem: str, signature: bytes, message: bytes) -> None:
    """Check one signature.

    Raises:
        EvidenceError: it does not hold.
        UncheckedError: the key is of a kind that is not known here.
    """
    key = _public(public_pem)
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise EvidenceError("the signature does not hold") from error


def key_id(public_pem: str) -> str:
    """`sha256:` and the digest of the key's SubjectPublicKeyInfo (DER).

    Raises:
        UncheckedError: not a public key of a known kind.
    """
    spki = _public(public_pem).public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "sha256:" + hashlib.sha256(spki).hexdigest()


def public_pem_of_certificate(pem: str) -> str:
    """The public key of the first certificate in PEM text.

    Raises:
        EvidenceError: not a certificate.
    """
    try:
        public = x509.load_pem_x509_certificate(pem.encode()).public_key()
    except NO_CERTIFICATE as error:
        raise EvidenceError("not a certificate") from error
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _public(pem: str) -> PublicKey:
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UncheckedError("not a public key that is known here") from error
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise UncheckedError("a public key of an unknown kind", hint="Ed25519 and ECDSA P-256 are known")


def _parse(envelope: bytes) -> tuple[str, bytes, list[tuple[str, bytes]]]:
    try:
        value: Any = json.loads(envelope)
        payload = base64.b64decode(value["payload"], validate=True)
        signatures = [(item["keyid"], base64.b64decode(item["sig"], validate=True)) for item in value["signatures"]]
        payload_type = value["payloadType"]
        payload_type.encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EvidenceError("not a signed envelope") from error
    if not isinstance(payload_type, str) or not all(isinstance(hint, str) for hint, _ in signatures):
        raise EvidenceError("not a signed envelope")
    return payload_type, payload, signatures
