"""What a picture's own metadata say of who took it."""

import io
import struct
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from countenance.adapters.images.said import _iim, said_in

ARTIST, COPYRIGHT, EXIF_IFD, ORIGINAL = 0x013B, 0x8298, 0x8769, 0x9003


def a_jpeg(artist="", notice="", taken="", iim=None):
    exif = Image.Exif()
    for tag, text in ((ARTIST, artist), (COPYRIGHT, notice)):
        if text:
            exif[tag] = text
    if taken:
        exif.get_ifd(EXIF_IFD)[ORIGINAL] = taken
    out = io.BytesIO()
    Image.new("RGB", (32, 32)).save(out, "JPEG", exif=exif)
    data = out.getvalue()
    return data if iim is None else with_iim(data, iim)


def with_iim(data, block):
    """The block in a Photoshop resource 0x0404, right after the start of the file."""
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)
    body = b"Photoshop 3.0\x00" + resource
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + data[2:]


def data_set(number, text):
    return struct.pack(">BBBH", 0x1C, 2, number, len(text)) + text


@pytest.mark.parametrize("name", ["Ada Example", "Ada Example (studio)", "Ada, Ada (Ada, Ada)"])
def test_exif(name):
    found = said_in(a_jpeg(name, "(c) Example", "2026:05:04 10:00:00"))
    assert found == {"photographer": name, "notice": "(c) Example", "captured_on": date(2026, 5, 4)}


def test_iptc_outweighs_exif():
    block = data_set(0, b"\0\4") + data_set(80, "Ädä".encode()) + data_set(55, b"20260504") + data_set(116, b"N")
    found = said_in(a_jpeg("Other", "Other", "2020:01:01 00:00:00", iim=block))
    assert found == {"photographer": "Ädä", "notice": "N", "captured_on": date(2026, 5, 4)}


def test_what_is_not_there_or_not_fit_is_left_out():
    assert said_in(a_jpeg()) == {}
    assert said_in(b"no picture") == {}
    assert said_in(a_jpeg("x" * 201, taken="0000:00:00 00:00:00")) == {}


@settings(max_examples=300, deadline=None)
@given(block=st.binary(max_size=80))
def test_any_block_is_read_or_left(block):
    assert set(_iim(block)) <= {"photographer", "notice", "captured_on"}
    assert isinstance(_iim(bytes([0x1C, 2]) + block), dict)
