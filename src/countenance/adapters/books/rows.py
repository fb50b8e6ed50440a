"""The tables. Facts are kept as the canonical bytes of their records, beside the columns by which they are found.

Nothing is ever updated: triggers abort it. What has to be erasable (statements with their salts, receipt salts,
manifests, and what is known of persons, releases and titles) may be deleted; nothing else may.
"""

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
from countenance.core.records.keys import KeyChange
from countenance.core.records.oversight import Approval, Dispute, HouseRules, TitleReview
from countenance.core.records.screening import Clearance
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
    """The end of a release, or of an operator's right to act."""

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


class WithdrawalLinkRow(FactRow, table=True):
    """The public half of what a person was handed to withdraw by themselves."""

    __tablename__ = "withdrawal_link"
    RECORD = WithdrawalLink
    release_id: str = Field(foreign_key="model_release.id", index=True)

    @classmethod
    def columns(cls, record: WithdrawalLink) -> dict[str, Any]:
        """For which release."""
        return {"release_id": record.release_id}


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


class StatusEntryRow(SQLModel, table=True):
    """An entry of a status list that is taken, by a file or by one of its decoys, which turn with it."""

    __tablename__ = "status_entry"
    number: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    edit_id: str
    decoy: bool
    __table_args__ = (Index("ix_status_entry_edit_id", "edit_id", "number", "place", "decoy"),)


class DeliveryRow(SQLModel, table=True):
    """Where a published file was put, and for what use; a name of a file may be personal, so it is erasable."""

    __tablename__ = "delivery"
    edit_id: str = Field(primary_key=True)
    path: str
    purpose: str
    medium: str
    territory: str


class ManifestRow(SQLModel, table=True):
    """A manifest store, under the digest of its bytes."""

    __tablename__ = "manifest"
    digest: str = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)


class ReceiptSaltRow(SQLModel, table=True):
    """What opens a consent receipt's commitment; erasable."""

    __tablename__ = "receipt_salt"
    receipt_id: str = Field(primary_key=True)
    salt: bytes = Field(sa_type=LargeBinary)


class PermitRow(SQLModel, table=True):
    """A permit that was used."""

    __tablename__ = "permit"
    nonce: str = Field(primary_key=True)
    edit_id: str


class MarkRow(SQLModel, table=True):
    """A mark id that is taken."""

    __tablename__ = "mark"
    mark_id: str = Field(primary_key=True)
    edit_id: str


class LeafRow(SQLModel, table=True):
    """A leaf of the log; nothing personal."""

    __tablename__ = "log_leaf"
    index: int = Field(primary_key=True)
    leaf: bytes = Field(sa_type=LargeBinary)


class StatementRow(SQLModel, table=True):
    """What opens a leaf; erasable."""

    __tablename__ = "log_statement"
    index: int = Field(primary_key=True, foreign_key="log_leaf.index")
    envelope: bytes = Field(sa_type=LargeBinary)
    salt: bytes = Field(sa_type=LargeBinary)


class NodeRow(SQLModel, table=True):
    """The hash of a complete subtree."""

    __tablename__ = "log_node"
    level: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    hash: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(SQLModel, table=True):
    """A signed tree head."""

    __tablename__ = "log_checkpoint"
    size: int = Field(primary_key=True)
    note: str


FACTS: tuple[type[FactRow], ...] = (
    OrganisationRow,
    OperatorRow,
    PersonRow,
    ReleaseRow,
    TitleRow,
    FaceTieRow,
    RevocationRow,
    DecisionRow,
    WithdrawalLinkRow,
    StatusIssueRow,
    KeyChangeRow,
    ClearanceRow,
    ApprovalRow,
    DisputeRow,
    TitleReviewRow,
    HouseRulesRow,
)
"""Facts that `Books.add` takes, by the type of their record."""
VERSIONS: tuple[type[VersionRow], ...] = (PersonVersionRow, ReleaseVersionRow)
"""Where later versions of a fact are kept."""
SINCE: dict[type[SQLModel], int] = {
    KeyChangeRow: 3,
    ClearanceRow: 4,
    **dict.fromkeys((*VERSIONS, ApprovalRow, DisputeRow, TitleReviewRow, HouseRulesRow), 5),
}
"""The schema that a table came with: older books, which are only read, have none."""

_FOR_GOOD: tuple[type[SQLModel], ...] = (
    OrganisationRow,
    OperatorRow,
    RevocationRow,
    DecisionRow,
    PublicationRow,
    LeafRow,
    NodeRow,
    CheckpointRow,
    PermitRow,
    MarkRow,
    StatusIssueRow,
    StatusEntryRow,
    KeyChangeRow,
    DisputeRow,
    TitleReviewRow,
    HouseRulesRow,
)
_ERASABLE: tuple[type[SQLModel], ...] = (
    PersonRow,
    ReleaseRow,
    TitleRow,
    FaceTieRow,
    ManifestRow,
    ReceiptSaltRow,
    StatementRow,
    WithdrawalLinkRow,
    DeliveryRow,
    ClearanceRow,
    PersonVersionRow,
    ReleaseVersionRow,
    ApprovalRow,
)


def tables() -> list[Any]:
    """The SQLAlchemy tables, of these rows only."""
    return [table_of(row) for row in (*_FOR_GOOD, *_ERASABLE)]


def table_of(row: type[SQLModel]) -> Any:
    """The SQLAlchemy table of a row."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


def triggers() -> list[str]:
    """SQL that makes the database itself refuse changes."""
    refused = [(row, "update") for row in (*_FOR_GOOD, *_ERASABLE)] + [(row, "delete") for row in _FOR_GOOD]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {row.__tablename__}_no_{act} BEFORE {act.upper()} ON {row.__tablename__} "
        f"BEGIN SELECT RAISE(ABORT, 'never {act}d'); END"
        for row, act in refused
    ]
