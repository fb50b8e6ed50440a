import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from countenance.edit.kept import pack, unpack
from countenance.edit.render import render
from countenance.errors import StoreError


def test_a_reading_comes_back_bit_for_bit(sitter):
    again = unpack(pack(sitter.reading), "cpu")
    assert torch.equal(again.landmarks, sitter.reading.landmarks)
    assert torch.equal(again.head, sitter.reading.head)
    assert again.box == sitter.reading.box
    assert again.eye_distance_px == sitter.reading.eye_distance_px
    assert (again.units, again.teeth_visible) == (sitter.reading.units, sitter.reading.teeth_visible)


def test_the_edit_from_a_kept_reading_is_the_same_bits(engine, sitter):
    first = render(sitter.pixels, sitter.reading, {"AU12": 400}, engine, seed=1)
    second = render(sitter.pixels, unpack(pack(sitter.reading), "cpu"), {"AU12": 400}, engine, seed=1)
    assert torch.equal(first.pixels, second.pixels)


def test_no_pixels_of_the_face_are_kept(sitter):
    assert len(pack(sitter.reading)) < sitter.pixels.numel() // 20
    assert unpack(pack(sitter.reading), "cpu").view is None


@given(st.binary(max_size=80))
def test_any_bytes_are_a_plain_error(data):
    with pytest.raises(StoreError, match="damaged"):
        unpack(data, "cpu")


def test_a_cut_reading_is_a_plain_error(sitter):
    packed = pack(sitter.reading)
    for cut in (1, 100, len(packed) // 2, len(packed) - 1):
        with pytest.raises(StoreError):
            unpack(packed[:cut], "cpu")
