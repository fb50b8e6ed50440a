"""Canonical JSON: one value has one spelling, and a number means the same in every language."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from countenance.core.canon import canonical
from countenance.errors import CountenanceError

SAFE = 2**53 - 1
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text(
    st.characters(max_codepoint=127), max_size=8
)
SCALARS = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
FLOATS = st.floats(allow_nan=True, allow_infinity=True)
LARGE = st.integers(min_value=SAFE + 1) | st.integers(max_value=-SAFE - 1)
HOSTILE = st.recursive(
    SCALARS | FLOATS | st.integers() | st.text() | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SCALARS | st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


def turned_round(value):
    """The same value, every object's keys in the opposite order."""
    match value:
        case dict():
            return {key: turned_round(value[key]) for key in reversed(value)}
        case list():
            return [turned_round(item) for item in value]
        case _:
            return value


def hidden(value, depth):
    """The value somewhere inside a larger one."""
    for level in range(depth):
        value = {"a": 1, "b": value} if level % 2 else [None, value]
    return value


@given(VALUES)
def test_the_bytes_are_those_of_the_reference_implementation(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_key_order_is_irrelevant(value):
    assert canonical(turned_round(value)) == canonical(value)


@given(VALUES)
def test_parse_after_print_is_a_fixed_point(value):
    printed = canonical(value)
    assert json.loads(printed) == value
    assert canonical(json.loads(printed)) == printed


@given(VALUES, VALUES)
def test_other_values_have_other_bytes(one, other):
    assert (canonical(one) == canonical(other)) == (
        json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


@given(FLOATS, st.integers(0, 5))
def test_floats_are_refused_however_deep(number, depth):
    with pytest.raises(CountenanceError, match="type float"):
        canonical(hidden(number, depth))


@given(LARGE, st.integers(0, 5))
def test_integers_that_other_languages_round_are_refused(number, depth):
    with pytest.raises(CountenanceError, match="type int"):
        canonical(hidden(number, depth))


@pytest.mark.parametrize("number", [SAFE, -SAFE, 0])
def test_the_last_safe_integers_are_exact(number):
    assert canonical(number) == str(number).encode()


@given(HOSTILE)
def test_any_value_gives_bytes_or_a_plain_error(value):
    try:
        printed = canonical(value)
    except CountenanceError:
        return
    assert canonical(json.loads(printed)) == printed
