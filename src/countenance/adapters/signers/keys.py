"""Unlocked keys: they sign, and say which key they are. Their private parts are never written or shown."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from countenance.core import envelope

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class UnlockedKey:
    """A key in memory: Ed25519 for checkpoints, ECDSA P-256 for statements and manifests.

    `chain_pem` is the certificate chain without its root, empty for a key that has none.
    """

    private: PrivateKey = field(repr=False)
    key_id: str
    public_pem: str
    chain_pem: str = ""

    def sign(self, message: bytes) -> bytes:
        """The signature: raw 64 bytes for Ed25519, DER for ECDSA with SHA-256."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(message)
        return self.private.sign(message, ec.ECDSA(hashes.SHA256()))


def of(private: PrivateKey, chain_pem: str = "") -> UnlockedKey:
    """The unlocked key of a private key."""
    public = public_pem(private)
    return UnlockedKey(private, envelope.key_id(public), public, chain_pem)


def public_pem(private: PrivateKey) -> str:
    """The public key as PEM text."""
    public = private.public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def to_bytes(private: PrivateKey) -> bytes:
    """The private key as PKCS #8 DER, which only ever goes into `wrap`."""
    return private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def from_bytes(data: bytes) -> PrivateKey:
    """The private key of PKCS #8 DER.

    Raises:
        ValueError: not a key of a kind that is used here.
    """
    private = serialization.load_der_private_key(data, None)
    if isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        return private
    raise ValueError("neither Ed25519 nor ECDSA")
