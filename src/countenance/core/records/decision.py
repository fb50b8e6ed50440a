"""What was asked, what was decided, and the permit that `render` demands."""

from typing import Literal

from pydantic import Field

from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.base import Code, Digest, Id, Instant, Part, Record, UnitName
from countenance.core.records.consent import Limit, Medium, Purpose

Effect = Literal["permit", "deny", "indeterminate"]
Stage = Literal["requested", "measured"]


class EditRequest(Record):
    """An edit as asked for: bounded, hashed, with explicit action units (changes in permille)."""

    KIND = "edit-request"
    edit_id: Id
    asset: Asset
    operator_id: Id
    purpose: Purpose
    medium: Medium
    territory: str = Field(pattern=r"^[A-Z]{2}$")
    face: int | None
    units: dict[UnitName, int]
    requested_at: Instant


class Reason(Part):
    """Why: the id of a policy, and its reason in words."""

    policy: Code
    reason: str


class Decision(Record):
    """Permit, Deny or Indeterminate (XACML's words); Indeterminate acts as Deny."""

    KIND = "decision"
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


class Permit(Record):
    """Leave to render one edit of one face once. `limits` are the release's, in permille."""

    KIND = "permit"
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
    issued_at: Instant
    expires_at: Instant
