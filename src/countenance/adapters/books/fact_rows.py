"""Tables of facts: the canonical bytes of a record beside the columns by which it is found."""

from typing import Any, ClassVar, Self

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from countenance.core.records.audit import Publication
from countenance.core.records.base import Record
from countenance.core.records.consent import (
    DepictedPerson,
    FaceTie,
    ModelRelease,
    Operator,
    Organisation,
    Revocation,
    Title,
)
from countenance.core.records.decision import Decision
from countenance.core.records.erasure import Erasure
from countenance.core.records.keys import KeyChange
from countenance.core.records.marks import Marking
from countenance.core.records.oversight import Approval, Dispute, HouseRules, TitleReview
from countenance.core.records.screening import Clearance
from countenance.core.records.signing import Invitation, Signing
from countenance.core.records.status import StatusIssue, WithdrawalLink


class FactRow(SQLModel):
    """What every fact has: its order of arrival, its id and its bytes."""

    RECORD: ClassVar[type[Record]]

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    record: bytes = Field(sa_type=LargeBinary)

    @classmethod
    def from_record(cls, record: Any) -> Self:
        """The row of a record."""
        return cls(id=record.id, record=record.canonical(), **cls.columns(record))

    @classmethod
    def columns(cls, record: Any) -> dict[str, Any]:
        """The columns by which the record is found, but its id."""
        del record
        return {}

    @classmethod
    def to_record(cls, data: bytes) -> Any:
        """The record in a row's bytes. Raises CountenanceError where they are damaged."""
        return cls.RECORD.from_bytes(data)


class OrganisationRow(FactRow, table=True):
    """The one organisation of these books."""

    __tablename__ = "organisation"
    RECORD = Organisation
    only: int = Field(default=1, unique=True)


class OperatorRow(FactRow, table=True):
    """An operator."""

    __tablename__ = "operator"
    RECORD = Operator


class PersonRow(FactRow, table=True):
    """A depicted person."""

    __tablename__ = "person"
    RECORD = DepictedPerson


class ReleaseRow(FactRow, table=True):
    """A model release."""

    __tablename__ = "model_release"
    RECORD = ModelRelease
    person_id: str = Field(foreign_key="person.id", index=True)

    @classmethod
    def columns(cls, record: ModelRelease) -> dict[str, Any]:
        """Whose release it is."""
        return {"person_id": record.person_id}


class VersionRow(FactRow):
    """A later version of a fact: `id` says of what, and which."""

    of_id: str

    @classmethod
    def from_record(cls, record: Any) -> Self:
        """The row of a record, under an id of its own."""
        return cls(id=f"{record.id}.{record.version}", record=record.canonical(), **cls.columns(record))

    @classmethod
    def columns(cls, record: Any) -> dict[str, Any]:
        """Of what."""
        return {"of_id": record.id}


class PersonVersionRow(VersionRow, table=True):
    """What is known of a person since."""

    __tablename__ = "person_version"
    RECORD = DepictedPerson
    of_id: str = Field(foreign_key="person.id", index=True)


class ReleaseVersionRow(VersionRow, table=True):
    """A version of a model release that supersedes the ones before it."""

    __tablename__ = "model_release_version"
    RECORD = ModelRelease
    of_id: str = Field(foreign_key="model_release.id", index=True)


class TitleRow(FactRow, table=True):
    """The right to a picture."""

    __tablename__ = "title"
    RECORD = Title
    asset_digest: str = Field(index=True)

    @classmethod
    def columns(cls, record: Title) -> dict[str, Any]:
        """Which picture."""
        return {"asset_digest": record.asset.digest_of_file}


class FaceTieRow(FactRow, table=True):
    """A face tied to a release, or left untouched."""

    __tablename__ = "face_tie"
    RECORD = FaceTie
    title_id: str = Field(foreign_key="title.id", index=True)
    release_id: str | None = Field(foreign_key="model_release.id", index=True)

    @classmethod
    def columns(cls, record: FaceTie) -> dict[str, Any]:
        """Which title, which release."""
        return {"title_id": record.title_id, "release_id": record.release_id}


class RevocationRow(FactRow, table=True):
    """The end of a release, of an operator's right to act, or of an invitation to sign."""

    __tablename__ = "revocation"
    RECORD = Revocation
    of_id: str = Field(index=True)

    @classmethod
    def columns(cls, record: Revocation) -> dict[str, Any]:
        """What ends."""
        return {"of_id": record.of_id}


class DecisionRow(FactRow, table=True):
    """A decision, whatever it says."""

    __tablename__ = "decision"
    RECORD = Decision
    edit_id: str = Field(index=True)

    @classmethod
    def columns(cls, record: Decision) -> dict[str, Any]:
        """Of which edit."""
        return {"edit_id": record.edit_id}


