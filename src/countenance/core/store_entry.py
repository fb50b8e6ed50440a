"""A signed entry of a manifest store: a DSSE envelope, with the certificate under which it is believed.

Whoever keeps the store can leave entries out, and file them in the wrong place. They cannot write one.
"""

import base64
import json

from countenance.core import canon, chain, envelope
from countenance.core.records.stored import StoreEntry
from countenance.core.status_credential import CLAIM_SIGNING, CertifiedKey
from countenance.errors import EvidenceError

MAX_BYTES = 65_536


def sign(entry: StoreEntry, key: CertifiedKey) -> bytes:
    """The entry, signed by a claim key (canonical JSON)."""
    signed = envelope.sign(StoreEntry.payload_type(), entry.canonical(), key)
    certificate = base64.b64encode(chain.der_of(key.chain_pem)).decode()
    return canon.canonical({"envelope": json.loads(signed), "certificate": certificate})


def read(signed: bytes, roots_pem: str) -> StoreEntry:
    """The entry, once its signature was checked under one of the roots.

    Raises:
        EvidenceError: its signature does not hold, or it is no signed entry.
        UncheckedError: it is signed under none of the roots, or of a newer version.
        CountenanceError: what was signed is no entry.
    """
    held, certificate = _taken_apart(signed)
    payload = _payload(held)
    entry = StoreEntry.from_bytes(payload)
    public_pem, _ = chain.issuer_of(certificate, roots_pem, at=entry.signed_at, usage=CLAIM_SIGNING)
    payload_type, opened, _ = envelope.open_envelope(held, [public_pem])
    if payload_type != StoreEntry.payload_type() or opened != payload:
        raise EvidenceError("the entry is signed as something else")
    return entry


def _taken_apart(signed: bytes) -> tuple[bytes, bytes]:
    try:
        value = json.loads(signed[: MAX_BYTES + 1])
        return canon.canonical(value["envelope"]), base64.b64decode(value["certificate"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EvidenceError("not a signed entry of a manifest store") from error


def _payload(held: bytes) -> bytes:
    """What is signed, before it is known by whom: it says at which instant its signer must have been in force."""
    try:
        return base64.b64decode(json.loads(held)["payload"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise EvidenceError("not a signed entry of a manifest store") from error
