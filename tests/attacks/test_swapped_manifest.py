"""A manifest is moved to another picture."""

import pytest

from countenance.adapters.manifests.parents import without_manifest
from countenance.errors import EvidenceError


@pytest.mark.parametrize("quality", [95, 70])
def test_manifest_on_other_pixels(studio, sealed, quality):
    other = studio.encoded(quality=quality)[2:].replace(b"countenance", b"Countenance", 1)
    at = sealed.data.find(b"\xff\xeb")
    segment = sealed.data[at : at + 2 + int.from_bytes(sealed.data[at + 2 : at + 4])]
    reading = studio.read(b"\xff\xd8" + segment + other)
    assert reading.manifest_id == sealed.manifest_id
    assert not reading.data_hash_matches
    assert "assertion.dataHash.mismatch" in reading.failures
    assert reading.claim_trusted


def test_recovered_manifest_on_saved_again_pixels(studio, sealed):
    stripped = studio.encoded(quality=70)
    assert studio.reader.read(stripped, "image/jpeg", studio.trust) is None
    reading = studio.read(stripped, manifest=sealed.manifest)
    assert not reading.data_hash_matches
    assert reading.failures == ("assertion.dataHash.mismatch",)
    assert reading.signature_valid
    assert reading.claim_trusted
    assert reading.identity.valid
    assert reading.identity.trusted


def test_recovered_manifest_on_the_very_pixels(studio, sealed):
    stripped = without_manifest(sealed.data, "image/jpeg")
    assert studio.reader.read(stripped, "image/jpeg", studio.trust) is None
    assert not studio.read(stripped, manifest=sealed.manifest).data_hash_matches


def test_a_second_manifest_beside_the_first(studio, rival, sealed):
    def segment(data: bytes) -> tuple[int, bytes]:
        at = data.find(b"\xff\xeb")
        return at, data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4])]

    at, own = segment(sealed.data)
    _, foreign = segment(rival.seal().data)
    for extra in (own, foreign):
        for place in (at, at + len(own)):
            assert not holds(studio, sealed.data[:place] + extra + sealed.data[place:])


def holds(studio, data: bytes) -> bool:
    try:
        return studio.read(data).data_hash_matches
    except EvidenceError:
        return False
