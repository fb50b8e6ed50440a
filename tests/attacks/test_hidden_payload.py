"""Data is hidden in the padding of a signature, which no signature covers."""

import pytest

from countenance.adapters.manifests.cose import of_manifest


def pads(data: bytes) -> list[int]:
    """Where the zeros of long COSE pads begin: key `pad`, then a byte string of two length bytes."""
    found, at = [], data.find(b"cpad\x59")
    while at >= 0:
        found.append(at + 7)
        at = data.find(b"cpad\x59", at + 1)
    return found


def test_pads_are_zero_as_sealed(studio, sealed):
    assert pads(sealed.data)
    assert of_manifest(sealed.manifest, sealed.manifest_id).pad_is_zero
    assert studio.read(sealed.data).pad_is_zero


@pytest.mark.parametrize("which", [0, -1])
def test_payload_in_the_pad(studio, sealed, which):
    at = pads(sealed.data)[which]
    payload = b"a second, unsigned story"
    assert sealed.data[at : at + len(payload)] == bytes(len(payload))
    reading = studio.read(sealed.data[:at] + payload + sealed.data[at + len(payload) :])
    assert not reading.pad_is_zero
