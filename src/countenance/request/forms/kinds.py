"""What may stand at a key of a form: each kind reads the text that stands there, and says it as JSON Schema.

A form is data made of these kinds, so that what is read and what is published as its schema are one thing.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from pydantic import ValidationError

from countenance.errors import ConfigError
from countenance.request.forms.days import day_of, instant_of

Schema = dict[str, Any]
YES_NO: Mapping[str, bool] = {"yes": True, "no": False}
_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a form a value stands, which day `today` is, and where people can look it up."""

    key: str
    today: date
    hint: str

    def at(self, key: str) -> "Place":
        """A key below this one."""
        return replace(self, key=f"{self.key}.{key}" if self.key else key)

    def wrong(self, hint: str = "") -> ConfigError:
        """One plain line that names the key."""
        return ConfigError(f"the value of `{shown(self.key)}` is not allowed", hint=hint or self.hint)


class Kind(Protocol):
    """Reads a value, and describes what may stand there."""

    def read(self, value: Any, place: Place) -> Any:
        """The value of the record. Raises ConfigError, which names the key."""
        ...

    def schema(self) -> Schema:
        """JSON Schema of what people write."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words; `pattern` has to fit all of it."""

    most: int
    pattern: str | None = None
    hint: str = ""

    def read(self, value: Any, place: Place) -> str:
        """The text as it stands."""
        if not isinstance(value, str) or not value.strip() or len(value) > self.most:
            raise place.wrong(self.hint or f"words, at most {self.most} characters")
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            raise place.wrong(self.hint)
        return value

    def schema(self) -> Schema:
        """A string."""
        pattern = {} if self.pattern is None else {"pattern": f"^(?:{self.pattern})$"}
        return {"type": "string", "minLength": 1, "maxLength": self.most, **pattern}


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a closed list, and what it stands for."""

    words: Mapping[str, Any]

    def read(self, value: Any, place: Place) -> Any:
        """What the word stands for."""
        if not isinstance(value, str) or value not in self.words:
            raise place.wrong(f"write one of: {', '.join(self.words)}")
        return self.words[value]

    def schema(self) -> Schema:
        """An enum. Many YAML readers take `yes` and `no` for true and false."""
        switch = [True, False] if set(self.words) == set(YES_NO) else []
        return {"enum": [*self.words, *switch]}


def words(*allowed: str) -> Choice:
    """A closed list of words that stand for themselves."""
    return Choice({word: word for word in allowed})


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    def read(self, value: Any, place: Place) -> int:
        """The number."""
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}", value):
            raise place.wrong(f"a whole number from {self.least} to {self.most}")
        if not self.least <= int(value) <= self.most:
            raise place.wrong(f"a whole number from {self.least} to {self.most}")
        return int(value)

    def schema(self) -> Schema:
        """An integer."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Share:
    """A number with a fraction, such as 0.5, kept in permille."""

    least: int
    most: int

    def read(self, value: Any, place: Place) -> int:
        """Permille."""
        try:
            number = float(value)
        except (ValueError, TypeError):
            number = math.nan
        if not self.least <= number <= self.most:
            raise place.wrong(f"a number from {self.least} to {self.most}")
        return round(number * 1000)

    def schema(self) -> Schema:
        """A number."""
        return {"type": "number", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Day:
    """`2026-11-23`, `today`, or `today + 10 years`."""

    def read(self, value: Any, place: Place) -> date:
        """The day."""
        found = day_of(value, place.today)
        if found is None:
            raise place.wrong("write a day as YYYY-MM-DD")
        return found

    def schema(self) -> Schema:
        """A string."""
        return {"type": "string", "description": "a day, YYYY-MM-DD; `today` and `today + 10 years` are for examples"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and a time in UTC: `2026-11-23 09:00`."""

    def read(self, value: Any, place: Place) -> str:
        """The instant."""
        found = instant_of(value, place.today)
        if found is None:
            raise place.wrong("write a day and a time in UTC, such as 2026-11-23 09:00")
        return found

    def schema(self) -> Schema:
        """A string."""
        return {
            "type": "string",
            "description": "a day and a time in UTC, YYYY-MM-DD HH:MM; a day alone begins at 00:00",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A list; where only one stands, the brackets may be left out. What stands twice is kept once."""

    of: Kind
    least: int = 0
    most: int = 1000

    def read(self, value: Any, place: Place) -> tuple[Any, ...]:
        """Each of them."""
        listed = value if isinstance(value, list) else [value]
        if not self.least <= len(listed) <= self.most:
            raise place.wrong(f"a list of {self.least} to {self.most}")
        read = [self.of.read(one, place) for one in listed]
        return tuple(one for number, one in enumerate(read) if one not in read[:number])

    def schema(self) -> Schema:
        """One, or an array."""
        one = self.of.schema()
        return {"anyOf": [{"type": "array", "items": one, "minItems": self.least, "maxItems": self.most}, one]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByName:
    """A mapping from names of a closed list to values of one kind."""

    names: tuple[str, ...]
    what: str
    of: Kind

    def read(self, value: Any, place: Place) -> dict[str, Any]:
        """Name to value."""
        if not isinstance(value, dict):
            raise place.wrong(f"{self.what} and what holds for each; known: {', '.join(self.names)}")
        return {name: self._one(name, one, place) for name, one in value.items()}

    def _one(self, name: str, value: Any, place: Place) -> Any:
        if name not in self.names:
            raise ConfigError(
                f"`{shown(name)}` in `{place.key}` is not {self.what}", hint=f"known: {', '.join(self.names)}"
            )
        return self.of.read(value, place.at(name))

    def schema(self) -> Schema:
        """An object whose keys are the names."""
        return {"type": "object", "propertyNames": {"enum": list(self.names)}, "additionalProperties": self.of.schema()}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: what may stand there, and what it is for. `required` ones must be there."""

    kind: Kind
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and values; `build` makes the record's part of them."""

    keys: Mapping[str, Key]
    build: Callable[..., Any] = dict

    def read(self, value: Any, place: Place) -> Any:
        """What `build` makes. An optional key without a value counts as absent."""
        if not isinstance(value, dict):
            raise place.wrong(f"keys and values: {', '.join(self.keys)}")
        self._check(value, place)
        given = {name: one for name, one in value.items() if one not in ("", None) or self.keys[name].required}
        read = {name: self.keys[name].kind.read(one, place.at(name)) for name, one in given.items()}
        try:
            return self.build(**read)
        except ValidationError as error:
            problem = error.errors(include_input=False)[0]
            raise place.at(".".join(map(str, problem["loc"])) or "value").wrong(problem["msg"].lower()) from error

    def _check(self, value: Mapping[str, Any], place: Place) -> None:
        what = f"`{shown(place.key)}`" if place.key else "the form"
        unknown = sorted(set(value) - set(self.keys))
        if unknown:
            raise ConfigError(
                f"`{shown(unknown[0])}` is not a key of {what}", hint=f"known: {', '.join(sorted(self.keys))}"
            )
        missing = [name for name, key in self.keys.items() if key.required and name not in value]
        if missing:
            raise ConfigError(f"`{missing[0]}` is missing in {what}", hint=place.hint)

    def schema(self) -> Schema:
        """A closed object, in which an optional key may stand without a value."""
        return {
            "type": "object",
            "properties": {name: _described(key) for name, key in self.keys.items()},
            "required": [name for name, key in self.keys.items() if key.required],
            "additionalProperties": False,
        }


def _described(key: Key) -> Schema:
    said = key.kind.schema()
    return (said if key.required else {"anyOf": [said, {"type": "null"}]}) | {"description": key.doc}


def shown(text: str) -> str:
    """A key as it may stand in a message: short, and without line breaks."""
    return "".join(one if one.isprintable() else "?" for one in text[:_SHOWN])
