"""Bytes are put behind, or into, a sealed file."""

import pytest


@pytest.mark.parametrize("tail", [b"\0", b"hello", b"\xff\xd8\xff\xd9"])
def test_appended(studio, sealed, tail):
    reading = studio.read(sealed.data + tail)
    assert not reading.data_hash_matches
    assert "assertion.dataHash.mismatch" in reading.failures


def test_inserted_comment(studio, sealed):
    at = sealed.data.index(b"\xff\xdb")
    reading = studio.read(sealed.data[:at] + b"\xff\xfe\x00\x05abc" + sealed.data[at:])
    assert not reading.data_hash_matches


def test_edited_xmp(studio, sealed):
    reading = studio.read(sealed.data.replace(b"AU12=+0.500", b"AU12=+0.100"))
    assert not reading.data_hash_matches
