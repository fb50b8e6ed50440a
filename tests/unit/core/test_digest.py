import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.core import digest


def test_a_file_is_hashed_as_anyone_would():
    assert digest.of_file(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_pae_is_that_of_the_specification():
    """The example of the DSSE protocol, v1."""
    assert digest.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_lengths_are_counted_in_bytes():
    assert digest.pae("\u00e9", b"") == "DSSEv1 2 \u00e9 0 ".encode()


@given(st.text(max_size=6), st.binary(max_size=6), st.text(max_size=6), st.binary(max_size=6))
def test_no_two_payloads_share_an_encoding(kind, payload, other_kind, other_payload):
    same = (kind, payload) == (other_kind, other_payload)
    assert (digest.pae(kind, payload) == digest.pae(other_kind, other_payload)) == same


def test_the_same_bytes_have_another_digest_in_another_domain():
    payload = b"{}"
    digests = {
        digest.of_file(payload),
        digest.of_record("application/vnd.countenance.permit+json", payload),
        digest.of_record("application/vnd.countenance.decision+json", payload),
        digest.of_pixels((2,), payload),
        digest.of_pixels((1, 2), payload),
        digest.of_pixels((2, 1), payload),
    }
    assert len(digests) == 6
    assert all(one.startswith("sha256:") and len(one) == 71 for one in digests)


def test_a_commitment_is_an_hmac_under_the_salt():
    expected = hmac.new(b"s" * 32, b"message", hashlib.sha256).hexdigest()
    assert digest.commit(b"s" * 32, b"message") == f"hmac-sha256:{expected}"
    assert digest.commit(b"t" * 32, b"message") != digest.commit(b"s" * 32, b"message")


@pytest.mark.parametrize(
    ("a", "b", "equal"), [("a", "a", True), ("a", "b", False), ("\u00e9", "\u00e9", True), ("a", "aa", False)]
)
def test_same(a, b, equal):
    assert digest.same(a, b) is equal
