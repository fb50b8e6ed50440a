"""Who may do what with whose face in which picture: the registry's records, and the snapshot a decision rests on."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.base import Code, Digest, Grown, Id, Instant, Part, Record, UnitName
from countenance.core.records.oversight import Approval, Dispute, HouseRules, NearTitle, TitleReview
from countenance.core.records.screening import Screening
from countenance.core.records.terms import (
    Compensation,
    Denied,
    Guardian,
    IdentitySeen,
    LegalBasis,
    Licence,
    Limit,
    Medium,
    PropertyRelease,
    Purpose,
    Representation,
    Retention,
    Revocability,
    SensitiveUse,
    Shoot,
    Signature,
    SignedDocument,
)

Role = Literal["retoucher", "rights", "approver"]
Basis = Literal["own-work", "work-for-hire", "assignment", "licence", "public-domain"]
Alteration = Literal["yes", "no", "approval"]


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


class DepictedPerson(Grown, Record):
    """The person shown, by opaque id. `born` is absent for a person declared adult. All but the id is personal.

    A later version says what is known now: same id, next `version`.
    """

    KIND = "person"
    LATER: ClassVar[frozenset[str]] = frozenset(
        {"version", "legal_name", "contact", "country", "identity", "guardian", "deceased_on", "rights_holder"}
    )
    id: Id
    alias: str = Field(min_length=1, max_length=200)
    adult: bool
    born: date | None = None
    added_at: Instant
    version: int | None = Field(default=None, ge=2)
    """Absent in the first one."""
    legal_name: str | None = Field(default=None, min_length=1, max_length=200)
    contact: str | None = Field(default=None, min_length=1, max_length=500)
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    identity: IdentitySeen | None = None
    guardian: Guardian | None = None
    deceased_on: date | None = None
    rights_holder: str | None = Field(default=None, min_length=1, max_length=200)
    """Who decides for a person who died."""


class Grant(Grown):
    """What a release permits. What was added later and is absent permits nothing more and asks for nothing more."""

    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "description",
            "platforms",
            "exclusive",
            "advertiser",
            "product_line",
            "campaign",
            "bases",
            "denied",
            "sensitive_uses",
            "most_edits",
            "generations",
            "approval",
            "examples_shown",
            "pictures",
        }
    )
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    media: tuple[Medium, ...] = Field(min_length=1)
    territories: tuple[str, ...] = Field(min_length=1, description="ISO 3166-1 alpha-2, or `*` for every territory")
    units: dict[UnitName, Limit]
    teeth_visible: bool = False
    keep_landmarks: bool = False
    valid_from: Instant
    valid_until: Instant
    description: str | None = Field(default=None, min_length=1, max_length=5000)
    """The intended uses, in the words that the person saw."""
    platforms: tuple[str, ...] | None = None
    exclusive: str | None = Field(default=None, max_length=500)
    advertiser: str | None = Field(default=None, min_length=1, max_length=200)
    product_line: str | None = Field(default=None, min_length=1, max_length=200)
    campaign: str | None = Field(default=None, min_length=1, max_length=200)
    bases: dict[Purpose, LegalBasis] | None = None
    """Legal basis by purpose; where a purpose has none, consent is meant."""
    denied: tuple[Denied, ...] | None = None
    sensitive_uses: tuple[SensitiveUse, ...] | None = None
    """The sensitive uses that are granted; none where absent."""
    most_edits: int | None = Field(default=None, ge=1, le=1000)
    """How many published edits of one picture of theirs; no limit where absent."""
    generations: int | None = Field(default=None, ge=1, le=10)
    """How many edits of their face may lie one upon the other; one where absent."""
    approval: Literal["none", "per-picture"] | None = None
    """Whether the person approves each picture; silence is no."""
    examples_shown: tuple[Digest, ...] | None = None
    """The contact sheets of their own face at the limits that they saw."""
    pictures: tuple[Digest, ...] | None = None
    """The pictures that it is for; where absent, those of the shoot, which the operator vouches for by tying."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Grant":
        if self.valid_until <= self.valid_from:
            raise ValueError("the release ends before it begins")
        return self


