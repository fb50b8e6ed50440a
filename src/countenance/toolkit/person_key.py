"""A key that a person holds themselves: Ed25519, told as one line of text, of which the books keep the public half."""

import base64
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from countenance.core import envelope

SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class PersonKey:
    """An Ed25519 key that follows from what the person holds."""

    private: ed25519.Ed25519PrivateKey

    @classmethod
    def of_seed(cls, seed: bytes) -> "PersonKey":
        """The key of 32 bytes."""
        return cls(ed25519.Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public_pem(self) -> str:
        """The half that the books keep."""
        public = self.private.public_key()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def key_id(self) -> str:
        """Names the key."""
        return envelope.key_id(self.public_pem)

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes."""
        return self.private.sign(message)


def token_of(prefix: str, record_id: str, seed: bytes) -> str:
    """The line that a person is given: what it is for, the record that knows its public half, the seed."""
    return f"{prefix}_{record_id.partition('_')[2]}_{base64.urlsafe_b64encode(seed).decode().rstrip('=')}"


def read_token(prefix: str, kind: str, text: str) -> tuple[str, PersonKey] | None:
    """The record's id and the key of the last line that holds one; None where none does."""
    found = re.findall(rf"{prefix}_([0-9a-f]{{32}})_([A-Za-z0-9_-]{{43}})", text)
    if not found:
        return None
    number, seed = found[-1]
    return f"{kind}_{number}", PersonKey.of_seed(base64.urlsafe_b64decode(f"{seed}="))
