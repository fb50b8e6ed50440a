"""What a form still asks for: values that hold the word `FILL-IN`."""

from collections.abc import Iterator
from typing import Any

from countenance.errors import ConfigError
from countenance.request.forms.kinds import shown

BLANK = "FILL-IN"
_NAMED = 60


def blanks(value: Any, key: str = "") -> Iterator[str]:
    """The keys at which something is still to be filled in, in their order, each once."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from blanks(one, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        yield from dict.fromkeys(found for one in value for found in blanks(one, key))
    elif isinstance(value, str) and BLANK in value:
        yield key


def require_filled_in(value: Any) -> None:
    """Stop at a form that is not filled in.

    Raises:
        ConfigError: it names every key that is still to be filled in.
    """
    found = [f"`{shown(key)}`" for key in dict.fromkeys(blanks(value))]
    if found:
        rest = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise ConfigError(
            f"still to be filled in: {', '.join(found[:_NAMED])}{rest}", hint=f"replace every {BLANK} in the file"
        )