class ModelRelease(Grown, Record):
    """A person's signed agreement. `text_digest` binds the exact text shown; the text stays in the erasable store.

    A later version (same id, next `version`) supersedes the ones before it: the newest on file counts, and ties,
    withdrawals and links, which name the id, hold for all of them.
    """

    KIND = "model-release"
    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "language",
            "document",
            "guardian",
            "representation",
            "counterparty",
            "assigns",
            "signatures",
            "shoot",
            "compensation",
            "notice_given_at",
            "revocability",
            "governing_law",
            "retention",
            "template",
            "registered_by",
        }
    )
    id: Id
    person_id: Id
    version: int = Field(default=1, ge=1)
    grant: Grant
    signed_on: date
    text: str = Field(min_length=1, max_length=100_000)
    text_digest: Digest
    added_at: Instant
    language: str | None = Field(default=None, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    """Of the text (BCP 47)."""
    document: SignedDocument | None = None
    guardian: Guardian | None = None
    """Who signed for a minor; such a release lapses on the day of majority."""
    representation: Representation | None = None
    counterparty: str | None = Field(default=None, min_length=1, max_length=200)
    assigns: tuple[str, ...] | None = None
    signatures: tuple[Signature, ...] | None = None
    shoot: Shoot | None = None
    compensation: Compensation | None = None
    notice_given_at: Instant | None = None
    revocability: Revocability | None = None
    governing_law: str | None = Field(default=None, min_length=1, max_length=200)
    retention: Retention | None = None
    template: Code | None = None
    """The form that it was written on."""
    registered_by: Id | None = None
    """The operator who put it into the books."""


class Title(Grown, Record):
    """The right to a picture, and the faces found in it."""

    KIND = "title"
    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "photographer",
            "notice",
            "credit",
            "captured_on",
            "agreement",
            "licence",
            "moral_rights",
            "property_releases",
            "evidence",
            "registered_by",
            "incoming_manifest",
            "name",
        }
    )
    id: Id
    asset: Asset
    fingerprint: str
    owner: str = Field(min_length=1, max_length=200)
    basis: Basis
    alteration: Alteration
    faces: tuple[FaceBox, ...]
    added_at: Instant
    photographer: str | None = Field(default=None, min_length=1, max_length=200)
    notice: str | None = Field(default=None, min_length=1, max_length=500)
    """The copyright notice."""
    credit: str | None = Field(default=None, min_length=1, max_length=500)
    """The credit that must be given."""
    captured_on: date | None = None
    agreement: Digest | None = None
    """The agreement by which the right came to the owner."""
    licence: Licence | None = None
    moral_rights: Literal["waived", "reserved"] | None = None
    property_releases: tuple[PropertyRelease, ...] | None = None
    evidence: tuple[Digest, ...] | None = None
    registered_by: Id | None = None
    incoming_manifest: str | None = Field(default=None, max_length=200)
    """The label of the C2PA manifest that the picture came with."""
    name: str | None = Field(default=None, min_length=1, max_length=200)
    """What people call the picture. Titles are not sealed, so it should name nobody."""


class FaceTie(Grown, Record):
    """A face of a titled picture tied to a release, or to remain untouched (`release_id` absent)."""

    KIND = "face-tie"
    LATER: ClassVar[frozenset[str]] = frozenset({"not_identifiable"})
    id: Id
    title_id: Id
    face: int = Field(ge=0)
    release_id: Id | None
    added_at: Instant
    not_identifiable: str | None = Field(default=None, min_length=1, max_length=500)
    """Why nobody could be recognised by it; such a face stays untouched too."""


class Revocation(Record):
    """Ends a release, an operator's right to act, or an invitation to sign, from an instant on.

    `by` a person: with a key of their own.
    """

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


class SiblingEdit(Part):
    """A published edit that came, at whatever remove, of the same original: it counts against the most that may be."""

    edit_id: Id
    release_id: Id
    region_px: tuple[tuple[int, int], ...]


class ConsentEvidence(Grown, Record):
    """The registry facts that a decision rests on, as they stood at `as_of`. Absent is absent, never assumed."""

    KIND = "evidence"
    LATER: ClassVar[frozenset[str]] = frozenset(
        {"screening", "approvals", "disputes", "house", "near", "reviews", "siblings"}
    )
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
    approvals: tuple[Approval, ...] | None = None
    """Approvals about this picture or these releases, by a second operator or by the person."""
    disputes: tuple[Dispute, ...] | None = None
    """Disputes over the title or a release, with those that were settled."""
    house: HouseRules | None = None
    near: tuple[NearTitle, ...] | None = None
    """Titles of other owners whose pictures look alike."""
    reviews: tuple[TitleReview, ...] | None = None
    siblings: tuple[SiblingEdit, ...] | None = None
