"""What verify needs from outside: a mark reader, a fingerprinter, the books as far as they are at hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from countenance.core.records.audit import Receipt
from countenance.core.records.marks import MarkRead
from countenance.core.records.recipe import EditRecipe, Measured
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
    """Of a picture that was marked, and not edited: empty, as are the recipe's digest and the units."""
    consent_now: ConsentState
    passphrase_shared: bool
    pixels_digest: str
    units: Mapping[str, int]
    """Changes in permille, as published."""
    purposes: tuple[str, ...] | None
    """What the release is for; None where it was erased."""
    receipt: Receipt
    """Inclusion of the publication entry under a checkpoint that verified."""
    recipe: EditRecipe | None = None
    measured: Measured | None = None
    published_at: str | None = None
    """The instant of the log's entry."""
    same_hand: bool = False
    """Whether the operator who edited also registered the title or the model release."""
    approvals: Mapping[str, str] | None = None
    """Approvals of the source by other operators than who edited: digest of the record -> kind; None: not known."""
    marked_only: bool = False
    content_code: str | None = None
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """How a picture compares with the fingerprints of another one, in bits that differ."""

    phash_bits: int
    """The least over the eight ways in which a picture can be turned and mirrored."""
    turned: bool = False
    """Whether that is another way than upright."""
    iscc_bits: int | None = None
    likeness_permille: int | None = None
    """Of the place where it lies best in the other one, as a crop; None where that was not asked."""
    straightened: bool = False
    """Whether these are the distances of what it shows in the frame that its mark lies in, and not of the whole."""
    area_permille: int | None = None
    """The share of the other picture's area that it shows there."""


class MarkReader(Protocol):
    """Bytes to mark id; torch only behind it."""

    def read(self, data: bytes, media_type: str, *, algorithm: str | None = None) -> MarkRead | None:
        """The mark in the picture, or None where none is found; with an `algorithm`, one of that kind.

        Raises UncheckedError where marks of that kind cannot be read here.
        """
        ...

    def beside(self, data: bytes, media_type: str) -> tuple[MarkRead, ...]:
        """Marks of other kinds than the one that `read` gives."""
        ...

    def fingerprint(self, data: bytes, media_type: str) -> str:
        """The perceptual fingerprint of the picture, hex."""
        ...

    def pixels_digest(self, data: bytes, media_type: str) -> str:
        """Digest of the decoded pixels."""
        ...

    def compare(
        self, data: bytes, media_type: str, *, fingerprint: str, content_code: str | None, grid: str | None
    ) -> Alike:
        """The picture beside the fingerprints of another one.

        Raises UncheckedError where one of them is not of the kind that is known here.
        """
        ...


class Eyes(Protocol):
    """Bytes to pixels and faces; torch only behind it."""

    @property
    def engine(self) -> str:
        """Name and version of the perception, as a recipe has them: `warp 1`."""
        ...

    def levels(self, data: bytes, media_type: str) -> NDArray[np.float32]:
        """The upright picture, h w 3, in levels of 255."""
        ...

    def changes(
        self, published: bytes, media_type: str, original: bytes, original_type: str, polygon: Sequence[tuple[int, int]]
    ) -> Mapping[str, tuple[int, int]]:
        """Change and published error of each unit in permille, read anew from both pictures, of the polygon's face."""
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

    def revoked_at(self, pseudonym: str) -> str | None:
        """When the right of the operator with this pseudonym to act ended; None where it did not, or nobody has it."""
        ...

    def near(self, fingerprint: str, *, within_bits: int) -> tuple[tuple[KnownEdit, int], ...]:
        """Published edits whose fingerprint is near, nearest first."""
        ...


class ManifestStore(Protocol):
    """A manifest store that anybody may keep: signed entries by what finds them, and manifests by digest."""

    def by_mark(self, watermark_id: str) -> Iterable[bytes]:
        """Signed entries that are filed under this mark."""
        ...

    def near(self, fingerprint: str, *, within_bits: int) -> Iterable[tuple[bytes, int]]:
        """Signed entries that are filed under a fingerprint so near, nearest first."""
        ...

    def manifest(self, manifest_digest: str) -> bytes | None:
        """The manifest's bytes, integrity checked."""
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
    keys_lent: bool = False
    """Whether marks of another house are looked for, too."""
    marks_problem: str | None = None
    """Why there is no mark reader."""
    shelf_problem: str | None = None
    """Why there is no shelf."""
    eyes: Eyes | None = None
    """What compares a picture with its original."""
    status_list: bytes | None = None
    """A published status list, as a signed token, where the user gave one."""
    store: ManifestStore | None = None
