"""What was asked, what was decided, and the permit that `render` demands."""

from typing import ClassVar, Literal

from pydantic import Field

from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.base import Code, Digest, Grown, Id, Instant, Record, UnitName
from countenance.core.records.market import DutyNote, LabelKind, MarketId
from countenance.core.records.oversight import Approved
from countenance.core.records.terms import Limit, Medium, Purpose, SensitiveUse

Effect = Literal["permit", "deny", "indeterminate"]
Stage = Literal["requested", "measured"]


class EditRequest(Grown, Record):
    """An edit as asked for: bounded, hashed, with explicit action units (changes in permille)."""

    KIND = "edit-request"
    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "markets",
            "labels",
            "advertiser",
            "product_line",
            "campaign",
            "platform",
            "client",
            "sensitive_uses",
            "targets",
            "time_stamp",
        }
    )
    edit_id: Id
    asset: Asset
    operator_id: Id
    purpose: Purpose
    medium: Medium
    territory: str = Field(pattern=r"^[A-Z]{2}$")
    face: int | None
    units: dict[UnitName, int]
    requested_at: Instant
    markets: tuple[MarketId, ...] | None = None
    """Whose rule packs are asked besides the house rules."""
    labels: tuple[LabelKind, ...] | None = None
    """Visible labels that are to be drawn into the picture."""
    advertiser: str | None = Field(default=None, min_length=1, max_length=200)
    product_line: str | None = Field(default=None, min_length=1, max_length=200)
    campaign: str | None = Field(default=None, min_length=1, max_length=200)
    platform: str | None = Field(default=None, min_length=1, max_length=200)
    client: str | None = Field(default=None, min_length=1, max_length=200)
    """Who gets the file; in the books only, never in a manifest."""
    sensitive_uses: tuple[SensitiveUse, ...] | None = None
    """What the use touches, as the operator declares it; none where absent."""
    targets: dict[UnitName, int] | None = None
    """What the face is to show in the end, where that was asked for rather than a change."""
    time_stamp: Literal[True] | None = None
    """That a trusted time-stamp goes into the file; none does where absent."""


class Excess(Grown):
    """By how much something goes too far, in permille: what, how much of it, how much is allowed."""

    LATER: ClassVar[frozenset[str]] = frozenset({"unit", "error_permille"})
    what: Literal["asked", "asked in all", "measured", "measured in all", "shown", "lids down", "sides apart", "drift"]
    value_permille: int
    limit_permille: int
    over_permille: int = Field(ge=1)
    """Beyond the limit, and beyond the error where there is one."""
    unit: UnitName | None = None
    error_permille: int | None = None


class Reason(Grown):
    """Why: the id of a policy, and its reason in words; of a market's rule also the law and since when it holds."""

    LATER: ClassVar[frozenset[str]] = frozenset({"law", "since", "excess"})
    policy: Code
    reason: str
    law: str | None = None
    since: str | None = None
    excess: tuple[Excess, ...] | None = None
    """By how much, where a limit was passed; `reason` says it too."""


class Decision(Grown, Record):
    """Permit, Deny or Indeterminate (XACML's words); Indeterminate acts as Deny."""

    KIND = "decision"
    LATER: ClassVar[frozenset[str]] = frozenset({"duties", "request"})
    id: Id
    edit_id: Id
    stage: Stage
    face: int | None
    effect: Effect
    reasons: tuple[Reason, ...]
    request_digest: Digest
    evidence_digest: Digest
    policy_digest: Digest
    measured_digest: Digest | None = None
    at: Instant
    duties: tuple[DutyNote, ...] | None = None
    """What the markets asked for want, where any was named."""
    request: EditRequest | None = None
    """What was asked, so that the decision can be taken again under other rules."""


class Permit(Grown, Record):
    """Leave to render one edit of one face once. `limits` are the release's, in permille."""

    KIND = "permit"
    LATER: ClassVar[frozenset[str]] = frozenset({"labels", "release_version", "approvals"})
    nonce: str = Field(pattern=r"^[0-9a-f]{32}$")
    edit_id: Id
    decision_id: Id
    request_digest: Digest
    asset: Asset
    face: FaceBox
    others: tuple[FaceBox, ...]
    units: dict[UnitName, int]
    limits: dict[UnitName, Limit]
    release_id: Id
    keep_landmarks: bool = False
    """Whether the release lets the landmarks of this edit be kept, encrypted, for replay."""
    issued_at: Instant
    expires_at: Instant
    labels: tuple[LabelKind, ...] | None = None
    release_version: int | None = None
    """Absent for the first version."""
    approvals: dict[Approved, Digest] | None = None
    """The second operators' approvals without which it would not have been given, by kind."""
