"""Whether a certificate was issued by one of the given roots, was in force, and may sign what it signed."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

from countenance.core import envelope
from countenance.core.clock import parse_instant
from countenance.errors import EvidenceError, UncheckedError


def issuer_of(leaf_der: bytes, roots_pem: str, *, at: str, usage: str) -> tuple[str, str]:
    """The leaf's public key (PEM), and the key id of the root that issued it.

    One step only: a root may sign leaves and nothing else, and no chain is searched.

    Args:
        leaf_der: the certificate.
        roots_pem: the roots that are trusted; may hold several.
        at: the instant at which leaf and root have to be in force.
        usage: the extended key usage (dotted) that the leaf has to have.

    Raises:
        UncheckedError: it was issued by none of them, or cannot be read.
        EvidenceError: it was not in force, or is not for this use.
    """
    try:
        leaf = x509.load_der_x509_certificate(leaf_der)
        public = leaf.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        roots = x509.load_pem_x509_certificates(roots_pem.encode())
    except (*envelope.NO_CERTIFICATE, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
        raise UncheckedError("its signer's certificate cannot be read") from error
    if usage not in [one.dotted_string for one in usages]:
        raise EvidenceError("the signer's certificate is not for this use")
    root = next((one for one in roots if _issued(leaf, one)), None)
    if root is None:
        raise UncheckedError("its signer chains to none of the given roots")
    moment = parse_instant(at)
    for one in (leaf, root):
        if not one.not_valid_before_utc <= moment <= one.not_valid_after_utc:
            raise EvidenceError("the signer's certificate was not in force")
    return public.decode(), root_id(root.public_bytes(serialization.Encoding.PEM).decode())


def root_id(root_pem: str) -> str:
    """The key id of a root.

    Raises:
        EvidenceError: not a certificate.
        UncheckedError: its key is of a kind that is not known here.
    """
    return envelope.key_id(envelope.public_pem_of_certificate(root_pem))


def der_of(certificate_pem: str) -> bytes:
    """The first certificate of PEM text as DER.

    Raises:
        EvidenceError: not a certificate.
    """
    try:
        return x509.load_pem_x509_certificate(certificate_pem.encode()).public_bytes(serialization.Encoding.DER)
    except envelope.NO_CERTIFICATE as error:
        raise EvidenceError("not a certificate") from error


def _issued(leaf: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
