"""WebP: RIFF chunks (RFC 9649), one still picture of one frame."""

import struct
from collections.abc import Iterator

from countenance.request.files.bounds import Sniffed, bounded, broken, unhandled

_ANIMATED = 0x02


def sniff_webp(data: bytes, max_pixels: int) -> Sniffed:
    """Check the structure of a WebP file, which begins with `RIFF`."""
    chunks = list(_chunks(data))
    canvas = next((_canvas(body) for kind, body in chunks if kind == b"VP8X"), None)
    pictures = [(kind, body) for kind, body in chunks if kind in {b"VP8 ", b"VP8L"}]
    if len(pictures) != 1:
        raise broken("the WebP holds no picture, or several")
    kind, body = pictures[0]
    size = _lossy(body) if kind == b"VP8 " else _lossless(body)
    bounded(*size, max_pixels)
    if canvas is not None and canvas != size:
        raise broken("the WebP's picture does not fit the size it says")
    return Sniffed("image/webp", *size)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if data[8:12] != b"WEBP":
        raise unhandled("an AVI or other RIFF file")
    end = 8 + int.from_bytes(data[4:8], "little")
    if end != len(data):
        raise broken("the WebP is truncated, or something was added to it")
    at = 12
    while at < end:
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length]
        if len(kind) < 4 or len(body) < length:
            raise broken("the WebP is truncated or damaged")
        yield kind, body
        at += 8 + length + length % 2


def _canvas(body: bytes) -> tuple[int, int]:
    if len(body) != 10:
        raise broken("the WebP is damaged")
    if body[0] & _ANIMATED:
        raise unhandled("an animated WebP")
    return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")


def _lossy(body: bytes) -> tuple[int, int]:
    if len(body) < 10 or body[3:6] != b"\x9d\x01\x2a":
        raise broken("the WebP is damaged")
    width, height = struct.unpack("<HH", body[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _lossless(body: bytes) -> tuple[int, int]:
    if len(body) < 5 or body[0] != 0x2F:
        raise broken("the WebP is damaged")
    packed = int.from_bytes(body[1:5], "little")
    return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
