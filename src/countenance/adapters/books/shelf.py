"""Published edits and their manifests, marks taken, permits used; and the shelf that verify reads."""

from contextlib import nullcontext

from sqlalchemy import insert, select

from countenance.adapters.books import fact_rows, kept_rows, rows
from countenance.adapters.books.marked import Markings
from countenance.audit.append import receipt_at
from countenance.core import digest
from countenance.core.records.audit import Publication
from countenance.core.records.consent import ModelRelease
from countenance.core.records.decision import Decision
from countenance.core.records.marks import Marking
from countenance.core.records.report import ConsentState
from countenance.errors import CountenanceError, DeniedError, EvidenceError, StoreError
from countenance.manifest.receipt import opening
from countenance.verify.ports import KnownEdit

_PUBLICATION = rows.table_of(fact_rows.PublicationRow)
_MANIFEST = rows.table_of(kept_rows.ManifestRow)
_SALT = rows.table_of(kept_rows.ReceiptSaltRow)
_PERMIT = rows.table_of(kept_rows.PermitRow)
_MARK = rows.table_of(kept_rows.MarkRow)


class Publications(Markings):
    """What was let out, and what may happen only once."""

    def use_permit(self, nonce: str, edit_id: str) -> None:
        """Note that a permit was used, inside a transaction.

        Raises:
            DeniedError: it was used before.
        """
        if not self._take(_PERMIT, {"nonce": nonce, "edit_id": edit_id}):
            raise DeniedError("this permit was used already", hint="ask for the edit again")

    def reserve_mark(self, mark_id: str, edit_id: str) -> bool:
        """Take a mark id (9 hex digits) for an edit, at once and for good; False where it is taken already."""
        with nullcontext() if self.in_transaction else self.transaction():
            return self._take(_MARK, {"mark_id": mark_id, "edit_id": edit_id})

    def add_publication(self, publication: Publication, manifest: bytes, receipt_salt: bytes, operator_id: str) -> None:
        """Keep what may be let out, right after its entry was logged, in the same transaction.

        Raises:
            EvidenceError: the manifest is not the one that the publication names.
            ConfigError: no such operator.
            LogUnavailableError: the log's last entry is not a publication of that instant.
            StoreError: the edit, its mark or its receipt is published already, or the database failed.
        """
        if digest.of_file(manifest) != publication.manifest_digest:
            raise EvidenceError("the manifest is not the one that the publication names")
        row = {
            "id": publication.edit_id,
            "record": publication.canonical(),
            "watermark_id": publication.watermark_id,
            "receipt_id": publication.receipt_id,
            "manifest_digest": publication.manifest_digest,
            "fingerprint": publication.fingerprint,
            "operator_id": operator_id,
            "log_index": self._last_logged("publication", publication.at),
            "reference_release_id": self._lender(publication),
            **fact_rows.PublicationRow.columns(publication),
        }
        self._take(_MANIFEST, {"digest": publication.manifest_digest, "data": manifest})
        with self.writing() as connection:
            connection.execute(insert(_SALT), {"receipt_id": publication.receipt_id, "salt": receipt_salt})
            connection.execute(insert(_PUBLICATION), row)

    def publication(self, edit_id: str) -> Publication | None:
        """The publication of an edit."""
        found = self.published(id=edit_id)
        return found[0][0] if found else None

    def receipt_salt(self, receipt_id: str) -> bytes | None:
        """What opens a consent receipt's commitment; None once erased."""
        query = select(_SALT.c.salt).where(_SALT.c.receipt_id == receipt_id)
        with self.reading() as connection:
            salt: bytes | None = connection.execute(query).scalar_one_or_none()
        return salt

    def manifest(self, manifest_digest: str) -> bytes | None:
        """The manifest store's bytes.

        Raises:
            EvidenceError: the kept bytes are not those of the digest.
        """
        query = select(_MANIFEST.c.data).where(_MANIFEST.c.digest == manifest_digest)
        with self.reading() as connection:
            data: bytes | None = connection.execute(query).scalar_one_or_none()
        if data is not None and digest.of_file(data) != manifest_digest:
            raise EvidenceError("the kept manifest is damaged")
        return data

    def published(self, **where: str) -> list[tuple[Publication, str, int]]:
        """Publications with their operators' ids and log indexes."""
        query = select(_PUBLICATION.c.record, _PUBLICATION.c.operator_id, _PUBLICATION.c.log_index)
        for name, value in where.items():
            query = query.where(_PUBLICATION.c[name] == value)
        with self.reading() as connection:
            found = connection.execute(query.order_by(_PUBLICATION.c.seq)).all()
        try:
            return [(Publication.from_bytes(record), operator_id, index) for record, operator_id, index in found]
        except CountenanceError as error:
            raise StoreError(f"a publication in the books cannot be read: {error.message}") from error

    def fingerprints(self) -> list[tuple[str, str]]:
        """Ids and fingerprints of everything published, edited or only marked."""
        with self.reading() as connection:
            rows_found = connection.execute(select(_PUBLICATION.c.id, _PUBLICATION.c.fingerprint)).all()
            return [*((edit_id, fingerprint) for edit_id, fingerprint in rows_found), *self._marking_prints()]

    def shelf(self, at: str) -> "LocalShelf":
        """The shelf, with consent as it stands at the instant."""
        return LocalShelf(self, at)

    def _lender(self, publication: Publication) -> str | None:
        """The release under which the reference was lent: that of its face, as it was decided."""
        reference = publication.recipe.reference_digest
        title = self.title_of(reference) if reference else None
        if title is None:
            return None
        lent = [one.face for one in self.decisions_of(publication.edit_id) if _about_reference(one, publication)]
        return next((tie.release_id for tie in self.ties(title.id) if tie.face in lent), None)


