"""What verify needs from outside: a mark reader, a fingerprinter, the books as far as they are at hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from countenance.core.records.audit import Receipt
from countenance.core.records.marks import MarkRead
from countenance.core.records.report import ConsentState
from countenance.manifest.ports import ManifestReader, Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEdit:
    """What the local books know of one published edit."""

    edit_id: str
    watermark_id: str
    manifest_id: str
    manifest_digest: str
    output_digest: str
    source_digest: str
    recipe_digest: str
    fingerprint: str
    receipt_id: str
    consent_now: ConsentState
    passphrase_shared: bool
    pixels_digest: str
    units: Mapping[str, int]
    """Changes in permille, as published."""
    purposes: tuple[str, ...] | None
    """What the release is for; None where it was erased."""
    receipt: Receipt
    """Inclusion of the publication entry under a checkpoint that verified."""


class MarkReader(Protocol):
    """Bytes to mark id; torch only behind it."""

    def read(self, data: bytes, media_type: str) -> MarkRead | None:
        """The mark in the picture, or None where none is found."""
        ...

    def fingerprint(self, data: bytes, media_type: str) -> str:
        """The perceptual fingerprint of the picture, hex."""
        ...

    def pixels_digest(self, data: bytes, media_type: str) -> str:
        """Digest of the decoded pixels."""
        ...

    def distance(self, a: str, b: str) -> int:
        """Bits in which two fingerprints differ."""
        ...


class Shelf(Protocol):
    """The local store of manifests and published edits."""

    def by_mark(self, watermark_id: str) -> KnownEdit | None:
        """The edit whose output carries this mark."""
        ...

    def by_receipt(self, receipt_id: str) -> KnownEdit | None:
        """The edit whose manifest holds this receipt."""
        ...

    def manifest(self, manifest_digest: str) -> bytes | None:
        """The manifest store's bytes, integrity checked."""
        ...

    def opens(self, receipt_id: str, commitment: str) -> bool | None:
        """Whether the consent receipt's commitment is to the decision behind the edit; None once its salt is erased."""
        ...

    def near(self, fingerprint: str, *, within_bits: int) -> tuple[tuple[KnownEdit, int], ...]:
        """Published edits whose fingerprint is near, nearest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyTools:
    """What verify works with. Without a mark reader or a shelf the checks that need them are `unchecked`.

    `own_root`: the root (PEM) of the claim signers of the home at hand, whose log knows every file that they signed.
    """

    manifests: ManifestReader
    trust: Trust
    marks: MarkReader | None
    shelf: Shelf | None
    max_pixels: int
    own_root: str | None = None
    marks_problem: str | None = None
    """Why there is no mark reader."""
    shelf_problem: str | None = None
    """Why there is no shelf."""
