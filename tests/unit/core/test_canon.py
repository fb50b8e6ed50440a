import json
from pathlib import Path

import pytest

from countenance.core.canon import canonical
from countenance.errors import CountenanceError


def test_keys_are_sorted_by_utf16_code_units():
    """The example of RFC 8785, section 3.2.3."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    printed = canonical(dict.fromkeys(names, 0)).decode()
    assert list(json.loads(printed)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_bytes_as_specified():
    assert canonical({"b": [True, None, -1], "a": '\u00e9\n\u001f"\\/'}) == (
        '{"a":"\u00e9\\n\\u001f\\"\\\\/","b":[true,null,-1]}'.encode()
    )


def test_tuples_are_arrays():
    assert canonical((1, (2,))) == b"[1,[2]]"


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (b"bytes", "bytes"),
        ({1: "a"}, "dict"),
        ({"a": {None: 1}}, "dict"),
        ({1, 2}, "set"),
        (Path("x"), "Path"),
        (1 + 2j, "complex"),
    ],
)
def test_what_is_not_json_is_refused(value, named):
    with pytest.raises(CountenanceError, match=f"a value of type .*{named}"):
        canonical(value)


def test_half_characters_are_refused():
    with pytest.raises(CountenanceError, match="not canonical JSON"):
        canonical("\ud800")


def test_half_characters_in_keys_are_refused():
    with pytest.raises(CountenanceError, match="not canonical JSON"):
        canonical({"\ud800": 1})


def test_depth_is_bounded():
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(CountenanceError, match="not canonical JSON"):
        canonical(value)
