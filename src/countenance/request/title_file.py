"""A title as people write it, in YAML, to what the registry keeps. Files that it names are hashed, never kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from countenance.core.clock import parse_instant
from countenance.core.records.consent import Alteration, Basis
from countenance.core.records.terms import Licence, PropertyRelease
from countenance.request.forms.days import begins, day_of
from countenance.request.forms.kinds import YES_NO, Choice, Day, Key, Kind, Many, Place, Schema, Table, Text, words
from countenance.request.forms.yaml_text import read_yaml
from countenance.request.territories import TERRITORIES

HINT = "see examples/title.yaml"
BASES: tuple[Basis, ...] = ("own-work", "work-for-hire", "assignment", "licence", "public-domain")
ALTERATIONS: tuple[Alteration, ...] = ("yes", "no", "approval")
DigestOf = Callable[[str], str]
"""The path of a file, as it stands in the form, to the digest of what is in it."""
_NAME, _LINE = 200, 500
_TERRITORY = Text(
    most=2,
    pattern="|".join(["[*]", *sorted(TERRITORIES)]),
    hint='ISO 3166 codes such as DE, or "*" for every territory',
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleFile:
    """What a title file says. `details`: the later fields of `Title` that stand in it, by name."""

    owner: str
    basis: Basis
    alteration: Alteration
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _File:
    """A path; what stands for it is the digest of the file."""

    digest_of: DigestOf

    def read(self, value: Any, place: Place) -> str:
        """The digest. Raises as the reading of the file does."""
        if not isinstance(value, str) or not value.strip():
            raise place.wrong("the path of a file")
        return self.digest_of(value.strip())

    def schema(self) -> Schema:
        """A string."""
        return {"type": "string", "description": "the path of a file, from where this form lies; its hash is kept"}


@dataclass(frozen=True, slots=True)
class _LastDay:
    """The last day on which something holds: its end is the first instant of the next (UTC)."""

    def read(self, value: Any, place: Place) -> str:
        """The instant at which it ends."""
        day = day_of(value, place.today)
        if day is None:
            raise place.wrong("write a day as YYYY-MM-DD")
        return begins(day + timedelta(days=1))

    def schema(self) -> Schema:
        """A string."""
        return Day().schema()


def title_form(digest_of: DigestOf) -> Table:
    """The keys of a title. A key that a licence or a property release shares with the title means the same there."""
    file: Kind = _File(digest_of)
    licence = Table(
        {
            "licensor": Key(Text(most=_NAME), "who gave the licence", required=True),
            "tier": Key(Text(most=100), "what kind of licence", required=True),
            "number": Key(Text(most=100), "its number"),
            "editorial_only": Key(Choice(YES_NO), "whether it allows editorial use only"),
            "expires": Key(_LastDay(), "the last day on which it holds; no end where absent"),
            "territories": Key(Many(of=_TERRITORY, least=1), "in which countries; all where absent"),
        },
        _licence,
    )
    shown = Table(
        {
            "what": Key(Text(most=_NAME), "what is shown", required=True),
            "state": Key(words("released", "not-needed", "missing"), "whether there is a release", required=True),
            "document": Key(file, "the release for it"),
            "until": Key(_LastDay(), "the last day on which that holds"),
        },
        _property_release,
    )
    return Table(
        {
            "owner": Key(Text(most=_NAME), "who holds the rights", required=True),
            "basis": Key(words(*BASES), "why they hold them", required=True),
            "alteration": Key(words(*ALTERATIONS), "whether the picture may be altered", required=True),
            "name": Key(Text(most=_NAME), "what to call the picture in lists; it should name nobody"),
            "photographer": Key(Text(most=_NAME), "who took it"),
            "notice": Key(Text(most=_LINE), "the copyright notice"),
            "credit": Key(Text(most=_LINE), "the credit that must be given"),
            "captured_on": Key(Day(), "when it was taken"),
            "agreement": Key(file, "the agreement by which the right came to the owner"),
            "licence": Key(licence, "the terms, where the basis is a licence"),
            "moral_rights": Key(words("waived", "reserved"), "whether the author waived what can be waived"),
            "property_releases": Key(Many(of=shown, most=100), "what is shown that somebody owns"),
            "evidence": Key(Many(of=file, most=100), "files that show the right"),
        }
    )


def parse_title(data: bytes, *, at: str, digest_of: DigestOf) -> TitleFile:
    """The title in a YAML file; `today` in it is the day of the instant `at` (UTC).

    Raises:
        ConfigError: too large, not YAML, an unknown or missing key, or a value that is not allowed; it names the key.
    """
    place = Place(key="", today=parse_instant(at).date(), hint=HINT)
    said = title_form(digest_of).read(read_yaml(data, what="the title file", hint=HINT), place)
    owner, basis, alteration = (said.pop(name) for name in ("owner", "basis", "alteration"))
    return TitleFile(owner=owner, basis=basis, alteration=alteration, details=said)


def read_field(name: str, value: Any, *, at: str) -> Any:
    """One field of a title as an option of the command line gives it, by the rules of the form.

    Raises:
        ConfigError: the value is not allowed.
    """
    place = Place(key=name, today=parse_instant(at).date(), hint=HINT)
    return title_form(lambda path: path).keys[name].kind.read(value, place)


def last_day(name: str, value: str, *, at: str) -> str:
    """The instant at which something ends that holds until a day, given as `name`.

    Raises:
        ConfigError: not a day.
    """
    return _LastDay().read(value, Place(key=name, today=parse_instant(at).date(), hint=HINT))


def _licence(*, expires: str | None = None, **said: Any) -> Licence:
    return Licence(**said, expires_at=expires)


def _property_release(*, until: str | None = None, **said: Any) -> PropertyRelease:
    return PropertyRelease(**said, valid_until=until)
