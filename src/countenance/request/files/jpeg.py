"""JPEG: ITU-T T.81 Annex B, 8 bit baseline or progressive, three components."""

import re
import struct
from collections.abc import Iterator

from countenance.request.files.bounds import Sniffed, bounded, broken, unhandled

_SOF = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_BASELINE_OR_PROGRESSIVE = {0xC0, 0xC1, 0xC2}


def sniff_jpeg(data: bytes, max_pixels: int) -> Sniffed:
    """Check the structure of a JPEG file."""
    size: tuple[int, int] | None = None
    scanned = False
    for marker, segment in _segments(data):
        if marker in _SOF:
            size = _frame(marker, segment)
            bounded(*size, max_pixels)
        scanned = scanned or marker == 0xDA
    if size is None or not scanned:
        raise broken("the JPEG holds no picture")
    return Sniffed("image/jpeg", *size)


def _frame(marker: int, segment: bytes) -> tuple[int, int]:
    if marker not in _BASELINE_OR_PROGRESSIVE or len(segment) < 6:
        raise unhandled("this kind of JPEG coding")
    precision, height, width, components = struct.unpack(">BHHB", segment[:6])
    if precision != 8:
        raise unhandled(f"a JPEG of {precision} bits")
    if components != 3:
        kind = {1: "a grey", 4: "a CMYK"}.get(components, f"a {components}-channel")
        raise unhandled(f"{kind} JPEG")
    return width, height


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and payload of each segment, to the end-of-image marker; entropy-coded data is skipped, not decoded."""
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if len(data) < at + 2 or data[at] != 0xFF:
            raise broken("the JPEG is truncated or damaged")
        marker = data[at + 1]
        if marker == 0xD9:
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise broken("the JPEG is truncated or damaged")
        yield marker, data[at + 4 : end]
        at = _after_scan(data, end) if marker == 0xDA else end


_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)


def _after_scan(data: bytes, start: int) -> int:
    found = _MARKER.search(data, start)
    if found is None:
        raise broken("the JPEG is truncated: its end is missing")
    return found.end() - 2
