"""Keys of a test's log and of its actors, the same for the same seed."""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from countenance.core import envelope


@dataclass(frozen=True, slots=True)
class SeededKey:
    """`countenance.audit.ports.SigningKey`."""

    private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey

    @property
    def public_pem(self) -> str:
        """The public key (PEM)."""
        public = self.private.public_key()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def key_id(self) -> str:
        """The public key's id."""
        return envelope.key_id(self.public_pem)

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes for Ed25519, DER for ECDSA with SHA-256."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(message)
        return self.private.sign(message, ec.ECDSA(hashes.SHA256()))


def log_key(seed: str = "log") -> SeededKey:
    """An Ed25519 key, which signs checkpoints."""
    return SeededKey(ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest()))


def statement_key(seed: str = "operator") -> SeededKey:
    """An ECDSA P-256 key, which signs statements."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()) % (2**255)
    return SeededKey(ec.derive_private_key(number + 1, ec.SECP256R1()))
