"""Two roots and their leaves: claim signers under one, operators under the other (an operator's must not sign claims).

Roots live 20 years, leaves 10: without a time-stamp authority the evidence in a file dies with its certificate, so a
short leaf would let published pictures lapse one after the other.
"""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from countenance.core.clock import parse_instant
from countenance.errors import ConfigError

CLAIM_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
"""C2PA claim signing (C2PA 2.2, certificate profile). Must equal `manifest.labels.EKU_CLAIM_SIGNING`."""
SMIME_STRICT = x509.ObjectIdentifier("2.23.140.1.5.2.2")
"""CA/Browser Forum S/MIME, organisation-validated, multipurpose: a verifier of CAWG identities asks for it."""
_MAX_NAME = 64
_ROOT_LIFE = timedelta(days=20 * 365 + 5)
_LEAF_LIFE = timedelta(days=10 * 365 + 2)


def name(organisation: str, common: str) -> x509.Name:
    """A distinguished name of organisation and common name.

    Raises:
        ConfigError: X.520 allows 1 to 64 characters for each.
    """
    if not 1 <= len(organisation) <= _MAX_NAME or not organisation.isprintable():
        raise ConfigError(
            f"an organisation's name has 1 to {_MAX_NAME} printable characters", hint="shorten --organisation"
        )
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def root(key: ec.EllipticCurvePrivateKey, subject: x509.Name, at: str) -> x509.Certificate:
    """A self-signed root that may sign leaves and nothing else."""
    return (
        _builder(subject, subject, key.public_key(), at, _ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def claim_leaf(
    public: ec.EllipticCurvePublicKey,
    subject: x509.Name,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    at: str,
) -> x509.Certificate:
    """The claim signer: both the C2PA usage and emailProtection, which another verifier demands."""
    usages = [CLAIM_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
    return _leaf(public, subject, issuer, at, usages).sign(issuer[1], hashes.SHA256())


def operator_leaf(
    public: ec.EllipticCurvePublicKey,
    subject: x509.Name,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    at: str,
) -> x509.Certificate:
    """An operator: emailProtection and an S/MIME policy, but no name, no address, no alternative name."""
    policy = x509.CertificatePolicies([x509.PolicyInformation(SMIME_STRICT, None)])
    return (
        _leaf(public, subject, issuer, at, [ExtendedKeyUsageOID.EMAIL_PROTECTION])
        .add_extension(policy, critical=False)
        .sign(issuer[1], hashes.SHA256())
    )


def pem(certificate: x509.Certificate) -> str:
    """A certificate as PEM text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _leaf(
    public: ec.EllipticCurvePublicKey,
    subject: x509.Name,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    at: str,
    usages: list[x509.ObjectIdentifier],
) -> x509.CertificateBuilder:
    above = issuer[0]
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key())
    return (
        _builder(subject, above.subject, public, at, _LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(authority, critical=False)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, at: str, life: timedelta
) -> x509.CertificateBuilder:
    begin = parse_instant(at).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
