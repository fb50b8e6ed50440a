"""Tables of what is no fact: entries, manifests, salts, keys, permits, marks, and the log."""

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel


class PersonKeyRow(SQLModel, table=True):
    """The key under which a person's records are sealed, wrapped under the registry key; erasable, and them with it."""

    __tablename__ = "person_key"
    person_id: str = Field(primary_key=True)
    wrapped: bytes = Field(sa_type=LargeBinary)


class StatusEntryRow(SQLModel, table=True):
    """An entry of a status list that is taken, by a file or by one of its decoys, which turn with it."""

    __tablename__ = "status_entry"
    number: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    edit_id: str
    decoy: bool
    __table_args__ = (Index("ix_status_entry_edit_id", "edit_id", "number", "place", "decoy"),)


class DeliveryRow(SQLModel, table=True):
    """Where a published file was put, for whom and for what use; a name may be personal, so it is erasable."""

    __tablename__ = "delivery"
    edit_id: str = Field(primary_key=True)
    path: str
    purpose: str
    medium: str
    territory: str
    client: str | None = None
    """Since schema 5."""


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
