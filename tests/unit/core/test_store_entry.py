import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statuses import AT, make_issuer

from countenance.core import store_entry
from countenance.core.digest import of_file
from countenance.core.records.stored import StoreEntry
from countenance.errors import CountenanceError, EvidenceError, UncheckedError

ENTRY = StoreEntry(
    manifest_id="urn:c2pa:1",
    manifest_digest=of_file(b"manifest"),
    output_digest=of_file(b"output"),
    pixels_digest=of_file(b"pixels"),
    watermark_id="0123456ab",
    fingerprint="00ff" * 16,
    content_code="2107" + "0f" * 32,
    how="edited",
    organisation="Agency",
    published_at=AT,
    signed_at=AT,
)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return make_issuer(tmp_path_factory.mktemp("agency"))


@pytest.fixture(scope="module")
def signed(issuer):
    return store_entry.sign(ENTRY, issuer.keys.unlock_claim("words"))


def test_what_was_signed_is_read(issuer, signed):
    assert store_entry.read(signed, issuer.root) == ENTRY
    assert len(signed) < 8_000


def test_another_root_does_not_believe_it(signed, tmp_path):
    with pytest.raises(UncheckedError, match="none of the given roots"):
        store_entry.read(signed, make_issuer(tmp_path).root)


def test_a_certificate_for_another_use_does_not_count(issuer, signed):
    issuer.keys.add_operator("operator_" + "0" * 32, "own words", "words", AT)
    own = issuer.keys.unlock_operator("operator_" + "0" * 32, "own words")
    with pytest.raises((EvidenceError, UncheckedError)):
        store_entry.read(store_entry.sign(ENTRY, own), issuer.root + issuer.keys.operators_root_pem)


def test_a_changed_entry_does_not_hold(issuer, signed):
    changed = ENTRY.model_copy(update={"watermark_id": "0123456ac"})
    other = json.loads(store_entry.sign(changed, issuer.keys.unlock_claim("words")))
    mixed = json.loads(signed)
    mixed["envelope"]["payload"] = other["envelope"]["payload"]
    with pytest.raises(EvidenceError, match="does not hold"):
        store_entry.read(json.dumps(mixed).encode(), issuer.root)


def test_an_entry_before_its_signer_was_certified_does_not_count(issuer):
    early = ENTRY.model_copy(update={"signed_at": "2001-01-01T00:00:00.000Z"})
    with pytest.raises(EvidenceError, match="not in force"):
        store_entry.read(store_entry.sign(early, issuer.keys.unlock_claim("words")), issuer.root)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(data):
    with pytest.raises(CountenanceError):
        store_entry.read(data, "no root")


@given(st.data())
def test_any_damage_is_refused(issuer, signed, data):
    at = data.draw(st.integers(0, len(signed) - 1))
    spoilt = bytearray(signed)
    spoilt[at] ^= data.draw(st.integers(1, 255))
    try:
        assert store_entry.read(bytes(spoilt), issuer.root) == ENTRY
    except CountenanceError:
        return
