"""A model release as people write it, in YAML, to what the registry keeps.

Every value is read as text and parsed here: YAML's own guesses turn Norway (`NO`) into *false*. Aliases are refused, so
a small file cannot unfold into a large one, and so is a key that stands twice.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import yaml
from pydantic import ValidationError

from countenance.core import facs
from countenance.core.clock import parse_instant
from countenance.core.ids import ID_PATTERN
from countenance.core.records.consent import Grant
from countenance.core.records.terms import Limit
from countenance.errors import ConfigError
from countenance.request.territories import TERRITORIES

MAX_BYTES = 200_000
MAX_TEXT = 100_000
_MAX_NODES = 2_000
_KEYS = {"person", "signed_on", "valid", "purposes", "media", "territories", "units", "teeth", "keep_landmarks", "text"}
_OPTIONAL = {"person", "teeth", "keep_landmarks"}
_DAY = re.compile(r"today(?:\s*([+-])\s*(\d{1,3})\s+(day|month|year)s?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """What a model release file says. `person_id` is None where the file names nobody."""

    person_id: str | None
    grant: Grant
    signed_on: date
    text: str


def parse_release(data: bytes, *, at: str) -> ReleaseFile:
    """The model release in a YAML file; `today` in it is the day of the instant `at` (UTC).

    Raises:
        ConfigError: too large, not YAML, an unknown or missing key, or a value that is not allowed; it names the key.
    """
    fields = _read(data)
    _check_keys("the release", fields, _KEYS, optional=_OPTIONAL)
    today = parse_instant(at).date()
    return ReleaseFile(
        person_id=_person(fields.get("person")),
        grant=_grant(fields, today),
        signed_on=_day(fields["signed_on"], today, key="signed_on"),
        text=_text(fields["text"]),
    )


class _TextLoader(yaml.BaseLoader):
    """Text, lists and mappings only; no aliases; each key once; a bounded number of nodes."""

    nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.nodes += 1
        if self.nodes > _MAX_NODES or self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("too large, or an alias")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """As PyYAML calls it."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(keys) != len(node.value) or len(set(keys)) != len(keys):
            raise yaml.YAMLError("a key stands twice, or is not text")
        return super().construct_mapping(node, deep=deep)


def _read(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise ConfigError(f"the release file is larger than {MAX_BYTES} bytes")
    try:
        loader = _TextLoader(data.decode("utf-8"))
        value = loader.get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(
            "the release file is not plain YAML",
            hint="name each key once, and use no aliases; see examples/release.yaml",
        ) from error
    if not isinstance(value, dict):
        raise ConfigError("the release file holds no keys", hint="see examples/release.yaml")
    return value


def _check_keys(what: str, fields: Mapping[str, Any], known: set[str], *, optional: set[str]) -> None:
    unknown = sorted(set(fields) - known)
    if unknown:
        raise ConfigError(f"`{unknown[0][:40]}` is not a key of {what}", hint=f"known: {', '.join(sorted(known))}")
    missing = sorted(known - optional - set(fields))
    if missing:
        raise ConfigError(f"`{missing[0]}` is missing in {what}", hint="see examples/release.yaml")


@contextmanager
def _about(key: str) -> Iterator[None]:
    """Names the key in whatever goes wrong with its value."""
    try:
        yield
    except (ValidationError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ConfigError(f"the value of `{key}` is not allowed", hint="see examples/release.yaml") from error


def _person(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not re.match(ID_PATTERN, value):
        raise ConfigError("the value of `person` is not an id", hint="`countenance person add` shows it")
    return value


def _grant(fields: Mapping[str, Any], today: date) -> Grant:
    with _about("valid"):
        _check_keys("`valid`", dict(fields["valid"]), {"from", "until"}, optional=set())
        begins = _day(fields["valid"]["from"], today, key="valid.from")
        ends = _day(fields["valid"]["until"], today, key="valid.until") + timedelta(days=1)
    if ends <= begins:
        raise ConfigError("the release ends before it begins", hint="see `valid`")
    known = {
        "purposes": _words(fields, "purposes"),
        "media": _words(fields, "media"),
        "territories": _territories(fields),
        "units": _units(fields["units"]),
        "teeth_visible": _choice(fields, "teeth", yes="allowed", no="denied"),
        "keep_landmarks": _choice(fields, "keep_landmarks", yes="allowed", no="denied"),
        "valid_from": f"{begins.isoformat()}T00:00:00.000Z",
        "valid_until": f"{ends.isoformat()}T00:00:00.000Z",
    }
    try:
        return Grant.model_validate(known)
    except ValidationError as error:
        problem = error.errors()[0]
        key = str(problem["loc"][0]) if problem["loc"] else "valid"
        raise ConfigError(f"the value of `{key}` is not allowed", hint=problem["msg"].lower()) from error


def _words(fields: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = fields[key]
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words) or not words:
        raise ConfigError(f"the value of `{key}` is not a list of words", hint="see examples/release.yaml")
    return tuple(dict.fromkeys(words))


def _territories(fields: Mapping[str, Any]) -> tuple[str, ...]:
    codes = _words(fields, "territories")
    unknown = [code for code in codes if code != "*" and code not in TERRITORIES]
    if unknown:
        raise ConfigError(
            f"`{unknown[0][:40]}` is not a territory", hint='use ISO 3166 codes such as DE, or "*" for every territory'
        )
    return codes


def _units(value: Any) -> dict[str, Limit]:
    if not isinstance(value, dict):
        raise ConfigError("the value of `units` is not a list of action units", hint="see examples/release.yaml")
    return {name: _limit(name, bounds) for name, bounds in value.items()}


def _limit(name: str, bounds: Any) -> Limit:
    if name not in facs.NAMES:
        raise ConfigError(f"`{name[:40]}` is not an action unit", hint=f"known: {', '.join(facs.UNITS)}")
    with _about(f"units.{name}"):
        _check_keys(f"`{name}`", dict(bounds), {"min", "max"}, optional={"min", "max"})
        return Limit(
            min_permille=facs.permille(bounds.get("min", "0"), of=name),
            max_permille=facs.permille(bounds.get("max", "0"), of=name),
        )


def _choice(fields: Mapping[str, Any], key: str, *, yes: str, no: str) -> bool:
    value = fields.get(key, no)
    if value not in (yes, no):
        raise ConfigError(f"the value of `{key}` is not allowed", hint=f"write {yes} or {no}")
    return bool(value == yes)


def _day(value: Any, today: date, *, key: str) -> date:
    """`2026-11-23`, `today`, or `today + 10 years`."""
    with _about(key):
        relative = _DAY.fullmatch(value.strip())
        if relative is None:
            return date.fromisoformat(value.strip())
        sign, number, unit = relative.groups()
        return _moved(today, int(f"{sign}{number}"), unit) if unit else today


def _moved(day: date, count: int, unit: str) -> date:
    """That many days, months or years away; the 29th to 31st become the month's last day where it is shorter."""
    if unit == "day":
        return day + timedelta(days=count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise ConfigError("the value of `text` is not allowed", hint="the exact words that the person agreed to")
    return value
