"""PNG: W3C Portable Network Graphics (Third Edition), sections 5 and 11; RGB of 8 or 16 bits, with or without alpha."""

import struct
import zlib
from collections.abc import Iterator

from countenance.request.files.bounds import Sniffed, bounded, broken, unhandled

MAGIC = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}
_INFLATE_STEP_BYTES = 1 << 20


def sniff_png(data: bytes, max_pixels: int) -> Sniffed:
    """Check the structure of a PNG file."""
    chunks = list(_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise broken("the PNG has no header")
    width, height, depth, colour, compression, filters, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    bounded(width, height, max_pixels)
    if depth not in {8, 16} or colour not in _CHANNELS:
        kind = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}.get(colour, "unknown")
        raise unhandled(f"a PNG of {depth} bits, {kind},")
    if compression or filters or interlace > 1:
        raise broken("the PNG names an unknown coding")
    if any(kind == b"acTL" for kind, _ in chunks):
        raise unhandled("an animated PNG")
    wanted = _raw_bytes(width, height, _CHANNELS[colour] * depth // 8, interlaced=bool(interlace))
    if _inflated(b"".join(body for kind, body in chunks if kind == b"IDAT"), limit=wanted + 1) != wanted:
        raise broken("the PNG's pixels do not fit the size it says")
    return Sniffed("image/png", width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(MAGIC)
    while True:
        if len(data) < at + 12:
            raise broken("the PNG is truncated: its end is missing")
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        check = data[at + 8 + length : at + 12 + length]
        if len(check) < 4 or zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            raise broken("the PNG is truncated or damaged")
        yield kind, body
        at += 12 + length
        if kind == b"IEND":
            return


def _raw_bytes(width: int, height: int, pixel: int, *, interlaced: bool) -> int:
    """Bytes of the filtered scan lines of a picture of `pixel` bytes each (Adam7 where interlaced)."""
    if not interlaced:
        return height * (1 + pixel * width)
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    total = 0
    for x, y, step_x, step_y in passes:
        columns, rows = -(-(width - x) // step_x), -(-(height - y) // step_y)
        total += rows * (1 + pixel * columns) if columns > 0 and rows > 0 else 0
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
