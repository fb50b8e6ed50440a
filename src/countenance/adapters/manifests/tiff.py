"""The entries of a TIFF file's first directory (TIFF 6.0, section 2): where its manifest store is, and its removal."""

import struct
from dataclasses import dataclass

C2PA_TAG = 0xCD41
_BYTES_OF = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ENTRY = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: its tag, where it stands, and where its value is."""

    tag: int
    entry_at: int
    at: int
    length: int


def entries(data: bytes) -> list[Entry]:
    """The first directory's entries; none where the file is too short for one."""
    order = _order(data)
    try:
        (start,) = struct.unpack_from(order + "I", data, 4)
        (count,) = struct.unpack_from(order + "H", data, start)
        return [_entry(data, order, start + 2 + _ENTRY * number) for number in range(count)]
    except struct.error:
        return []


def without_manifest(data: bytes) -> bytes:
    """The file without its manifest store: the entry is taken out, its bytes become zero."""
    found = next((entry for entry in entries(data) if entry.tag == C2PA_TAG), None)
    if found is None:
        return data
    out, order = bytearray(data), _order(data)
    (start,) = struct.unpack_from(order + "I", out, 4)
    (count,) = struct.unpack_from(order + "H", out, start)
    end = start + 2 + _ENTRY * count + 4
    out[found.at : found.at + found.length] = bytes(max(0, min(found.length, len(out) - found.at)))
    out[found.entry_at : end - _ENTRY] = out[found.entry_at + _ENTRY : end]
    struct.pack_into(order + "H", out, start, count - 1)
    return without_manifest(bytes(out))


def _order(data: bytes) -> str:
    return "<" if data[:2] == b"II" else ">"


def _entry(data: bytes, order: str, at: int) -> Entry:
    tag, kind, count, value = struct.unpack_from(order + "HHII", data, at)
    length = _BYTES_OF.get(kind, 0) * count
    return Entry(tag=tag, entry_at=at, at=at + 8 if length <= 4 else value, length=length)
