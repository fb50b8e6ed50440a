"""A model release as people write it, in YAML, to what the registry keeps. See `forms.release` for its keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from countenance.core.clock import parse_instant
from countenance.core.records.consent import Grant, ModelRelease
from countenance.errors import ConfigError
from countenance.request.forms.blanks import BLANK, require_filled_in
from countenance.request.forms.days import begins
from countenance.request.forms.kinds import Place, Schema
from countenance.request.forms.limits import limits
from countenance.request.forms.release import RELEASE
from countenance.request.forms.yaml_text import read_yaml
from countenance.request.release_record import release_record

HINT = "see examples/release.yaml, or `countenance release schema`"
_SAME = frozenset(
    {
        "purposes", "media", "platforms", "territories", "exclusive", "advertiser", "product_line", "campaign",
        "description", "denied", "sensitive_uses", "most_edits", "generations", "approval", "examples_shown",
        "pictures",
    }
)  # fmt: skip
"""Keys of the form that are fields of a grant, under the same name."""
_OWN = frozenset(
    {
        "language", "guardian", "representation", "counterparty", "assigns", "signatures", "shoot", "compensation",
        "notice_given_at", "revocability", "governing_law", "retention", "template",
    }
)  # fmt: skip
"""Keys of the form that are later fields of the release itself."""
_NOBODY = "_" + "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """What a model release file says. `person_id` is None where the file names nobody.

    `terms`: the later fields of `ModelRelease` that stand in it, by name.
    """

    person_id: str | None
    grant: Grant
    signed_on: date
    text: str
    terms: Mapping[str, Any]

    def draft(self, *, at: str) -> ModelRelease:
        """The record that it would become, under ids that are nobody's: to look at, not to keep."""
        return release_record(
            release_id=f"release{_NOBODY}", person_id=self.person_id or f"person{_NOBODY}", version=1, grant=self.grant,
            signed_on=self.signed_on, text=self.text, terms=self.terms, at=at,
        )  # fmt: skip


def parse_release(data: bytes, *, at: str) -> ReleaseFile:
    """The model release in a YAML file; `today` in it is the day of the instant `at` (UTC).

    Raises:
        ConfigError: too large, not YAML, an unknown or missing key, a value that is not allowed or still to be filled
            in; it names the key.
    """
    return release_of(read_release(data), at=at)


def read_release(data: bytes) -> dict[str, Any]:
    """The keys of a release file, as text. Raises ConfigError."""
    return read_yaml(data, what="the release file", hint=HINT)


def release_of(fields: Mapping[str, Any], *, at: str) -> ReleaseFile:
    """The model release that these keys say, as `parse_release`."""
    require_filled_in(fields)
    read = RELEASE.read(dict(fields), Place(key="", today=parse_instant(at).date(), hint=HINT))
    if "units" not in fields and "parts" not in fields:
        raise ConfigError("`units` is missing in the form", hint=f"name `units` or `parts`; {HINT}")
    _agree(read)
    return ReleaseFile(
        person_id=read.get("person"),
        grant=_grant(read),
        signed_on=read["signed_on"],
        text=read["text"],
        terms={name: read[name] for name in _OWN if name in read},
    )


def draft_of(fields: Mapping[str, Any], *, at: str) -> ReleaseFile:
    """A release that nobody has signed yet: it may leave out `signed_on`, which is then the day of the instant `at`.

    Raises:
        ConfigError: as `parse_release`.
    """
    unsaid = fields.get("signed_on") in (None, "", BLANK)
    return release_of({**fields, **({"signed_on": "today"} if unsaid else {})}, at=at)


def release_schema() -> Schema:
    """JSON Schema (2020-12) of the form, generated from what reads it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A model release, as countenance reads it",
        **RELEASE.schema(),
        "anyOf": [{"required": ["units"]}, {"required": ["parts"]}],
    }


def _agree(read: Mapping[str, Any]) -> None:
    """Keys that may not contradict each other."""
    denied = [one.test for one in read.get("denied", ())]
    if read.get("teeth") and "teeth-visible" in denied:
        raise ConfigError("`teeth` allows what `denied` denies", hint="write `teeth: denied`")
    for one in read.get("denied", ()):
        _require_whole(one)
    unused = sorted(set(read.get("legal_bases", ())) - set(read["purposes"]))
    if unused:
        raise ConfigError(f"`legal_bases.{unused[0]}` is for a purpose that is not granted", hint="see `purposes`")


def _require_whole(denied: Any) -> None:
    """A test that is incomplete would measure nothing."""
    for name, value, tests in (
        ("limit", denied.limit_permille, ("eyes-closed", "asymmetry")),
        ("unit", denied.unit, ("unit",)),
    ):
        if (value is not None) != (denied.test in tests):
            has = "needs" if denied.test in tests else "takes no"
            raise ConfigError(f"`denied`: the test `{denied.test}` {has} `{name}`", hint=HINT)


def _grant(read: Mapping[str, Any]) -> Grant:
    if read["valid"]["until"] < read["valid"]["from"]:
        raise ConfigError("the release ends before it begins", hint="see `valid`")
    try:
        return Grant(
            **{name: read[name] for name in _SAME if name in read},
            **({"bases": read["legal_bases"]} if "legal_bases" in read else {}),
            units=limits(read.get("units", {}), read.get("parts", {})),
            teeth_visible=read.get("teeth", False),
            keep_landmarks=read.get("keep_landmarks", False),
            valid_from=begins(read["valid"]["from"]),
            valid_until=begins(read["valid"]["until"] + timedelta(days=1)),
        )
    except OverflowError as error:
        raise ConfigError("the value of `valid` is not allowed", hint="no release lasts that long") from error
    except ValidationError as error:
        problem = error.errors(include_input=False)[0]
        raise ConfigError(f"the value of `{problem['loc'][0]}` is not allowed", hint=problem["msg"].lower()) from error
