import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.adapters.signers import certificates, keys
from countenance.core import chain, envelope
from countenance.errors import CountenanceError, EvidenceError, UncheckedError

TYPE = "application/vnd.countenance.statement+json"
EC = keys.of(ec.generate_private_key(ec.SECP256R1()))
ED = keys.of(ed25519.Ed25519PrivateKey.generate())


@pytest.mark.parametrize("key", [EC, ED])
def test_round_trip(key):
    sealed = envelope.sign(TYPE, b'{"a":1}', key)
    assert envelope.open_envelope(sealed, [EC.public_pem, ED.public_pem]) == (TYPE, b'{"a":1}', key.key_id)


def test_unknown_key():
    with pytest.raises(EvidenceError, match="unknown key"):
        envelope.open_envelope(envelope.sign(TYPE, b"x", EC), [ED.public_pem])


def test_key_id_alone_proves_nothing():
    value = json.loads(envelope.sign(TYPE, b"x", EC))
    value["signatures"][0]["keyid"] = ED.key_id
    with pytest.raises(EvidenceError, match="does not hold"):
        envelope.open_envelope(json.dumps(value).encode(), [ED.public_pem])


@pytest.mark.parametrize(("name", "value"), [("payload", "eQ=="), ("payloadType", "application/other")])
def test_changed(name, value):
    changed = json.loads(envelope.sign(TYPE, b"x", EC)) | {name: value}
    with pytest.raises(EvidenceError, match="does not hold"):
        envelope.open_envelope(json.dumps(changed).encode(), [EC.public_pem])


@settings(max_examples=60)
@given(
    st.one_of(
        st.binary(max_size=60), st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
    )
)
def test_any_bytes(data):
    with pytest.raises(CountenanceError):
        envelope.open_envelope(data, [EC.public_pem])


@settings(max_examples=60)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_flipped_byte_is_noticed(where, flip):
    sealed = bytearray(envelope.sign(TYPE, b"payload", ED))
    sealed[where % len(sealed)] ^= flip
    try:
        opened = envelope.open_envelope(bytes(sealed), [ED.public_pem])
    except CountenanceError:
        return
    assert opened == (TYPE, b"payload", ED.key_id)


def test_public_key_of_certificate():
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = certificates.root(private, certificates.name("Org", "Root"), "2026-01-01T00:00:00.000Z")
    assert envelope.public_pem_of_certificate(certificates.pem(certificate)) == keys.public_pem(private)
    with pytest.raises(EvidenceError):
        envelope.public_pem_of_certificate("nothing")


def test_a_certificate_of_no_version_is_none():
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = certificates.root(private, certificates.name("Org", "Root"), "2026-01-01T00:00:00.000Z")
    spoilt = certificate.public_bytes(Encoding.DER).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    pem = f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(spoilt).decode()}-----END CERTIFICATE-----\n"
    with pytest.raises(EvidenceError):
        envelope.public_pem_of_certificate(pem)
    with pytest.raises(EvidenceError):
        chain.der_of(pem)


def test_unknown_kinds_of_keys():
    other = keys.public_pem(ec.generate_private_key(ec.SECP384R1()))
    for pem in (other, "nothing"):
        with pytest.raises(UncheckedError):
            envelope.key_id(pem)
