"""A small strict CBOR reader (RFC 8949): just what a COSE signature needs, bounded in depth, and never a surprise.

Indefinite lengths are refused: C2PA demands definite ones.
"""

import struct
from dataclasses import dataclass
from typing import Any

_MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tagged value."""

    tag: int
    value: Any


def loads(data: bytes) -> Any:
    """The one value that the bytes hold; arrays as tuples, maps as dicts.

    Raises:
        ValueError: not definite-length CBOR, too deep, a strange or repeated key, or bytes left over.
    """
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise ValueError("bytes left over")
    return value


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > _MAX_DEPTH:
        raise ValueError("too deep")
    kind, argument, at = _head(data, at)
    match kind:
        case 0 | 1:
            return (-1 - argument if kind else argument), at
        case 2 | 3:
            raw = _take(data, at, argument)
            return (raw if kind == 2 else raw.decode()), at + argument
        case 4:
            return _array(data, at, argument, depth)
        case 5:
            return _map(data, at, argument, depth)
        case 6:
            value, at = _read(data, at, depth + 1)
            return Tagged(argument, value), at
        case _:
            return _simple(argument, at)


def _head(data: bytes, at: int) -> tuple[int, Any, int]:
    """Major type, argument and the place after them; a float is its own argument."""
    first = _take(data, at, 1)[0]
    kind, short = first >> 5, first & 31
    at += 1
    if short < 24:
        return kind, short, at
    if short > 27:
        raise ValueError("indefinite or reserved length")
    width = 1 << (short - 24)
    raw = _take(data, at, width)
    if kind == 7 and short > 24:
        return kind, struct.unpack({2: ">e", 4: ">f", 8: ">d"}[width], raw)[0], at + width
    return kind, int.from_bytes(raw), at + width


def _take(data: bytes, at: int, size: int) -> bytes:
    if size > len(data) - at:
        raise ValueError("cut short")
    return data[at : at + size]


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[tuple[Any, ...], int]:
    if count > len(data) - at:
        raise ValueError("cut short")
    items = []
    for _ in range(count):
        item, at = _read(data, at, depth + 1)
        items.append(item)
    return tuple(items), at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[Any, Any], int]:
    if count > len(data) - at:
        raise ValueError("cut short")
    found: dict[Any, Any] = {}
    for _ in range(count):
        key, at = _read(data, at, depth + 1)
        if not isinstance(key, str | int) or key in found:
            raise ValueError("a key that is no text or number, or is there twice")
        found[key], at = _read(data, at, depth + 1)
    return found, at


def _simple(argument: Any, at: int) -> tuple[Any, int]:
    if isinstance(argument, float):
        return argument, at
    return {20: False, 21: True}.get(argument), at
