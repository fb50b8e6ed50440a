import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.adapters.manifests import cbor, cose
from countenance.errors import EvidenceError
from countenance.manifest.labels import EKU_CLAIM_SIGNING, EKU_TIME_STAMPING


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("00", 0), ("1864", 100), ("1b000000e8d4a51000", 1000000000000), ("29", -10), ("fb3ff199999999999a", 1.1),
        ("f93c00", 1.0), ("f4", False), ("f5", True), ("f6", None), ("4401020304", b"\x01\x02\x03\x04"), ("6449455446", "IETF"),
        ("83010203", (1, 2, 3)), ("a201020304", {1: 2, 3: 4}), ("c11a514b67b0", cbor.Tagged(1, 1363896240)),
    ],
)  # fmt: skip
def test_vectors_of_rfc_8949(data, value):
    assert cbor.loads(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    "data",
    [
        "",
        "18",
        "5f42010243030405ff",
        "0000",
        "a201020103",
        "a1f600",
        "5bffffffffffffffff",
        "9bffffffffffffffff",
        "81" * 40,
    ],
)
def test_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011
        cbor.loads(bytes.fromhex(data))


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes(data):
    with pytest.raises(EvidenceError):
        cose.parse(data)
    with pytest.raises(EvidenceError):
        cose.of_manifest(data, "urn:c2pa:x")


def test_claim_signature(studio, sealed):
    signature = cose.of_manifest(sealed.manifest, sealed.manifest_id)
    assert signature.names == "Example Studio, Claim signer"
    assert signature.has_usage(EKU_CLAIM_SIGNING)
    assert not signature.has_usage(EKU_TIME_STAMPING)
    assert not signature.stamped


def test_changed_stores(sealed):
    """Cut or flipped anywhere: a signature, or an EvidenceError, and nothing else."""
    for at in range(0, len(sealed.manifest), 97):
        flipped = bytearray(sealed.manifest)
        flipped[at] ^= 0x55
        for data in (bytes(flipped), sealed.manifest[:at]):
            try:
                cose.of_manifest(data, sealed.manifest_id)
            except EvidenceError:
                continue
