"""A person's own key, as text and back."""

import pytest

from countenance.core import envelope
from countenance.toolkit.person_key import SEED_BYTES, PersonKey, read_token, token_of

SEED = bytes(range(SEED_BYTES))
ID = "link_" + "0" * 31 + "7"


def test_there_and_back():
    token = token_of("cw1", ID, SEED)
    found = read_token("cw1", "link", f"# a comment\r\n{token}\r\n")
    assert found is not None
    assert found[0] == ID
    assert found[1].public_pem == PersonKey.of_seed(SEED).public_pem


def test_the_last_one_counts():
    text = f"{token_of('cw1', ID, bytes(32))}\n{token_of('cw1', ID, SEED)}"
    assert read_token("cw1", "link", text)[1].key_id == PersonKey.of_seed(SEED).key_id


@pytest.mark.parametrize("text", ["", "cw1_", token_of("cs1", ID, SEED), token_of("cw1", ID, SEED)[:-1]])
def test_none(text):
    assert read_token("cw1", "link", text) is None


def test_what_it_signs_verifies():
    key = PersonKey.of_seed(SEED)
    envelope.verify(key.public_pem, key.sign(b"yes"), b"yes")
