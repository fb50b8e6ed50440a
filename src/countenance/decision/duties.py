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


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that a release must show, in words, and whether it does."""

    words: str
    shown: Callable[[ModelRelease], bool]


def _element(words: str, *fields: str) -> Element:
    """Shown where each of these fields, of the release or of its grant, holds something."""
    return Element(words, lambda release: all(_value(release, field) for field in fields))


def _value(release: ModelRelease, field: str) -> Any:
    return getattr(release if field in ModelRelease.model_fields else release.grant, field)


def _scope(release: ModelRelease) -> bool:
    """At least one change that is not nought: a release of nothing names no scope."""
    return any(limit.min_permille or limit.max_permille for limit in release.grant.units.values())


def _represented(release: ModelRelease) -> bool:
    """By a lawyer or a union, as AB 2602 and GOL 5-302 have it; an agency is neither."""
    return release.representation is not None and release.representation.kind in ("lawyer", "union")


def _signed_apart(release: ModelRelease) -> bool:
    """A signature of the person, or of who signs for them, that stands apart from the rest of the contract."""
    return any(one.separate is True and one.role in ("person", "guardian") for one in release.signatures or ())


def _signed(release: ModelRelease) -> bool:
    """A document of which every signature was checked, or the person's own e-signature; a scan of paper is neither."""
    checked = release.document is not None and release.document.check.result == "signed"
    return checked or any(one.method == "e-signature" and one.document for one in release.signatures or ())


def _noticed(release: ModelRelease) -> bool:
    """Notice at least 48 hours before the day of signing began."""
    given = release.notice_given_at
    return given is not None and epoch_ms(given) + NOTICE_MS <= epoch_ms(
        f"{release.signed_on.isoformat()}T00:00:00.000Z"
    )


def _geometry(release: ModelRelease) -> bool:
    """The face's geometry is not kept; or it is, by a clause of its own and with a schedule."""
    return not release.grant.keep_landmarks or release.retention is not None


ELEMENTS: Mapping[str, Element] = {
    "written": _element("the text that was agreed to", "text_digest"),
    "scope": Element("scope: which changes of the face", _scope),
    "purpose": _element("purpose", "purposes"),
    "duration": _element("duration", "valid_until"),
    "territory": _element("territory", "territories"),
    "rate_of_pay": _element("rate of pay", "compensation"),
    "description": _element("reasonably specific description of the intended uses", "description"),
    "representation": Element("representation by a lawyer or a union", _represented),
    "signed_document": Element("a signed document, or the person's own e-signature", _signed),
    "separate_signature": Element("signature apart from the rest of the contract", _signed_apart),
    "notice_48h": Element("notice 48 hours before", _noticed),
    "advertiser": _element("advertiser and product line", "advertiser", "product_line"),
    "biometrics": Element("clause on biometrics: a schedule where the face's geometry is kept", _geometry),
    "retention": _element("schedule of retention and erasure", "retention"),
}
"""Fact name to element."""


def consent_facts(release: ModelRelease | None) -> list[str]:
    """Names of the elements that the release on file shows."""
    return [] if release is None else sorted(name for name, element in ELEMENTS.items() if element.shown(release))


def said(name: str) -> str:
    """An element in words."""
    return ELEMENTS[name].words
