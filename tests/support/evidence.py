"""What verify is told, without a manifest, a picture or a database behind it: one edit of which everything holds."""

import io
from dataclasses import dataclass, field, replace

from PIL import Image

from countenance.core.digest import of_file
from countenance.core.records.audit import Checkpoint, Receipt
from countenance.core.records.marks import MarkRead
from countenance.manifest.labels import COMPOSITE_SYNTHETIC, FINGERPRINT_PREFIX, REFERENCED, WATERMARK_PREFIX
from countenance.manifest.ports import Identity, ManifestReading, Trust
from countenance.testing.worlds import an_id
from countenance.verify.ports import Alike, KnownEdit, VerifyTools

MARK, OTHER_MARK = "0123456ab", "fedcba987"
PRINT = "00ff" * 16
CODE = "2107" + "0ff0" * 16
OWN_ROOT = "the home's own root"
SOURCE = b"the unedited picture"
COMMITMENT = "hmac-sha256:" + "e" * 64


def a_picture(form: str) -> bytes:
    """A whole picture file; the doubles see in it whatever they are told."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (9, 9, 9)).save(out, form)
    return out.getvalue()


PUBLISHED = a_picture("PNG")
"""The published file of the edit that the books know."""

IDENTITY = Identity(pseudonym="op-1", valid=True, trusted=True, referenced=REFERENCED, certificate_sha256=None)
READING = ManifestReading(
    manifest_id="urn:c2pa:1",
    claim_version=2,
    data_hash_matches=True,
    failures=(),
    signature_valid=True,
    claim_trusted=True,
    claim_eku=True,
    signer="Studio, Claim signer",
    timestamp=None,
    timestamp_at=None,
    signed_at=None,
    pad_is_zero=True,
    thumbnails=False,
    actions=({"action": "c2pa.opened"}, {"action": "c2pa.edited"}, {"action": "c2pa.watermarked.bound"}),
    edit={
        "edit_id": an_id("edit"),
        "au": {"AU12": 400},
        "recipe_sha256": of_file(b"recipe"),
        "measured_sha256": of_file(b"measured"),
        "source_sha256": of_file(SOURCE),
        "purpose": "advertising",
        "operator": "op-1",
    },
    digital_source_type=COMPOSITE_SYNTHETIC,
    all_actions_included=True,
    soft_bindings={f"{WATERMARK_PREFIX}x": MARK, f"{FINGERPRINT_PREFIX}x": PRINT},
    receipt={
        "receipt_id": an_id("receipt"),
        "state": "active",
        "purpose": "advertising",
        "commitment": COMMITMENT,
    },
    identity=IDENTITY,
    parent_labelled=True,
)
FOREIGN = replace(
    READING,
    claim_trusted=False,
    actions=({"action": "c2pa.created"},),
    edit={},
    receipt={},
    soft_bindings={},
    identity=None,
    digital_source_type=None,
    parent_labelled=False,
)
"""A camera's manifest, or anyone's: it says nothing of an edited expression."""
KNOWN = KnownEdit(
    edit_id=an_id("edit"),
    watermark_id=MARK,
    manifest_id="urn:c2pa:1",
    manifest_digest=of_file(b"manifest"),
    output_digest=of_file(PUBLISHED),
    source_digest=of_file(SOURCE),
    recipe_digest=of_file(b"recipe"),
    fingerprint=PRINT,
    receipt_id=an_id("receipt"),
    consent_now="active",
    passphrase_shared=False,
    pixels_digest=of_file(b"pixels"),
    units={"AU12": 400},
    purposes=("advertising", "editorial"),
    receipt=Receipt(
        index=4,
        leaf="{}",
        proof_hex=(),
        checkpoint=Checkpoint(origin="log.example", size=5, root_hex="00" * 32, note=""),
    ),
)


def bits_between(a: str, b: str) -> int:
    """Bits in which two hex texts differ."""
    return (int(a, 16) ^ int(b, 16)).bit_count()


def spoilt(fingerprint: str, bits: int) -> str:
    """The fingerprint of a picture that differs in that many bits."""
    return f"{int(fingerprint, 16) ^ (2**bits - 1):0{len(fingerprint)}x}"


@dataclass
class Readers:
    """`ManifestReader`: what is said of the file, and of a stored manifest that is held beside it."""

    embedded: ManifestReading | Exception | None = READING
    stored: ManifestReading | Exception | None = READING
    given: list[bytes | None] = field(default_factory=list)

    def read(self, data, media_type, trust, *, manifest=None):
        self.given.append(manifest)
        found = self.embedded if manifest is None else self.stored
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class Marks:
    """`MarkReader`: what is seen in the pixels."""

    mark: MarkRead | Exception | None = field(default_factory=lambda: MarkRead(mark_id=MARK, whole=True))
    print_: str = PRINT
    pixels: str = KNOWN.pixels_digest
    compare_fails: Exception | None = None
    turned: bool = False
    likeness: int = 0
    area: int = 1000

    under: dict[str, MarkRead | Exception] = field(default_factory=dict)
    """What else is read, by the name of its kind."""

    def read(self, data, media_type, *, algorithm=None):
        found = self.under.get(algorithm, self.mark)
        if isinstance(found, Exception):
            raise found
        return found

    def beside(self, data, media_type):
        return tuple(self.under.values())

    def fingerprint(self, data, media_type):
        return self.print_

    def pixels_digest(self, data, media_type):
        return self.pixels

    def compare(self, data, media_type, *, fingerprint, content_code, grid):
        if self.compare_fails:
            raise self.compare_fails
        return Alike(
            phash_bits=bits_between(self.print_, fingerprint),
            turned=self.turned,
            iscc_bits=None if content_code is None else bits_between(CODE, content_code),
            likeness_permille=None if grid is None else self.likeness,
            area_permille=None if grid is None else self.area,
        )


@dataclass
class Books:
    """`Shelf` of some published edits."""

    edits: tuple[KnownEdit, ...] = (KNOWN,)
    manifests: dict[str, bytes] = field(default_factory=lambda: {KNOWN.manifest_digest: b"manifest"})
    fails: Exception | None = None
    revoked: dict[str, str] = field(default_factory=dict)
    """Instants at which operators' rights to act ended, by pseudonym."""
    commitment: str | None = COMMITMENT
    """None once what opens it was erased."""

    def by_mark(self, watermark_id):
        return self._one("watermark_id", watermark_id)

    def by_receipt(self, receipt_id):
        return self._one("receipt_id", receipt_id)

    def manifest(self, manifest_digest):
        return self.manifests.get(manifest_digest)

    def opens(self, receipt_id, commitment):
        return None if self.commitment is None else commitment == self.commitment

    def revoked_at(self, pseudonym):
        if self.fails:
            raise self.fails
        return self.revoked.get(pseudonym)

    def near(self, fingerprint, *, within_bits):
        if self.fails:
            raise self.fails
        found = [(edit, bits_between(fingerprint, edit.fingerprint)) for edit in self.edits]
        return tuple(sorted((one for one in found if one[1] <= within_bits), key=lambda one: one[1]))

    def _one(self, name, value):
        if self.fails:
            raise self.fails
        return next((edit for edit in self.edits if getattr(edit, name) == value), None)


def tools(manifests=None, marks=None, shelf=None, *, max_pixels=10**9, **more) -> VerifyTools:
    """Tools with nothing at hand but what is given."""
    return VerifyTools(
        manifests=manifests or Readers(),
        trust=Trust(claim_pem=OWN_ROOT),
        marks=marks,
        shelf=shelf,
        max_pixels=max_pixels,
        **more,
    )
