"""A status list as a W3C credential: BitstringStatusListCredential (VC data model 2.0), secured with JOSE.

`application/vc+jwt` (VC-JOSE-COSE): the payload is the credential itself. The signer's certificate travels in `x5c`,
so that whoever trusts the organisation's root can check it; the issuer is the same key as a `did:jwk`.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from countenance.core import chain, jws, status_list
from countenance.core.clock import parse_instant
from countenance.errors import EvidenceError, UncheckedError

CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"
"""The extended key usage of the organisation's claim signers, who sign its status lists too."""
MEDIA_TYPE = "application/vc+jwt"
_CONTEXT = "https://www.w3.org/ns/credentials/v2"
_TYPES = {"VerifiableCredential", "BitstringStatusListCredential"}
_DOMAIN = b"countenance.status-list/1\0"


class CertifiedKey(Protocol):
    """A key that signs, with its certificate."""

    @property
    def key_id(self) -> str:
        """Names the key."""
        ...

    @property
    def public_pem(self) -> str:
        """Its public half."""
        ...

    @property
    def chain_pem(self) -> str:
        """Its certificate."""
        ...

    def sign(self, message: bytes) -> bytes:
        """ECDSA P-256 with SHA-256, DER."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A status list whose signature held: who issued it (key id of the root), which it is, from when, until when."""

    list_id: str
    issuer: str
    valid_from: str
    valid_until: str
    bits: bytes


def list_id(root_key_id: str, number: int) -> str:
    """The id of an organisation's n-th list: a UUID (version 8, RFC 9562) that follows from its root."""
    raw = bytearray(hashlib.sha256(_DOMAIN + f"{root_key_id} {number}".encode()).digest()[:16])
    raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
    return UUID(bytes=bytes(raw)).urn


def issue(
    bits: bytes,
    key: CertifiedKey,
    *,
    subject: str,
    url: str,
    organisation: str,
    valid_from: str,
    valid_until: str,
) -> bytes:
    """The signed credential of a list, as a compact token."""
    did = jws.did_of(key.public_pem)
    credential = {
        "@context": [_CONTEXT],
        "id": url or subject,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": {"id": did, "name": organisation},
        "validFrom": valid_from,
        "validUntil": valid_until,
        "credentialSubject": {
            "id": subject,
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": status_list.encode(bits),
        },
    }
    certificate = base64.b64encode(chain.der_of(key.chain_pem)).decode()
    header = {"typ": "vc+jwt", "cty": "vc", "kid": f"{did}#0", "x5c": [certificate]}
    return jws.sign(header, credential, key)


def read(token: bytes, roots_pem: str) -> StatusList:
    """The list in a token, once its signature was checked under one of the roots.

    Whether it is too old is asked of what is returned.

    Raises:
        UncheckedError: it is no such credential, of a kind that is not known here, or signed under none of the roots.
        EvidenceError: its signature does not hold, or what was signed is no list.
        TooLargeError: it unpacks to more than is read.
    """
    taken = _taken(token)
    said = _said(taken.payload)
    public_pem, issuer = chain.issuer_of(
        _certificate(taken.header), roots_pem, at=said["validFrom"], usage=CLAIM_SIGNING
    )
    try:
        taken.verify(public_pem)
    except EvidenceError as error:
        raise EvidenceError("the status list's signature does not hold") from error
    return StatusList(
        list_id=said["id"],
        issuer=issuer,
        valid_from=said["validFrom"],
        valid_until=said["validUntil"],
        bits=status_list.decode(said["encodedList"]),
    )


def _taken(token: bytes) -> jws.Compact:
    try:
        return jws.take_apart(token)
    except EvidenceError as error:
        raise UncheckedError("not a status list", hint="give the file as it was published") from error


def _said(credential: dict[str, Any]) -> dict[str, str]:
    """The texts that matter, each of the right form."""
    types, subject = credential.get("type"), credential.get("credentialSubject")
    if not isinstance(types, list) or not {str(one) for one in types} >= _TYPES or not isinstance(subject, dict):
        raise UncheckedError("not a status list")
    if subject.get("type") != "BitstringStatusList" or subject.get("statusPurpose") != "revocation":
        raise UncheckedError("the status list is of another kind or purpose")
    said = {name: credential.get(name) for name in ("validFrom", "validUntil")}
    said |= {name: subject.get(name) for name in ("id", "encodedList")}
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    try:
        for name in ("validFrom", "validUntil"):
            parse_instant(texts[name])
        return {name: texts[name] for name in said}
    except (KeyError, ValueError) as error:
        raise UncheckedError("the status list does not say which it is, or from when until when it counts") from error


def _certificate(header: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(header["x5c"][0], validate=True)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UncheckedError("the status list does not carry its signer's certificate") from error


def require_fresh(found: StatusList, *, at: str) -> None:
    """Stop where a list does not count at the instant.

    Raises:
        UncheckedError: it is too old, or from the future.
    """
    if at >= found.valid_until:
        raise UncheckedError(
            f"the status list is too old: it counted until {found.valid_until}", hint="get a newer one"
        )
    if at < found.valid_from:
        raise UncheckedError(f"the status list is from the future: it counts from {found.valid_from}")
