"""Compact signatures with ES256, and keys as did:jwk."""

import base64
import json

import pytest

from countenance.core import jws
from countenance.errors import EvidenceError, UncheckedError
from countenance.testing.log_keys import log_key, statement_key

KEY = statement_key("claim")


def test_what_was_signed_is_read_and_holds():
    taken = jws.take_apart(jws.sign({"typ": "vc+jwt"}, {"a": ["b"]}, KEY))
    taken.verify(KEY.public_pem)
    assert (taken.header, taken.payload) == ({"typ": "vc+jwt", "alg": "ES256"}, {"a": ["b"]})
    assert len(taken.signature) == 64


def test_another_key_does_not_hold():
    taken = jws.take_apart(jws.sign({}, {"a": 1}, KEY))
    with pytest.raises(EvidenceError, match="does not hold"):
        taken.verify(statement_key("other").public_pem)


def text(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {}, {"alg": "ES256", "crit": ["b64"]}])
def test_other_ways_to_sign_are_not_known(header):
    signature = jws.sign({}, {}, KEY).rpartition(b".")[2]
    with pytest.raises(UncheckedError):
        jws.take_apart(b".".join((text(header), text({}), signature))).verify(KEY.public_pem)


@pytest.mark.parametrize("size", [0, 1, 63, 65])
def test_a_signature_of_another_size(size):
    taken = jws.take_apart(b".".join((text({"alg": "ES256"}), text({}), b"AAAA")))
    short = jws.Compact(header=taken.header, payload={}, signed=taken.signed, signature=bytes(size))
    with pytest.raises(EvidenceError, match="does not hold"):
        short.verify(KEY.public_pem)


@pytest.mark.parametrize(
    "token",
    [b"", b"a.b", b"a.b.c.d", b"..", b"a.b.!", b"AAAA.AAAA.AAAA", b"W10.W10.AAAA", b"e30.W10.AAAA", b"A.e30.AAAA"],
)
def test_what_is_no_token(token):
    with pytest.raises(EvidenceError, match="not a signed token"):
        jws.take_apart(token)


def test_a_key_says_itself():
    did = jws.did_of(KEY.public_pem)
    jwk = json.loads(base64.urlsafe_b64decode(did.removeprefix("did:jwk:") + "=="))
    assert (jwk["kty"], jwk["crv"], len(jwk["x"]), len(jwk["y"])) == ("EC", "P-256", 43, 43)
    with pytest.raises(UncheckedError):
        jws.did_of(log_key().public_pem)
