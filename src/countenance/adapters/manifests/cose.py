"""The COSE signatures inside a manifest store, read by ourselves: certificate, padding, time-stamp headers.

The SDK's Reader does not show a leaf's key usages, and does not look at what fills the padding, which no signature
covers.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from countenance.adapters.manifests import boxes, cbor
from countenance.core.envelope import NO_CERTIFICATE
from countenance.errors import EvidenceError

_SIGN1_TAG = 18
_X5CHAIN = (33, "x5chain")
_PADS = ("pad", "pad2")
_STAMPS = ("sigTst", "sigTst2")
_OTHERS = ("rVals",)
"""Revocation responses: may stand unprotected (C2PA 2.2, digital signatures)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a COSE_Sign1 says about its signer, and what it carries unsigned."""

    leaf: x509.Certificate
    pad_is_zero: bool
    stamped: bool

    @property
    def serial(self) -> str:
        """Serial number of the leaf, decimal."""
        return str(self.leaf.serial_number)

    @property
    def common_name(self) -> str:
        """The leaf's common name, empty where there is none."""
        names = self.leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value) if names else ""

    @property
    def names(self) -> str:
        """Organisation and common name, for people."""
        organisation = self.leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return ", ".join(str(name) for name in (*(entry.value for entry in organisation), self.common_name) if name)

    @property
    def certificate_sha256(self) -> str:
        """`sha256:` and the digest of the leaf (DER)."""
        return "sha256:" + hashlib.sha256(self.leaf.public_bytes(Encoding.DER)).hexdigest()

    def has_usage(self, oid: str) -> bool:
        """Whether the leaf carries this extended key usage."""
        try:
            usages = self.leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
            return False
        return x509.ObjectIdentifier(oid) in usages


def parse(data: bytes) -> Signature:
    """A COSE_Sign1 structure.

    Raises:
        EvidenceError: it is none, or its certificate cannot be read or is given twice.
    """
    try:
        value = cbor.loads(data)
        if isinstance(value, cbor.Tagged) and value.tag == _SIGN1_TAG:
            value = value.value
        protected_bytes, unprotected, _, _ = value
        headers = _map(cbor.loads(protected_bytes)), _map(unprotected)
        (chain,) = [header[key] for header in headers for key in _X5CHAIN if key in header]
        leaf = x509.load_der_x509_certificate(chain if isinstance(chain, bytes) else chain[0])
        _ = leaf.subject, leaf.extensions
    except (*NO_CERTIFICATE, TypeError, KeyError, IndexError, x509.DuplicateExtension) as error:
        raise EvidenceError("a signature in the manifest cannot be read") from error
    return Signature(
        leaf=leaf, pad_is_zero=_nothing_hidden(headers[1]), stamped=any(key in headers[1] for key in _STAMPS)
    )


def of_manifest(store: bytes, manifest_id: str) -> Signature:
    """The claim signature of one manifest in a manifest store (JUMBF).

    Raises:
        EvidenceError: it is not there exactly once, or cannot be read.
    """
    try:
        (inside,) = [box.body for box in boxes.superboxes(store) if box.label == "c2pa"]
        (manifest,) = [box.body for box in boxes.superboxes(inside) if box.label == manifest_id]
        (signature,) = [box.body for box in boxes.superboxes(manifest) if box.label == "c2pa.signature"]
        (content,) = [body for kind, body in boxes.plain(signature) if kind == b"cbor"]
    except ValueError as error:
        raise EvidenceError("the manifest store cannot be read") from error
    return parse(content)


def _map(value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise TypeError("not a map of headers")
    return value


def _nothing_hidden(unprotected: dict[Any, Any]) -> bool:
    known = all(key in (*_X5CHAIN, *_PADS, *_STAMPS, *_OTHERS) for key in unprotected)
    pads = [unprotected[key] for key in _PADS if key in unprotected]
    return known and all(isinstance(pad, bytes) and not any(pad) for pad in pads)
