"""What the manifest stage needs from outside: a sealer and a reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from countenance.core.records.base import Record


class ManifestDraft(Record):
    """The assertions before signing: the builder's manifest definition and the operator's referenced labels."""

    KIND = "manifest-draft"
    definition: dict[str, Any]
    referenced: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAsset:
    """Bytes with the signed C2PA manifest inside, and the manifest store's own bytes."""

    data: bytes
    media_type: str
    manifest: bytes
    manifest_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """What the XMP packet says about the engine; it is written before there is a recipe."""

    name: str
    version: str
    digital_source_type: str
    toolkit_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Anchors, one set a question, never mixed (PEM; may hold several certificates; absent: not asked)."""

    claim_pem: str
    operators_pem: str | None = None
    tsa_pem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The operator's CAWG identity assertion. `trusted` is None where no operator anchors were given.

    `referenced`: labels of the assertions that the operator really signed, their hashes being those in the claim.
    """

    pseudonym: str
    valid: bool
    trusted: bool | None
    referenced: tuple[str, ...]
    certificate_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestReading:
    """What a manifest says, and which of it holds. Codes are C2PA validation status codes.

    `failures` are those of the active manifest, but for trust and time-stamps, which have fields of their own.
    """

    manifest_id: str
    claim_version: int | None
    data_hash_matches: bool
    failures: tuple[str, ...]
    signature_valid: bool
    claim_trusted: bool
    claim_eku: bool
    signer: str
    """Organisation and common name in the leaf: for people, never to be matched on."""
    timestamp: str | None
    """`trusted`, `untrusted`, `malformed`, or None where the signature carries no time-stamp."""
    timestamp_at: str | None
    signed_at: str | None
    """When the edit says that it was made (`when`): a claim, to be compared with the time-stamp."""
    pad_is_zero: bool
    thumbnails: bool
    actions: tuple[Mapping[str, Any], ...]
    edit: Mapping[str, Any]
    """Parameters of the one `c2pa.edited` action: edit_id, au (permille), recipe_sha256, measured_sha256,
    source_sha256, purpose, operator, region_px (corners of the signed region), and approvals (kind -> digest of the
    record) where a second operator approved; empty where there is not exactly one, or it is not of this form."""
    digital_source_type: str | None
    all_actions_included: bool
    soft_bindings: Mapping[str, str]
    """Algorithm -> value (hex)."""
    receipt: Mapping[str, Any]
    """The one consent receipt, with its schema; empty where there is not exactly one."""
    identity: Identity | None
    ingredient_failures: tuple[str, ...] = field(default=())
    """What does not hold in the parents' own manifests. Whether their signers are trusted is not asked: the anchors are
    those of this organisation, not of the camera's maker."""
    labels: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    """Visible labels: what they say, and the corners of each one's signed region."""
    marking: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of a picture that was only marked: marking_id, source_sha256, operator; empty where it was edited."""
    parent_labelled: bool = False
    """Whether `c2pa.opened` refers to the one parent ingredient."""


class CertifiedKey(Protocol):
    """A private key that only signs, with the certificate chain that goes into the manifest (PEM, leaf first)."""

    @property
    def key_id(self) -> str:
        """Names the key."""
        ...

    @property
    def chain_pem(self) -> str:
        """Leaf, then intermediates, no root."""
        ...

    def sign(self, message: bytes) -> bytes:
        """ECDSA P-256 with SHA-256, DER."""
        ...


class Sealer(Protocol):
    """Signs a draft into encoded bytes. Keys live behind it."""

    def seal(
        self,
        encoded: bytes,
        media_type: str,
        draft: ManifestDraft,
        *,
        parent: bytes,
        parent_type: str,
        component: tuple[bytes, str] | None = None,
    ) -> SealedAsset:
        """Sign, read back, and return the sealed bytes and the manifest store. Raises SealError.

        `component` is the picture that was borrowed from, and its media type, where the draft places one.
        """
        ...


class ManifestReader(Protocol):
    """Reads manifests: one Reader a trust question, nothing fetched."""

    def read(
        self, data: bytes, media_type: str, trust: Trust, *, manifest: bytes | None = None
    ) -> ManifestReading | None:
        """What the embedded (or given) manifest says; None where there is none.

        Raises EvidenceError where bytes pretend to be a manifest and cannot be read, ConfigError for anchors that are
        no certificates.
        """
        ...
