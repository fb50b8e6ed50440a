"""RFC 8785 canonical JSON: the one way a record becomes bytes."""

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
        _check(value)
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise CountenanceError(f"not canonical JSON: {type(error).__name__}") from error


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int() if abs(value) <= _SAFE_INTEGER:
            return
        case dict() if all(isinstance(key, str) for key in value):
            for item in value.values():
                _check(item)
        case list() | tuple():
            for item in value:
                _check(item)
        case _:
            raise CountenanceError(f"not canonical JSON: a value of type {type(value).__name__}")
