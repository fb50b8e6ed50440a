from hypothesis import given
from hypothesis import strategies as st

from countenance.core import payload
from countenance.core.payload import TRUSTMARK, V1, V2, Format

versions = st.sampled_from([V1, V2])
formats = st.sampled_from([V1, V2, TRUSTMARK])
ids = st.integers(0, (1 << V1.id_bits) - 1)
keys = st.binary(min_size=payload.MIN_KEY_BYTES, max_size=64)
info_bits = st.integers(0, V1.info_bits - 1)


@given(ids, keys, formats)
def test_opening_undoes_encoding(mark_id: int, key: bytes, version: Format) -> None:
    assert payload.open_word(payload.encode(mark_id, key, version)[: version.info_bits], key, version) == mark_id


@given(
    st.sampled_from([9, 10, 12]).flatmap(lambda digits: st.text("0123456789abcdef", min_size=digits, max_size=digits)),
    keys,
)
def test_text_comes_back_as_it_was(text: str, key: bytes) -> None:
    coded = payload.encode_text(text, key)
    assert payload.open_text(coded[: payload.format_of(text).info_bits], key) == text


@given(ids, keys, st.sets(info_bits, min_size=1), versions)
def test_a_changed_word_does_not_open(mark_id: int, key: bytes, flipped: set[int], version: Format) -> None:
    info = payload.encode(mark_id, key, version)[: version.info_bits]
    assert payload.open_word([bit ^ (i in flipped) for i, bit in enumerate(info)], key, version) is None


@given(ids, keys, keys, versions)
def test_another_key_does_not_open(mark_id: int, key: bytes, other: bytes, version: Format) -> None:
    opened = payload.open_word(payload.encode(mark_id, key, version)[: version.info_bits], other, version)
    assert (opened == mark_id) is (key == other)


@given(ids, ids, keys, versions)
def test_two_words_differ_in_the_designed_distance_or_more(one: int, two: int, key: bytes, version: Format) -> None:
    words = (payload.encode(each, key, version) for each in (one, two))
    apart = sum(a != b for a, b in zip(*words, strict=True))
    assert apart > 2 * version.corrected or one == two


@given(st.lists(st.integers(-3, 3), max_size=80) | st.integers(-(2**80), 2**80), keys, formats)
def test_anything_is_answered(info: list[int] | int, key: bytes, version: Format) -> None:
    opened = payload.open_word(info, key, version)
    assert opened is None or 0 <= opened < 1 << version.id_bits


@given(ids, keys, st.sets(st.integers(0, TRUSTMARK.info_bits - 1), min_size=1, max_size=6))
def test_a_plain_word_that_is_changed_does_not_open_as_another(mark_id: int, key: bytes, flipped: set[int]) -> None:
    """Its check has 21 bits: what is changed opens one time in 2^21, and this law tries some hundred."""
    info = payload.encode(mark_id, key, TRUSTMARK)
    assert payload.open_word([bit ^ (i in flipped) for i, bit in enumerate(info)], key, TRUSTMARK) is None
