"""What a file really is, from its bytes alone: type, size, bit depth, and whether its structure is whole.

Pure Python over the container formats, so that a bomb, a truncated or a lying file is refused before a decoder sees it.
JPEG: ITU-T T.81 Annex B. PNG: W3C Portable Network Graphics (Third Edition), sections 5 and 11.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from countenance.core.records.asset import MediaType
from countenance.errors import TooLargeError, UnsupportedMediaError

_PNG = b"\x89PNG\r\n\x1a\n"
_OTHERS = {
    b"RIFF": "a WebP or AVI file",
    b"II*\x00": "a TIFF file",
    b"MM\x00*": "a TIFF file",
    b"GIF8": "a GIF file",
    b"BM": "a BMP file",
    b"%PDF": "a PDF file",
    b"8BPS": "a Photoshop file",
}
_TAKES = "give an 8-bit RGB JPEG or PNG"
_SOF = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_BASELINE_OR_PROGRESSIVE = {0xC0, 0xC1, 0xC2}
_INFLATE_STEP_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Sniffed:
    """Media type and stored size of a structurally whole picture file."""

    media_type: MediaType
    width_px: int
    height_px: int


def media_type_of(data: bytes) -> MediaType | None:
    """The media type by the first bytes alone, however damaged the rest; None where it is not handled."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if data.startswith(_PNG) else None


def sniff(data: bytes, *, max_pixels: int) -> Sniffed:
    """Check a picture file's structure.

    Raises:
        UnsupportedMediaError: empty, unknown, damaged, or of a kind that is not handled.
        TooLargeError: more pixels than `max_pixels`.
    """
    if not data:
        raise UnsupportedMediaError("the file is empty", hint=_TAKES)
    known = media_type_of(data)
    if known is not None:
        return _jpeg(data, max_pixels) if known == "image/jpeg" else _png(data, max_pixels)
    kind = next((name for magic, name in _OTHERS.items() if data.startswith(magic)), None)
    if kind is None and data[4:8] == b"ftyp":
        kind = "an AVIF, HEIC or video file"
    raise UnsupportedMediaError(f"{kind or 'this kind of file'} is not handled", hint=_TAKES)


def _bounded(width: int, height: int, max_pixels: int) -> None:
    if width < 1 or height < 1:
        raise UnsupportedMediaError("the picture says that it has no pixels", hint=_TAKES)
    if width * height > max_pixels:
        raise TooLargeError(
            f"the picture says that it has {width} x {height} pixels, more than {max_pixels}",
            hint="raise max_pixels in the settings if you trust the file",
        )


def _jpeg(data: bytes, max_pixels: int) -> Sniffed:
    size: tuple[int, int] | None = None
    scanned = False
    for marker, segment in _jpeg_segments(data):
        if marker in _SOF:
            size = _frame(marker, segment)
            _bounded(*size, max_pixels)
        scanned = scanned or marker == 0xDA
    if size is None or not scanned:
        raise UnsupportedMediaError("the JPEG holds no picture", hint="the file is damaged: get a whole copy")
    return Sniffed("image/jpeg", *size)


def _frame(marker: int, segment: bytes) -> tuple[int, int]:
    if marker not in _BASELINE_OR_PROGRESSIVE or len(segment) < 6:
        raise UnsupportedMediaError("this kind of JPEG coding is not handled", hint=_TAKES)
    precision, height, width, components = struct.unpack(">BHHB", segment[:6])
    if precision != 8:
        raise UnsupportedMediaError(f"a JPEG of {precision} bits is not handled", hint=_TAKES)
    if components != 3:
        kind = {1: "a grey", 4: "a CMYK"}.get(components, f"a {components}-channel")
        raise UnsupportedMediaError(f"{kind} JPEG is not handled", hint=_TAKES)
    return width, height


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and payload of each segment, to the end-of-image marker; entropy-coded data is skipped, not decoded."""
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if len(data) < at + 2 or data[at] != 0xFF:
            raise UnsupportedMediaError("the JPEG is truncated or damaged", hint="get a whole copy of the file")
        marker = data[at + 1]
        if marker == 0xD9:
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise UnsupportedMediaError("the JPEG is truncated or damaged", hint="get a whole copy of the file")
        yield marker, data[at + 4 : end]
        at = _after_scan(data, end) if marker == 0xDA else end


_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)


def _after_scan(data: bytes, start: int) -> int:
    found = _MARKER.search(data, start)
    if found is None:
        raise UnsupportedMediaError("the JPEG is truncated: its end is missing", hint="get a whole copy of the file")
    return found.end() - 2


def _png(data: bytes, max_pixels: int) -> Sniffed:
    chunks = list(_png_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise UnsupportedMediaError("the PNG has no header", hint="get a whole copy of the file")
    width, height, depth, colour, compression, filters, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    _bounded(width, height, max_pixels)
    if depth != 8 or colour != 2:
        kind = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}.get(colour, "unknown")
        raise UnsupportedMediaError(f"a PNG of {depth} bits, {kind}, is not handled", hint=_TAKES)
    if compression or filters or interlace > 1:
        raise UnsupportedMediaError("the PNG names an unknown coding", hint="get a whole copy of the file")
    if any(kind == b"acTL" for kind, _ in chunks):
        raise UnsupportedMediaError("an animated PNG is not handled", hint=_TAKES)
    wanted = _raw_bytes(width, height, interlaced=bool(interlace))
    if _inflated(b"".join(body for kind, body in chunks if kind == b"IDAT"), limit=wanted + 1) != wanted:
        raise UnsupportedMediaError("the PNG's pixels do not fit the size it says", hint="get a whole copy of the file")
    return Sniffed("image/png", width, height)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while True:
        if len(data) < at + 12:
            raise UnsupportedMediaError("the PNG is truncated: its end is missing", hint="get a whole copy of the file")
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        check = data[at + 8 + length : at + 12 + length]
        if len(check) < 4 or zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            raise UnsupportedMediaError("the PNG is truncated or damaged", hint="get a whole copy of the file")
        yield kind, body
        at += 12 + length
        if kind == b"IEND":
            return


def _raw_bytes(width: int, height: int, *, interlaced: bool) -> int:
    """Bytes of the filtered scan lines of an 8-bit RGB picture (Adam7 where interlaced)."""
    if not interlaced:
        return height * (1 + 3 * width)
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    total = 0
    for x, y, step_x, step_y in passes:
        columns, rows = -(-(width - x) // step_x), -(-(height - y) // step_y)
        total += rows * (1 + 3 * columns) if columns > 0 and rows > 0 else 0
    return total


def _inflated(packed: bytes, *, limit: int) -> int:
    """How many bytes the data inflates to, counting no further than `limit`; -1 where it is damaged."""
    inflater, total = zlib.decompressobj(), 0
    try:
        while not inflater.eof and total < limit:
            piece = inflater.decompress(packed, min(_INFLATE_STEP_BYTES, limit - total))
            packed = inflater.unconsumed_tail
            if not piece and not packed:
                break
            total += len(piece)
    except zlib.error:
        return -1
    return total if inflater.eof or total >= limit else -1