class PublicationRow(FactRow, table=True):
    """A published edit; its id is the edit's."""

    __tablename__ = "publication"
    RECORD = Publication
    watermark_id: str = Field(unique=True)
    receipt_id: str = Field(unique=True)
    manifest_digest: str = Field(foreign_key="manifest.digest")
    fingerprint: str
    operator_id: str = Field(foreign_key="operator.id")
    log_index: int = Field(foreign_key="log_leaf.index", unique=True)
    release_id: str
    source_digest: str
    output_digest: str = Field(index=True)
    reference_digest: str | None
    reference_release_id: str | None
    manifest_id: str = Field(index=True)
    published_at: str
    __table_args__ = tuple(
        Index(
            f"ix_publication_{name}", name, "id", "output_digest"
        )  # what is asked stands in the index: records are long
        for name in ("release_id", "source_digest", "reference_digest", "reference_release_id")
    )

    @classmethod
    def columns(cls, record: Publication) -> dict[str, Any]:
        """By what it came to be, and what came of it."""
        return {
            "release_id": record.release_id,
            "source_digest": record.source_digest,
            "output_digest": record.output_digest,
            "reference_digest": record.recipe.reference_digest,
            "manifest_id": record.manifest_id,
            "published_at": record.at,
        }


class MarkingRow(FactRow, table=True):
    """A picture that was marked and not edited."""

    __tablename__ = "marking"
    RECORD = Marking
    watermark_id: str = Field(unique=True)
    manifest_digest: str = Field(foreign_key="manifest.digest")
    fingerprint: str
    operator_id: str = Field(foreign_key="operator.id")
    log_index: int = Field(foreign_key="log_leaf.index", unique=True)
    source_digest: str = Field(index=True)
    output_digest: str = Field(index=True)
    manifest_id: str = Field(index=True)

    @classmethod
    def columns(cls, record: Marking) -> dict[str, Any]:
        """By what it is found."""
        return {
            "watermark_id": record.watermark_id,
            "manifest_digest": record.manifest_digest,
            "fingerprint": record.fingerprint,
            "operator_id": record.operator_id,
            "source_digest": record.source_digest,
            "output_digest": record.output_digest,
            "manifest_id": record.manifest_id,
        }


class WithdrawalLinkRow(FactRow, table=True):
    """The public half of what a person was handed to withdraw by themselves."""

    __tablename__ = "withdrawal_link"
    RECORD = WithdrawalLink
    release_id: str = Field(foreign_key="model_release.id", index=True)

    @classmethod
    def columns(cls, record: WithdrawalLink) -> dict[str, Any]:
        """For which release."""
        return {"release_id": record.release_id}


class InvitationRow(FactRow, table=True):
    """What a person is invited to sign, and the public half of their key for it."""

    __tablename__ = "invitation"
    RECORD = Invitation


class SigningRow(FactRow, table=True):
    """A person signed: each invitation once."""

    __tablename__ = "signing"
    RECORD = Signing
    invitation_id: str = Field(unique=True)
    release_id: str = Field(index=True)

    @classmethod
    def columns(cls, record: Signing) -> dict[str, Any]:
        """What was signed."""
        return {"invitation_id": record.invitation_id, "release_id": record.release_id}


class StatusIssueRow(FactRow, table=True):
    """A status list that was signed."""

    __tablename__ = "status_issue"
    RECORD = StatusIssue


class ClearanceRow(FactRow, table=True):
    """An approver looked at a picture, and cleared it."""

    __tablename__ = "screening_clearance"
    RECORD = Clearance
    asset_digest: str = Field(index=True)

    @classmethod
    def columns(cls, record: Clearance) -> dict[str, Any]:
        """Of which picture."""
        return {"asset_digest": record.asset_digest}


class ApprovalRow(FactRow, table=True):
    """A yes of a second operator, or of the person."""

    __tablename__ = "approval"
    RECORD = Approval
    asset_digest: str = Field(index=True)

    @classmethod
    def columns(cls, record: Approval) -> dict[str, Any]:
        """About which picture."""
        return {"asset_digest": record.asset_digest}


class DisputeRow(FactRow, table=True):
    """A title or a release is contested, or no longer."""

    __tablename__ = "dispute"
    RECORD = Dispute
    of_id: str = Field(index=True)

    @classmethod
    def columns(cls, record: Dispute) -> dict[str, Any]:
        """What is contested."""
        return {"of_id": record.of_id}


class TitleReviewRow(FactRow, table=True):
    """Somebody compared two pictures that look alike."""

    __tablename__ = "title_review"
    RECORD = TitleReview
    title_id: str = Field(index=True)
    other_id: str = Field(index=True)

    @classmethod
    def columns(cls, record: TitleReview) -> dict[str, Any]:
        """Which two titles."""
        return {"title_id": record.title_id, "other_id": record.other_id}


class HouseRulesRow(FactRow, table=True):
    """What the organisation asks of itself from then on."""

    __tablename__ = "house_rules"
    RECORD = HouseRules


class KeyChangeRow(FactRow, table=True):
    """A key or a passphrase that took the place of another."""

    __tablename__ = "key_change"
    RECORD = KeyChange
    of_id: str = Field(index=True)

    @classmethod
    def columns(cls, record: KeyChange) -> dict[str, Any]:
        """Whose."""
        return {"of_id": record.of_id}


class ErasureRow(FactRow, table=True):
    """Something was erased."""

    __tablename__ = "erasure"
    RECORD = Erasure
