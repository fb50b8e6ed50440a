import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519

from countenance.adapters.signers import keys
from countenance.core import envelope
from countenance.errors import EvidenceError

KINDS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "p-256": ec.generate_private_key(ec.SECP256R1()),
}


@pytest.mark.parametrize("private", KINDS.values(), ids=KINDS)
def test_a_key_signs_and_says_which_it_is(private):
    key = keys.of(private, "chain")
    envelope.verify(key.public_pem, key.sign(b"message"), b"message")
    with pytest.raises(EvidenceError):
        envelope.verify(key.public_pem, key.sign(b"message"), b"another")
    assert key.key_id == envelope.key_id(key.public_pem)
    assert key.chain_pem == "chain"


@pytest.mark.parametrize("private", KINDS.values(), ids=KINDS)
def test_the_private_part_is_never_shown(private):
    key = keys.of(private)
    shown = repr(key) + str(key)
    assert "private" not in shown
    assert keys.to_bytes(private).hex() not in shown


@pytest.mark.parametrize("private", KINDS.values(), ids=KINDS)
def test_at_rest_and_back(private):
    again = keys.from_bytes(keys.to_bytes(private))
    assert keys.public_pem(again) == keys.public_pem(private)


def der(private):
    return private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    "private", [rsa.generate_private_key(65537, 2048), x25519.X25519PrivateKey.generate()], ids=["rsa", "x25519"]
)
def test_keys_of_another_kind_are_refused(private):
    with pytest.raises(ValueError, match="neither Ed25519 nor ECDSA"):
        keys.from_bytes(der(private))


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"not a key"])
def test_what_is_no_key(data):
    with pytest.raises(ValueError, match=r"."):
        keys.from_bytes(data)
