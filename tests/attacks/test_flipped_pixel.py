"""One bit of the picture is flipped."""

import pytest


@pytest.mark.parametrize("from_end", [2000, 5000, 9000])
def test_jpeg(studio, sealed, from_end):
    flipped = bytearray(sealed.data)
    flipped[-from_end] ^= 0x04
    reading = studio.read(bytes(flipped))
    assert not reading.data_hash_matches
    assert "assertion.dataHash.mismatch" in reading.failures


def test_png(studio):
    sealed = studio.seal(media_type="image/png")
    assert studio.read(sealed.data, media_type="image/png").data_hash_matches
    flipped = bytearray(sealed.data)
    flipped[-500] ^= 1
    assert not studio.read(bytes(flipped), media_type="image/png").data_hash_matches
