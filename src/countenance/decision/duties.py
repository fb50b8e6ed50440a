"""A market's rule pack as data, and the elements of consent that a duty may ask for. Pure.

Rules are data: a lawyer corrects text, citation and date in `pack.toml` without touching code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field

from countenance.core.clock import epoch_ms
from countenance.core.records.base import Code, Part
from countenance.core.records.consent import ModelRelease
from countenance.core.records.market import LabelKind, Mark, MarketId, Status

NOTICE_MS = 48 * 3_600_000


class Duty(Part):
    """One duty. `bars`: whether what is missing bars publication; a rule of the pack with `@duty` then enforces it."""

    id: Code
    kind: Literal["mark", "label", "consent", "screening", "process"]
    text: str = Field(min_length=1)
    citation: str = Field(min_length=1)
    in_force_from: date
    source: str = Field(min_length=1)
    status: Status
    bars: bool = False
    marks: tuple[Mark, ...] = ()
    labels: tuple[LabelKind, ...] = ()
    elements: tuple[str, ...] = ()

    def holds(self, at: str) -> bool:
        """Whether it is in force at an instant. A day begins at 00:00 UTC."""
        return self.in_force_from.isoformat() <= at[:10]


class Pack(Part):
    """A market's duties. `status` and `in_force_from` are those of the pack as a whole."""

    id: MarketId
    name: str = Field(min_length=1)
    version: int = Field(ge=1)
    status: Status
    in_force_from: date
    duty: tuple[Duty, ...] = Field(min_length=1)

    def usable(self, at: str) -> bool:
        """A draft that is not in force yet says nothing that could be relied on."""
        return self.status != "draft" or self.in_force_from.isoformat() <= at[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One thing that a release must show, in words, and where it is read."""

    words: str
    shown: Callable[[ModelRelease], bool]
    fields: tuple[str, ...]
    """Fields of the release or its grant, any of which shows it."""

    @property
    def known(self) -> bool:
        """Whether this version's releases have a field for it; else it counts as missing."""
        records = (*ModelRelease.model_fields, *type_of_grant())
        return any(field in records for field in self.fields)


def type_of_grant() -> tuple[str, ...]:
    """Names of the fields of a grant."""
    grant: Any = ModelRelease.model_fields["grant"].annotation
    return tuple(grant.model_fields)


def _value(release: Any, fields: tuple[str, ...]) -> Any:
    """The first of these fields that holds something, in the release or in its grant."""
    for holder in (release, release.grant):
        for field in fields:
            found = getattr(holder, field, None)
            if found:
                return found
    return None


def _element(words: str, *fields: str) -> Element:
    return Element(words=words, fields=fields, shown=lambda release: bool(_value(release, fields)))


def _noticed(release: Any) -> bool:
    """Notice at least 48 hours before the day of signing began."""
    given = _value(release, ("notice_given_at",))
    signed = f"{release.signed_on.isoformat()}T00:00:00.000Z"
    return isinstance(given, str) and epoch_ms(given) + NOTICE_MS <= epoch_ms(signed)


ELEMENTS: Mapping[str, Element] = {
    "written": _element("the text that was agreed to", "text_digest"),
    "scope": _element("scope: which changes of the face", "units"),
    "purpose": _element("purpose", "purposes"),
    "duration": _element("duration", "valid_until"),
    "territory": _element("territory", "territories"),
    "rate_of_pay": _element("rate of pay", "compensation"),
    "description": _element("reasonably specific description of the intended uses", "description"),
    "representation": _element("representation by a lawyer or a union", "representation"),
    "separate_signature": _element("signature apart from the rest of the contract", "signatures"),
    "notice_48h": Element(words="notice 48 hours before", fields=("notice_given_at",), shown=_noticed),
    "advertiser": _element("advertiser and product line", "advertiser"),
    "biometrics": _element("clause on biometrics: keeping the face's geometry", "keep_landmarks", "biometrics"),
    "retention": _element("schedule of retention and erasure", "retention"),
}
"""Fact name to element. Where a release has no such field yet, add one under the name given here, and it counts."""


def consent_facts(release: ModelRelease | None) -> list[str]:
    """Names of the elements that the release on file shows."""
    return [] if release is None else sorted(name for name, element in ELEMENTS.items() if element.shown(release))


def said(name: str) -> str:
    """A missing element in words; one that no release can hold yet says so."""
    element = ELEMENTS[name]
    return element.words if element.known else f"{element.words} (no field of a release holds it yet)"
