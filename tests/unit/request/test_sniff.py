import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from countenance.errors import CountenanceError, TooLargeError, UnsupportedMediaError
from countenance.request.sniff import media_type_of, sniff

PIXELS = np.random.default_rng(1).integers(0, 255, (23, 31, 3), dtype=np.uint8)


def encoded(kind: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, raw: bytes, *, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (encoded("JPEG"), "image/jpeg"),
        (encoded("JPEG", progressive=True), "image/jpeg"),
        (encoded("PNG"), "image/png"),
        (png(5, 7, bytes(7 * (1 + 15))), "image/png"),
        (png(5, 7, bytes(7 * (1 + 30)), depth=16), "image/png"),
        (png(5, 7, bytes(7 * (1 + 40)), depth=16, colour=6), "image/png"),
        (encoded("PNG", "RGBA"), "image/png"),
        (encoded("WEBP"), "image/webp"),
        (encoded("WEBP", lossless=True), "image/webp"),
        (encoded("WEBP", "RGBA", exif=Image.Exif().tobytes()), "image/webp"),
        (encoded("TIFF"), "image/tiff"),
        (encoded("TIFF", "RGBA", compression="tiff_lzw"), "image/tiff"),
        (encoded("TIFF", compression="tiff_deflate"), "image/tiff"),
    ],
)
def test_takes_whole_pictures(data: bytes, kind: str) -> None:
    assert sniff(data, max_pixels=10_000).media_type == kind


def test_tells_the_stored_size() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        found = sniff(encoded(kind), max_pixels=10_000)
        assert (found.width_px, found.height_px) == (31, 23)


def test_counts_the_lines_of_an_interlaced_png() -> None:
    # a 5 x 5 picture has passes of 1x1, 1x1, 2x1, 1x2 ... by the table in the PNG specification, section 8
    passes = [(1, 1), (1, 1), (2, 1), (1, 2), (3, 1), (2, 3), (5, 2)]
    raw = bytes(sum(rows * (1 + 3 * columns) for columns, rows in passes))
    assert sniff(png(5, 5, raw, interlace=1), max_pixels=100).width_px == 5
    with pytest.raises(UnsupportedMediaError, match="do not fit"):
        sniff(png(5, 5, raw + b"\0", interlace=1), max_pixels=100)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"not a picture at all", "not handled"),
        (encoded("JPEG", "CMYK"), "CMYK"),
        (encoded("JPEG", "L"), "grey JPEG"),
        (encoded("PNG", "P"), "palette"),
        (encoded("PNG", "LA"), "grey with alpha"),
        (encoded("WEBP", save_all=True, append_images=[Image.new("RGB", (31, 23))]), "animated WebP"),
        (encoded("WEBP")[:-3], "truncated"),
        (encoded("WEBP") + b"more", "added"),
        (b"RIFF\4\0\0\0AVI ", "RIFF"),
        (encoded("TIFF", save_all=True, append_images=[Image.new("RGB", (31, 23))]), "several pages"),
        (encoded("TIFF", "L"), "not RGB"),
        (encoded("TIFF", "CMYK"), "not RGB"),
        (encoded("TIFF")[:-9], "truncated"),
        (encoded("TIFF")[:9], "truncated"),
        (encoded("TIFF", big_tiff=True), "BigTIFF"),
        (encoded("GIF", "P"), "GIF"),
        (encoded("JPEG")[:-2], "truncated"),
        (encoded("JPEG")[: len(encoded("JPEG")) // 2], "truncated"),
        (encoded("PNG")[:-5], "truncated"),
        (png(5, 7, bytes(7 * 16 - 1)), "do not fit"),
        (png(5, 7, bytes(7 * 16 + 1)), "do not fit"),
        (png(5, 7, bytes(7 * 31 - 1), depth=16), "do not fit"),
        (png(5, 7, bytes(7 * 31), depth=4), "4 bits"),
        (encoded("PNG").replace(b"IDAT", b"IDAX", 1), "damaged"),
        (b"\xff\xd8\xff\xd9", "no picture"),
    ],
)
def test_refuses_with_one_plain_line(data: bytes, says: str) -> None:
    with pytest.raises(UnsupportedMediaError, match=says) as refused:
        sniff(data, max_pixels=10_000)
    assert "\n" not in refused.value.message
    assert refused.value.hint


def test_refuses_a_bomb_from_its_header_alone() -> None:
    with pytest.raises(TooLargeError, match="60000 x 60000"):
        sniff(png(60_000, 60_000, b""), max_pixels=100_000_000)


def test_does_not_inflate_further_than_the_size_says() -> None:
    with pytest.raises(UnsupportedMediaError, match="do not fit"):
        sniff(png(2, 2, bytes(50_000_000)), max_pixels=100)


def test_media_type_by_the_first_bytes() -> None:
    assert media_type_of(encoded("JPEG")[:20]) == "image/jpeg"
    assert media_type_of(encoded("PNG")[:20]) == "image/png"
    assert media_type_of(b"GIF89a") is None


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"II*\0", b"MM\0*\0\0\0\x08"]),
)
def test_any_bytes_give_a_value_or_our_error(data: bytes, start: bytes) -> None:
    try:
        assert sniff(start + data, max_pixels=1000).width_px > 0
    except CountenanceError as error:
        assert error.message


@given(st.data())
def test_any_flipped_byte_gives_a_value_or_our_error(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([encoded(kind) for kind in ("JPEG", "PNG", "WEBP", "TIFF")])))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert sniff(bytes(whole), max_pixels=10_000).width_px > 0
    except CountenanceError as error:
        assert error.message
