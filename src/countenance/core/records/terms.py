"""The terms of a model release and of a title, as pieces: who, what for, how far, for what, until when."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from countenance.core.records.base import Digest, Grown, Instant, Part, UnitName

Purpose = Literal["advertising", "e-commerce", "editorial", "film", "training"]
Medium = Literal["web", "print", "social", "broadcast", "cinema", "out-of-home"]
SensitiveUse = Literal["politics", "health", "sexuality", "religion", "alcohol", "tobacco", "crime", "ridicule"]
LegalBasis = Literal["consent", "contract", "legitimate-interest"]
"""GDPR art. 6(1) a, b and f."""
DeniedTest = Literal["teeth-visible", "eyes-closed", "asymmetry", "unit"]
SigningMethod = Literal["pdf", "scan", "e-signature", "in-person"]
SignerRole = Literal["person", "guardian", "agency", "witness", "counterparty"]


class Limit(Grown):
    """How far one action unit may change, in permille, and how far it may be shown at all."""

    LATER: ClassVar[frozenset[str]] = frozenset({"absolute_max_permille"})
    min_permille: int = Field(default=0, ge=-1000, le=0)
    max_permille: int = Field(default=0, ge=0, le=1000)
    absolute_max_permille: int | None = Field(default=None, ge=0, le=1000)
    """The most that the finished face may show of it, whatever the original showed."""


class Denied(Grown):
    """What must not be seen in the result, as a test on the measurement; `reason` in the person's words.

    `teeth-visible`: no teeth. `eyes-closed`: no lid further down than `limit_permille`. `asymmetry`: left and right
    apart by no more than `limit_permille`. `unit`: that action unit must not change at all.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"limit_permille", "unit"})
    test: DeniedTest
    reason: str = Field(min_length=1, max_length=500)
    limit_permille: int | None = Field(default=None, ge=0, le=1000)
    unit: UnitName | None = None


class Guardian(Part):
    """Who consents for a minor; every field is personal."""

    name: str = Field(min_length=1, max_length=200)
    relation: str = Field(min_length=1, max_length=100)
    contact: str = Field(default="", max_length=500)


class IdentitySeen(Part):
    """That evidence of identity was seen: its kind, by whom and when. No copy is kept."""

    kind: str = Field(min_length=1, max_length=100)
    by: str = Field(min_length=1, max_length=200)
    on: date


class Representation(Part):
    """Who represents the person: a lawyer, a union or an agency, with its registration."""

    kind: Literal["lawyer", "union", "agency"]
    name: str = Field(min_length=1, max_length=200)
    registration: str = Field(default="", max_length=100)


class Compensation(Part):
    """What is paid, as it is written: amounts are text, so that none is rounded."""

    rate: str = Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$")
    unit: str = Field(min_length=1, max_length=100, description="per what: day, picture, campaign")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")


class Signature(Grown):
    """One signature: in which role, how, when, and what holds it."""

    LATER: ClassVar[frozenset[str]] = frozenset({"document", "timestamped_at", "separate"})
    role: SignerRole
    name: str = Field(min_length=1, max_length=200)
    method: SigningMethod
    on: date
    document: Digest | None = None
    """The signed file, or what was shown and signed."""
    timestamped_at: Instant | None = None
    separate: bool | None = None
    """Apart from the rest of a contract (New York GOL 5-302)."""


class DocumentCheck(Grown):
    """What a check of a document found. Only `signed` counts as signed; a `scan` is evidence of lower rank."""

    LATER: ClassVar[frozenset[str]] = frozenset({"coverage", "modification", "root", "signed_at", "timestamped_at"})
    result: Literal["signed", "scan", "altered", "partly-signed", "untrusted", "unsigned", "unreadable"]
    checker: str = Field(max_length=100, description="what checked it: name and version")
    coverage: str | None = Field(default=None, max_length=100)
    modification: str | None = Field(default=None, max_length=100)
    root: Digest | None = None
    """The trust root (its certificate's SHA-256) to which the signature chains."""
    signed_at: Instant | None = None
    timestamped_at: Instant | None = None


class SignedDocument(Part):
    """A document that the release rests on: its hash and what the check said. The file itself stays with the agency."""

    digest: Digest
    size_bytes: int = Field(ge=1)
    check: DocumentCheck
    checked_at: Instant


class Shoot(Grown):
    """Which shoot the release is for."""

    LATER: ClassVar[frozenset[str]] = frozenset({"on"})
    name: str = Field(min_length=1, max_length=200)
    on: date | None = None


class Retention(Part):
    """How long the record is kept after the release ends, why, and what happens then."""

    years_after_end: int = Field(ge=0, le=100)
    why: str = Field(min_length=1, max_length=500)
    then: Literal["erase", "review"] = "erase"


class Revocability(Grown):
    """What a withdrawal does, and with how much notice. New edits are always refused at once."""

    LATER: ClassVar[frozenset[str]] = frozenset({"terms"})
    effect: Literal["future", "stop-use", "delete"] = "future"
    terms: str | None = Field(default=None, max_length=2000)


class Licence(Grown):
    """A photograph licensed from someone: by whom, under which tier, and where and until when."""

    LATER: ClassVar[frozenset[str]] = frozenset({"number", "expires_at", "territories"})
    licensor: str = Field(min_length=1, max_length=200)
    tier: str = Field(min_length=1, max_length=100)
    editorial_only: bool = False
    number: str | None = Field(default=None, max_length=100)
    expires_at: Instant | None = None
    territories: tuple[str, ...] | None = None
    """ISO 3166-1 alpha-2 codes, or `*`; absent: no limit is on file."""


class PropertyRelease(Grown):
    """Something shown that somebody owns: a building, a work of art, a brand; and the release for it, if there is."""

    LATER: ClassVar[frozenset[str]] = frozenset({"document", "valid_until"})
    what: str = Field(min_length=1, max_length=200)
    state: Literal["released", "not-needed", "missing"]
    document: Digest | None = None
    valid_until: Instant | None = None
