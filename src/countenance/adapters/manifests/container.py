"""How a manifest store lies in a picture file: the parts of the container that hold it, which no hash covers.

JPEG: ISO 19566-5, annex D: APP11 segments with `JP`, box instance En, packet number Z from 1, and the box's header
again in each. C2PA 2.2, annex A: one `caBX` chunk before a PNG's pixels, one `C2PA` chunk of a WebP's RIFF, tag
0xCD41 of a TIFF's directory.
"""

import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

from countenance.adapters.manifests import tiff

_HEADER = slice(8, 16)
"""Length and type of the box, in every segment behind CI, En and Z."""


def holds(data: bytes, media_type: str, store: bytes) -> bool:
    """Whether exactly these bytes lie in the file as its one manifest store, each part numbered as it should be."""
    return _CHECKS[media_type](data, store)


def _in_jpeg(data: bytes, store: bytes) -> bool:
    segments = [payload for payload in _app11(data) if payload[:2] == b"JP" and payload[_HEADER] == store[:8]]
    numbers = [int.from_bytes(payload[4:8]) for payload in segments]
    joined = b"".join(payload[16:] for payload in segments)
    one_box = len({payload[2:4] for payload in segments}) == 1
    return one_box and numbers == list(range(1, len(segments) + 1)) and store[:8] + joined == store


def _app11(data: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] == 0xEB:
            yield data[at + 4 : end]
        at = end


def _in_png(data: bytes, store: bytes) -> bool:
    found, at = [], 8
    while at + 12 <= len(data) and data[at + 4 : at + 8] != b"IDAT":
        size = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == b"caBX":
            kept, end = data[at + 8 : at + 8 + size], at + 8 + size
            found.append(kept if zlib.crc32(b"caBX" + kept) == int.from_bytes(data[end : end + 4]) else b"")
        at += 12 + size
    return found == [store]


def _in_webp(data: bytes, store: bytes) -> bool:
    found, at = [], 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"C2PA":
            found.append(data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found == [store]


def _in_tiff(data: bytes, store: bytes) -> bool:
    found = [entry for entry in tiff.entries(data) if entry.tag == tiff.C2PA_TAG]
    return [data[entry.at : entry.at + entry.length] for entry in found] == [store]


class _Check(Protocol):
    def __call__(self, data: bytes, store: bytes, /) -> bool: ...


_CHECKS: Mapping[str, _Check] = MappingProxyType(
    {"image/jpeg": _in_jpeg, "image/png": _in_png, "image/webp": _in_webp, "image/tiff": _in_tiff}
)
