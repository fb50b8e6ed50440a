"""RFC 8785 canonical JSON: the one way a record becomes bytes."""

import json
from collections.abc import Iterable
from typing import Any

import rfc8785

from countenance.errors import CountenanceError

_SAFE_INTEGER = 2**53 - 1


def canonical(value: Any) -> bytes:
    """Canonical bytes of a JSON value (RFC 8785).

    Floats are refused, and integers beyond 2^53 - 1 (JCS stops there), so that a signed number
    means the same in every language.

    Raises:
        CountenanceError: the value holds a float, a large integer, or something that is not JSON.
    """
    try:
        if _check(value):
            return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise CountenanceError(f"not canonical JSON: {type(error).__name__}") from error


def _check(value: Any) -> bool:
    """Whether every key is ASCII: then Python's order of keys is that of RFC 8785, which sorts UTF-16 code units.

    Without floats the standard library, which is faster, writes the very same bytes.

    Raises:
        CountenanceError: the value is none that may be written.
    """
    match value:
        case None | bool() | str():
            return True
        case int() if abs(value) <= _SAFE_INTEGER:
            return True
        case dict() if all(isinstance(key, str) for key in value):
            return _check_each(value.values()) and all(key.isascii() for key in value)
        case list() | tuple():
            return _check_each(value)
        case _:
            raise CountenanceError(f"not canonical JSON: a value of type {type(value).__name__}")


def _check_each(values: Iterable[Any]) -> bool:
    """All of them are looked at, whatever is found before."""
    checked = [_check(value) for value in values]
    return all(checked)
