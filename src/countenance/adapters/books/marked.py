"""Pictures that were marked and not edited: kept with their manifests, as publications of edits are."""

from typing import Any

from sqlalchemy import insert, select

from countenance.adapters.books import fact_rows, kept_rows, rows
from countenance.adapters.books.chain import earlier_edits
from countenance.adapters.books.erasing import Erasing
from countenance.core import digest
from countenance.core.records.audit import LogEntry
from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.marks import Marking
from countenance.errors import CountenanceError, EvidenceError, LogUnavailableError, StoreError

_MARKING = rows.table_of(fact_rows.MarkingRow)
_MARK = rows.table_of(kept_rows.MarkRow)
_MANIFEST = rows.table_of(kept_rows.ManifestRow)


class Markings(Erasing):
    """What was let out without an edit."""

    def add_marking(self, marking: Marking, manifest: bytes) -> None:
        """Keep what may be let out, right after its entry was logged, in the same transaction.

        Raises:
            EvidenceError: the manifest is not the one that the marking names.
            LogUnavailableError: the log's last entry is not a marking of that instant.
            StoreError: the marking or its mark is there already, or the database failed.
        """
        if digest.of_file(manifest) != marking.manifest_digest:
            raise EvidenceError("the manifest is not the one that the marking names")
        row = {
            "id": marking.id,
            "record": marking.canonical(),
            "log_index": self._last_logged("marking", marking.at),
            **fact_rows.MarkingRow.columns(marking),
        }
        self._take(_MANIFEST, {"digest": marking.manifest_digest, "data": manifest})
        with self.writing() as connection:
            connection.execute(insert(_MARKING), row)

    def marking_evidence(self, asset_digest: str, operator_id: str, *, at: str) -> ConsentEvidence:
        """The facts about a picture and an operator, read in one transaction. No release is asked about."""
        with self.reading():
            title, ended = self.title_of(asset_digest), self.revocations(operator_id)
            return ConsentEvidence(
                as_of=at,
                operator=self.operator(operator_id),
                operator_revoked_at=min((one.at for one in ended), default=None),
                title=title,
                ties=(),
                releases=(),
                persons=(),
                revocations=ended,
                earlier=earlier_edits(asset_digest, self._publications),
                last_entry_at=self.last_instant(),
                disputes=self._disputes(asset_digest, ()),
                near=() if title is None else self.near_titles(title),
                reviews=() if title is None else self.title_reviews(title.id),
            )

    def asked_to_mark(self, marking_id: str) -> bool:
        """Whether a mark was taken for it here."""
        query = select(_MARK.c.mark_id).where(_MARK.c.edit_id == marking_id)
        with self.reading() as connection:
            return connection.execute(query).first() is not None

    def markings(self, **where: str) -> list[tuple[Marking, int]]:
        """Markings with their log indexes, in order of arrival."""
        if self.schema_version < rows.SINCE[fact_rows.MarkingRow]:
            return []
        query = select(_MARKING.c.record, _MARKING.c.log_index)
        for name, value in where.items():
            query = query.where(_MARKING.c[name] == value)
        with self.reading() as connection:
            found = connection.execute(query.order_by(_MARKING.c.seq)).all()
        try:
            return [(Marking.from_bytes(record), index) for record, index in found]
        except CountenanceError as error:
            raise StoreError(f"a marking in the books cannot be read: {error.message}") from error

    def _marking_prints(self) -> list[tuple[str, str]]:
        """Ids and fingerprints of everything marked."""
        if self.schema_version < rows.SINCE[fact_rows.MarkingRow]:
            return []
        with self.reading() as connection:
            found = connection.execute(select(_MARKING.c.id, _MARKING.c.fingerprint)).all()
        return [(marking_id, fingerprint) for marking_id, fingerprint in found]

    def _last_logged(self, kind: str, at: str) -> int:
        """The index of the log's last entry, which has to be that of what is kept now."""
        last = self.size() - 1
        leaves = [LogEntry.from_bytes(entry.leaf) for entry in self.entries(last, last + 1)]
        if [(leaf.kind, leaf.at) for leaf in leaves] != [(kind, at)]:
            raise LogUnavailableError(f"a {kind} is kept right after it was logged")
        return last

    def _take(self, table: Any, values: dict[str, Any]) -> bool:
        """Insert what is not there yet, and say whether it was new."""
        with self.writing() as connection:
            return bool(connection.execute(self._dialect.insert_new(table), values).rowcount == 1)
