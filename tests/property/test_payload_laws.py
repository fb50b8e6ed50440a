from hypothesis import given
from hypothesis import strategies as st

from countenance.core import payload

ids = st.integers(0, (1 << payload.ID_BITS) - 1)
keys = st.binary(min_size=payload.MIN_KEY_BYTES, max_size=64)
info_bits = st.integers(0, payload.INFO_BITS - 1)


@given(ids, keys)
def test_opening_undoes_encoding(mark_id: int, key: bytes) -> None:
    assert payload.open_word(payload.encode(mark_id, key)[: payload.INFO_BITS], key) == mark_id


@given(ids, keys, st.sets(info_bits, min_size=1))
def test_a_changed_word_does_not_open(mark_id: int, key: bytes, flipped: set[int]) -> None:
    info = payload.encode(mark_id, key)[: payload.INFO_BITS]
    assert payload.open_word([bit ^ (i in flipped) for i, bit in enumerate(info)], key) is None


@given(ids, keys, keys)
def test_another_key_does_not_open(mark_id: int, key: bytes, other: bytes) -> None:
    opened = payload.open_word(payload.encode(mark_id, key)[: payload.INFO_BITS], other)
    assert (opened == mark_id) is (key == other)


@given(ids, ids, keys)
def test_two_words_differ_in_eleven_bits_or_more(one: int, two: int, key: bytes) -> None:
    apart = sum(a != b for a, b in zip(payload.encode(one, key), payload.encode(two, key), strict=True))
    assert apart >= 11 or one == two


@given(st.lists(st.integers(-3, 3), max_size=70) | st.integers(-(2**70), 2**70), keys)
def test_anything_is_answered(info: list[int] | int, key: bytes) -> None:
    opened = payload.open_word(info, key)
    assert opened is None or 0 <= opened < 1 << payload.ID_BITS
