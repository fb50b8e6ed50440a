"""The form of a depicted person: what is known of them. All of it is personal and stays in the home."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from countenance.core.clock import parse_instant
from countenance.core.records.terms import IdentitySeen
from countenance.errors import ConfigError
from countenance.request.forms.blanks import require_filled_in
from countenance.request.forms.kinds import YES_NO, Choice, Day, Key, Place, Schema, Table, Text
from countenance.request.forms.release import GUARDIAN
from countenance.request.territories import TERRITORIES

HINT = "see docs/guides/releases.md, or `countenance person schema`"
_COUNTRY = Text(most=2, pattern="|".join(sorted(TERRITORIES)), hint="an ISO 3166 code such as DE")
_IDENTITY = Table(
    {
        "kind": Key(Text(most=100), "what was seen, such as a passport; no copy is kept", required=True),
        "by": Key(Text(most=200), "who saw it", required=True),
        "on": Key(Day(), "on which day", required=True),
    },
    IdentitySeen,
)
PERSON = Table(
    {
        "alias": Key(Text(most=200), "a name to find them by"),
        "adult": Key(Choice(YES_NO), "whether they declared to be of age, where no day of birth is given"),
        "born": Key(Day(), "day of birth; outweighs `adult`"),
        "legal_name": Key(Text(most=200), "their legal name"),
        "contact": Key(Text(most=500), "how to reach them"),
        "country": Key(_COUNTRY, "where they live"),
        "identity": Key(_IDENTITY, "evidence of identity that was seen"),
        "guardian": Key(GUARDIAN, "who consents for a minor"),
        "deceased_on": Key(Day(), "the day on which they died"),
        "rights_holder": Key(Text(most=200), "who decides for a person who died"),
    }
)


def person_of(fields: Mapping[str, Any], *, at: str) -> dict[str, Any]:
    """What these keys of a person's form say, by field of `DepictedPerson`; only what stands there.

    `today` is the day of the instant `at` (UTC).

    Raises:
        ConfigError: an unknown key, or a value that is not allowed or not filled in; it names the key.
    """
    require_filled_in(fields)
    today = parse_instant(at).date()
    read: dict[str, Any] = PERSON.read(dict(fields), Place(key="", today=today, hint=HINT))
    for name in ("born", "deceased_on"):
        _require_past(name, read.get(name), today)
    return read


def person_schema() -> Schema:
    """JSON Schema (2020-12) of the form."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A depicted person, as countenance reads it",
        **PERSON.schema(),
    }


def _require_past(name: str, day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise ConfigError(f"the value of `{name}` is not allowed", hint="the day lies in the future; days are UTC")