class LocalShelf:
    """`countenance.verify.ports.Shelf` over these books."""

    def __init__(self, books: Publications, at: str) -> None:
        self._books = books
        self._at = at

    def by_mark(self, watermark_id: str) -> KnownEdit | None:
        """The edit, or the picture that was only marked, whose output carries this mark."""
        return self._known(watermark_id=watermark_id) or self._marked(watermark_id=watermark_id)

    def by_receipt(self, receipt_id: str) -> KnownEdit | None:
        """The edit whose manifest holds this receipt."""
        return self._known(receipt_id=receipt_id)

    def manifest(self, manifest_digest: str) -> bytes | None:
        """The manifest store's bytes. Raises EvidenceError where the kept bytes are damaged."""
        return self._books.manifest(manifest_digest)

    def opens(self, receipt_id: str, commitment: str) -> bool | None:
        """Whether the commitment is to the decision behind the edit with this receipt; None once its salt is erased."""
        with self._books.reading():
            found, salt = self._books.published(receipt_id=receipt_id), self._books.receipt_salt(receipt_id)
        if not found or salt is None:
            return None
        publication = found[0][0]
        opened = opening(
            receipt_id,
            release_id=publication.release_id,
            decision_id=publication.decision_ids[0],
            request_digest=publication.request_digest,
        )
        return digest.same(commitment, digest.commit(salt, opened))

    def revoked_at(self, pseudonym: str) -> str | None:
        """When the right of the operator with this pseudonym to act ended; None where it did not, or nobody has it."""
        named = [one.id for one in self._books.operators() if one.pseudonym == pseudonym]
        return min((end.at for one in named for end in self._books.revocations(one)), default=None)

    def near(self, fingerprint: str, *, within_bits: int) -> tuple[tuple[KnownEdit, int], ...]:
        """Published edits whose fingerprint differs in at most so many bits, nearest first."""
        with self._books.reading():
            scanned = [(_bits(fingerprint, kept), one) for one, kept in self._books.fingerprints()]
            close = sorted((bits, one) for bits, one in scanned if bits is not None and bits <= within_bits)
            found = [(self._known(id=one) or self._marked(id=one), bits) for bits, one in close]
        return tuple((known, bits) for known, bits in found if known is not None)

    def _known(self, **where: str) -> KnownEdit | None:
        with self._books.reading():
            found = self._books.published(**where)
            return self._edit(*found[0]) if found else None

    def _edit(self, publication: Publication, operator_id: str, log_index: int) -> KnownEdit:
        organisation, operator = self._books.organisation(), self._books.operator(operator_id)
        if organisation is None or operator is None:
            raise StoreError("the books do not name the organisation and the operator of a published edit")
        release = self._books.release(publication.release_id)
        return KnownEdit(
            edit_id=publication.edit_id,
            watermark_id=publication.watermark_id,
            manifest_id=publication.manifest_id,
            manifest_digest=publication.manifest_digest,
            output_digest=publication.output_digest,
            source_digest=publication.source_digest,
            recipe_digest=publication.recipe_digest,
            fingerprint=publication.fingerprint,
            receipt_id=publication.receipt_id,
            consent_now=self._consent(release, publication.release_id),
            passphrase_shared=self._books.passphrase_of(operator, publication.at) == "shared",
            pixels_digest=publication.pixels_digest,
            units=publication.recipe.units,
            purposes=release.grant.purposes if release else None,
            receipt=receipt_at(log_index, self._books, self._books.log_keys(organisation.log_public_pem)),
            recipe=publication.recipe,
            measured=publication.measured,
            published_at=publication.at,
            same_hand=self._same_hand(publication, operator_id, release),
            approvals=self._approvals(publication, operator_id),
            content_code=publication.content_code,
            organisation=organisation.name,
        )

    def _marked(self, **where: str) -> KnownEdit | None:
        with self._books.reading():
            found = self._books.markings(**where)
            return self._marking(*found[0]) if found else None

    def _marking(self, marking: Marking, log_index: int) -> KnownEdit:
        organisation, operator = self._books.organisation(), self._books.operator(marking.operator_id)
        if organisation is None or operator is None:
            raise StoreError("the books do not name the organisation and the operator of a marked picture")
        return KnownEdit(
            edit_id=marking.id,
            watermark_id=marking.watermark_id,
            manifest_id=marking.manifest_id,
            manifest_digest=marking.manifest_digest,
            output_digest=marking.output_digest,
            source_digest=marking.source_digest,
            recipe_digest="",
            fingerprint=marking.fingerprint,
            receipt_id="",
            consent_now="unknown",
            passphrase_shared=self._books.passphrase_of(operator, marking.at) == "shared",
            pixels_digest=marking.pixels_digest,
            units={},
            purposes=None,
            receipt=receipt_at(log_index, self._books, self._books.log_keys(organisation.log_public_pem)),
            marked_only=True,
            content_code=marking.content_code,
            organisation=organisation.name,
        )

    def _same_hand(self, publication: Publication, operator_id: str, release: ModelRelease | None) -> bool:
        """Whether who edited had also registered the title, as it then was, or the release."""
        then = self._books.as_of(publication.at, last_entry_at=None)
        title, version = then.title_of(publication.source_digest), release and then.release(release.id)
        return operator_id in [one.registered_by for one in (title, version) if one is not None]

    def _approvals(self, publication: Publication, operator_id: str) -> dict[str, str]:
        """Those that were there when the edit was published."""
        said = self._books.approvals(publication.source_digest)
        return {one.digest(): one.of for one in said if one.at <= publication.at and one.by != operator_id}

    def _consent(self, release: ModelRelease | None, release_id: str) -> ConsentState:
        if release is None and self._books.erased(release_id):
            return "erased"
        if release is None or self._at < release.grant.valid_from:
            return "unknown"
        if any(revocation.at <= self._at for revocation in self._books.revocations(release.id)):
            return "withdrawn"
        return "expired" if self._at >= release.grant.valid_until else "active"


def _about_reference(decision: Decision, publication: Publication) -> bool:
    return decision.effect == "permit" and decision.request_digest != publication.request_digest


def _bits(one: str, other: str) -> int | None:
    """Bits in which two hex fingerprints differ; None where they cannot be compared."""
    if len(one) != len(other):
        return None
    try:
        return (int(one, 16) ^ int(other, 16)).bit_count()
    except ValueError:
        return None
