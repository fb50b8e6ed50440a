"""Someone rewrites what the manifest says: the receipt, the action units, the region, the operator's references."""

import pytest

from countenance.errors import EvidenceError


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"advertising", b"editorial!!"),
        (b"receipt_bbb", b"receipt_abb"),
        (b"+0.500", b"+0.100"),
        (b"hmac-sha256:ee", b"hmac-sha256:ef"),
        (b"org.countenance.mark.spread1", b"org.countenance.mark.spread2"),
        (b"compositeSynthetic", b"compositeCapture__"),
    ],
)
def test_changed_assertion(studio, sealed, before, after):
    inside = sealed.data.index(b"c2pa.actions.v2")
    changed = sealed.data[:inside] + sealed.data[inside:].replace(before, after)
    assert changed != sealed.data
    assert len(changed) == len(sealed.data)
    try:
        reading = studio.read(changed)
    except EvidenceError:
        return
    assert "assertion.hashedURI.mismatch" in reading.failures


def test_operator_signature_does_not_cover_a_changed_receipt(studio, sealed):
    at = sealed.data.index(b"receipt_bbb", sealed.data.index(b"c2pa.actions.v2"))
    changed = bytearray(sealed.data)
    changed[at + 8] ^= 1
    reading = studio.read(bytes(changed))
    assert reading.failures
    assert not reading.identity.valid or "assertion.hashedURI.mismatch" in reading.failures
