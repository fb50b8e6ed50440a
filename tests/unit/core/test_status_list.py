"""Bitstring Status List v1.0: encoding, its inverse, and what is not one."""

import base64
import gzip

import pytest

from countenance.core import status_list
from countenance.core.status_list import LARGEST, SMALLEST, bits_of, decode, encode, is_set
from countenance.errors import CountenanceError, EvidenceError, TooLargeError


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_the_first_entry_is_the_leftmost_bit():
    bits = bits_of([0, 9, SMALLEST - 1], entries=SMALLEST)
    assert (bits[0], bits[1], bits[-1]) == (0b1000_0000, 0b0100_0000, 0b0000_0001)
    assert [is_set(bits, place) for place in (0, 1, 9, SMALLEST - 1)] == [True, False, True, True]


def test_a_list_of_the_specification():
    """The example of section 3 of the specification: 131,072 entries, none of them set."""
    text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert decode(text) == bytes(SMALLEST // 8)


def test_what_another_gzip_made_is_read():
    bits = bits_of(range(0, SMALLEST, 3), entries=SMALLEST)
    assert decode(packed(gzip.compress(bits, mtime=12345))) == bits


def test_same_bits_same_text():
    bits = bits_of([5], entries=SMALLEST)
    assert encode(bits) == encode(bits)
    assert encode(bits).startswith("u")


@pytest.mark.parametrize("entries", [0, 8, SMALLEST - 8, SMALLEST + 1, LARGEST + 8])
def test_sizes_that_no_list_has(entries):
    with pytest.raises(CountenanceError, match="from 131072"):
        bits_of([], entries=entries)


@pytest.mark.parametrize("place", [-1, SMALLEST])
def test_places_outside(place):
    with pytest.raises(CountenanceError, match="outside"):
        bits_of([place], entries=SMALLEST)
    with pytest.raises(EvidenceError, match="outside"):
        is_set(bytes(SMALLEST // 8), place)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not multibase"),
        ("z123", "not multibase"),
        ("u!!", "not multibase"),
        ("uA", "cannot be unpacked"),
        (packed(b"no gzip at all"), "cannot be unpacked"),
        (packed(gzip.compress(bytes(SMALLEST // 8))[:-4]), "cut off"),
        (packed(gzip.compress(bytes(SMALLEST // 8)) + b"more"), "behind it"),
        (packed(gzip.compress(bytes(SMALLEST // 8 - 1))), "fewer than"),
        (encode(bytes(SMALLEST // 8)) + chr(0xE9), "not multibase"),
    ],
)
def test_what_is_no_list(text, said):
    with pytest.raises(EvidenceError, match=said):
        decode(text)


def test_a_bomb_is_not_unpacked():
    bomb = packed(gzip.compress(bytes(LARGEST // 8 + 1)))
    assert len(bomb) < 100_000
    with pytest.raises(TooLargeError, match="larger than"):
        decode(bomb)
    assert status_list.LARGEST == 2**27
