import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from countenance.adapters.signers import certificates
from countenance.errors import ConfigError
from countenance.manifest.labels import EKU_CLAIM_SIGNING, EKU_EMAIL_PROTECTION

AT = "2026-01-02T03:04:05.678Z"
KEY = ec.generate_private_key(ec.SECP256R1())
ROOT = certificates.root(KEY, certificates.name("Studio", "Root"), AT)
LEAF_KEY = ec.generate_private_key(ec.SECP256R1()).public_key()


def usages(certificate: x509.Certificate) -> set[str]:
    return {oid.dotted_string for oid in certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value}


def test_claim_leaf():
    leaf = certificates.claim_leaf(LEAF_KEY, certificates.name("Studio", "Claim signer"), (ROOT, KEY), AT)
    leaf.verify_directly_issued_by(ROOT)
    assert usages(leaf) == {EKU_CLAIM_SIGNING, EKU_EMAIL_PROTECTION}
    assert 3651 <= (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days <= 3653


def test_operator_leaf():
    leaf = certificates.operator_leaf(LEAF_KEY, certificates.name("Studio", "operator-0a1b2c3d"), (ROOT, KEY), AT)
    leaf.verify_directly_issued_by(ROOT)
    assert usages(leaf) == {EKU_EMAIL_PROTECTION}
    policies = leaf.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [policy.policy_identifier.dotted_string for policy in policies] == ["2.23.140.1.5.2.2"]
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_root():
    assert ROOT.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert (ROOT.not_valid_after_utc - ROOT.not_valid_before_utc).days >= 7300


@pytest.mark.parametrize("name", ["", "x" * 65, "two\nlines"])
def test_names_that_will_not_do(name):
    with pytest.raises(ConfigError):
        certificates.name(name, "Root")
