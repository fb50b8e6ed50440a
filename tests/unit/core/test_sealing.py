"""One person's records under one person's key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.core.sealing import KEY_BYTES, NONCE_BYTES, is_sealed, owner, seal, unseal
from countenance.errors import EvidenceError
from countenance.testing.worlds import an_id

KEY, OTHER, NONCE = b"k" * KEY_BYTES, b"o" * KEY_BYTES, b"n" * NONCE_BYTES
WHO, PLACE = an_id("person"), "person/x"
SEALED = seal(b'{"alias":"A"}', KEY, NONCE, place=PLACE, of=WHO)


@given(st.binary(max_size=300))
def test_it_opens_to_what_was_sealed(data: bytes) -> None:
    sealed = seal(data, KEY, NONCE, place=PLACE, of=WHO)
    assert is_sealed(sealed)
    assert owner(sealed) == WHO
    assert unseal(sealed, KEY, place=PLACE) == data
    assert len(data) < 4 or data not in sealed


@pytest.mark.parametrize("at", range(len(SEALED)))
def test_no_bit_of_it_can_be_changed(at: int) -> None:
    changed = bytearray(SEALED)
    changed[at] ^= 1
    with pytest.raises(EvidenceError):
        unseal(bytes(changed), KEY, place=PLACE)


@pytest.mark.parametrize(("key", "place"), [(OTHER, PLACE), (KEY, "person/y"), (KEY, "model_release/x")])
def test_another_key_or_another_place_does_not_open_it(key: bytes, place: str) -> None:
    with pytest.raises(EvidenceError, match="changed, moved"):
        unseal(SEALED, key, place=place)


def test_another_person_s_name_on_it_does_not_open_it() -> None:
    with pytest.raises(EvidenceError):
        unseal(SEALED.replace(WHO.encode(), an_id("person", 2).encode()), KEY, place=PLACE)


@given(st.binary(max_size=80).map(lambda data: b"\x00cs1" + data) | st.binary(max_size=80))
def test_any_bytes_are_refused_plainly(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        unseal(data, KEY, place=PLACE)


def test_a_record_is_not_a_sealed_value() -> None:
    assert not is_sealed(b'{"schema":"countenance.person/1"}')
    with pytest.raises(EvidenceError, match="not a sealed value"):
        owner(b"{}")
