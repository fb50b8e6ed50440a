"""Who may do what with whose face in which picture: the registry's records, and the snapshot a decision rests on."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.base import Code, Digest, Grown, Id, Instant, Part, Record, UnitName
from countenance.core.records.screening import Screening

Role = Literal["retoucher", "rights", "approver"]
Basis = Literal["own-work", "work-for-hire", "assignment", "licence", "public-domain"]
Alteration = Literal["yes", "no", "approval"]
Purpose = Literal["advertising", "e-commerce", "editorial", "film", "training"]
Medium = Literal["web", "print", "social", "broadcast", "cinema", "out-of-home"]


class Organisation(Record):
    """Whose books and whose log these are. `public_pem` checks its statements, `log_public_pem` its checkpoints."""

    KIND = "organisation"
    id: Id
    name: str = Field(min_length=1, max_length=200)
    domain: str = Field(max_length=253)
    public_pem: str
    log_public_pem: str
    created_at: Instant


class Operator(Record):
    """The person or service that asks for edits. `name` is personal; the manifest carries `pseudonym` only."""

    KIND = "operator"
    id: Id
    name: str = Field(min_length=1, max_length=200)
    role: Role
    pseudonym: Code
    certificate_pem: str
    passphrase: Literal["own", "shared"]
    added_at: Instant


class DepictedPerson(Record):
    """The person shown, by opaque id. `born` is absent for a person declared adult."""

    KIND = "person"
    id: Id
    alias: str = Field(min_length=1, max_length=200)
    adult: bool
    born: date | None = None
    added_at: Instant


class Limit(Part):
    """How far one action unit may change, in permille."""

    min_permille: int = Field(default=0, ge=-1000, le=0)
    max_permille: int = Field(default=0, ge=0, le=1000)


class Grant(Part):
    """What a release permits."""

    purposes: tuple[Purpose, ...] = Field(min_length=1)
    media: tuple[Medium, ...] = Field(min_length=1)
    territories: tuple[str, ...] = Field(min_length=1, description="ISO 3166-1 alpha-2, or `*` for every territory")
    units: dict[UnitName, Limit]
    teeth_visible: bool = False
    keep_landmarks: bool = False
    valid_from: Instant
    valid_until: Instant

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Grant":
        if self.valid_until <= self.valid_from:
            raise ValueError("the release ends before it begins")
        return self


class ModelRelease(Record):
    """A person's signed agreement. `text_digest` binds the exact text shown; the text stays in the erasable store."""

    KIND = "model-release"
    id: Id
    person_id: Id
    version: int = Field(default=1, ge=1)
    grant: Grant
    signed_on: date
    text: str = Field(min_length=1, max_length=100_000)
    text_digest: Digest
    added_at: Instant


class Title(Record):
    """The right to a picture, and the faces found in it."""

    KIND = "title"
    id: Id
    asset: Asset
    fingerprint: str
    owner: str = Field(min_length=1, max_length=200)
    basis: Basis
    alteration: Alteration
    faces: tuple[FaceBox, ...]
    added_at: Instant


class FaceTie(Record):
    """A face of a titled picture tied to a release, or to remain untouched (`release_id` absent)."""

    KIND = "face-tie"
    id: Id
    title_id: Id
    face: int = Field(ge=0)
    release_id: Id | None
    added_at: Instant


class Revocation(Record):
    """Ends a release, or an operator's right to act, from an instant on; `by` a person with a key of their own."""

    KIND = "revocation"
    id: Id
    of_id: Id
    reason: str = Field(default="", max_length=1000)
    by: Literal["operator", "person"] = "operator"
    at: Instant


class EarlierEdit(Part):
    """An edit of ours by which the picture came to be: what was asked, and where in the picture."""

    edit_id: Id
    units: dict[UnitName, int]
    region_px: tuple[tuple[int, int], ...]


class ConsentEvidence(Grown, Record):
    """The registry facts that a decision rests on, as they stood at `as_of`. Absent is absent, never assumed."""

    KIND = "evidence"
    LATER: ClassVar[frozenset[str]] = frozenset({"screening"})
    as_of: Instant
    operator: Operator | None
    operator_revoked_at: Instant | None
    title: Title | None
    ties: tuple[FaceTie, ...]
    releases: tuple[ModelRelease, ...]
    persons: tuple[DepictedPerson, ...]
    revocations: tuple[Revocation, ...]
    earlier: tuple[EarlierEdit, ...] = Field(description="every published edit on the way to this picture")
    last_entry_at: Instant | None
    screening: Screening | None = None
