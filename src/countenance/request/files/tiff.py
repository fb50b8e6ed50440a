"""TIFF 6.0: one page of 8 or 16 bit RGB, with or without alpha, whose strips or tiles all lie in the file."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from countenance.request.files.bounds import Sniffed, bounded, broken, unhandled

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _PLANES, _FORMAT = 256, 257, 258, 259, 262, 277, 284, 339
_PLACES = ((273, 279), (324, 325))  # offsets and byte counts: of strips, of tiles
_PACKED = {1, 5, 7, 8, 32946}  # none, LZW, JPEG, Deflate and its older number
_RGB = 2
_MOST_VALUES = 1 << 20


@dataclass(frozen=True, slots=True)
class _File:
    data: bytes
    order: str

    def number(self, at: int, size: int) -> int:
        """An unsigned number of 2 or 4 bytes."""
        part = self.data[at : at + size]
        if len(part) < size:
            raise broken("the TIFF is truncated or damaged")
        return int(struct.unpack(self.order + {2: "H", 4: "I"}[size], part)[0])


def sniff_tiff(data: bytes, max_pixels: int) -> Sniffed:
    """Check the structure of a TIFF file, which begins with `II*` or `MM` and `*`."""
    file = _File(data, "<" if data[:2] == b"II" else ">")
    tags, following = _directory(file, file.number(4, 4))
    if following:
        raise unhandled("a TIFF of several pages")
    size = _one(tags, _WIDTH), _one(tags, _HEIGHT)
    bounded(*size, max_pixels)
    _require_rgb(tags)
    _require_whole(tags, len(data))
    return Sniffed("image/tiff", *size)


def _directory(file: _File, at: int) -> tuple[dict[int, tuple[int, ...]], int]:
    """Tags with their whole numbers, and where the next directory is."""
    count = file.number(at, 2)
    tags = {file.number(entry, 2): _values(file, entry) for entry in range(at + 2, at + 2 + 12 * count, 12)}
    return tags, file.number(at + 2 + 12 * count, 4)


def _values(file: _File, entry: int) -> tuple[int, ...]:
    """The entry's values where they are short or long whole numbers; checked for their place in any case."""
    kind, count = file.number(entry + 2, 2), file.number(entry + 4, 4)
    length = _SIZES.get(kind, 0) * count
    start = entry + 8 if length <= 4 else file.number(entry + 8, 4)
    if start + length > len(file.data):
        raise broken("the TIFF is truncated or damaged")
    if kind not in {3, 4} or count > _MOST_VALUES:
        return ()
    return struct.unpack_from(f"{file.order}{count}{'H' if kind == 3 else 'I'}", file.data, start)


def _one(tags: Mapping[int, tuple[int, ...]], tag: int, default: int = 0) -> int:
    return (tags.get(tag) or (default,))[0]


def _require_rgb(tags: Mapping[int, tuple[int, ...]]) -> None:
    samples, bits = _one(tags, _SAMPLES, 1), set(tags.get(_BITS, ()))
    if _one(tags, _PHOTOMETRIC, -1) != _RGB or samples not in {3, 4}:
        raise unhandled("a TIFF that is not RGB")
    if bits not in ({8}, {16}) or set(tags.get(_FORMAT, (1,))) != {1}:
        raise unhandled("a TIFF of other than 8 or 16 bit whole numbers")
    if _one(tags, _COMPRESSION, 1) not in _PACKED or _one(tags, _PLANES, 1) != 1:
        raise unhandled("this kind of TIFF coding")


def _require_whole(tags: Mapping[int, tuple[int, ...]], length: int) -> None:
    places = next(((tags[a], tags.get(b, ())) for a, b in _PLACES if tags.get(a)), ((), ()))
    if not places[0] or len(places[0]) != len(places[1]):
        raise broken("the TIFF holds no picture")
    if any(at + size > length for at, size in zip(*places, strict=True)):
        raise broken("the TIFF is truncated: its end is missing")
