"""The registry: facts are added, and read as they stand. The newest says how it is."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Text, cast, func, insert, select

from countenance.adapters.books import rows
from countenance.adapters.books.log import Log
from countenance.core.envelope import public_pem_of_certificate
from countenance.core.records.audit import Publication
from countenance.core.records.base import Record
from countenance.core.records.consent import (
    ConsentEvidence,
    DepictedPerson,
    EarlierEdit,
    FaceTie,
    ModelRelease,
    Operator,
    Organisation,
    Revocation,
    Title,
)
from countenance.core.records.decision import Decision, EditRequest
from countenance.errors import ConfigError, CountenanceError, StoreError

_ROW_OF: dict[type[Record], type[rows.FactRow]] = {row.RECORD: row for row in rows.FACTS}

T = TypeVar("T", bound=Record)


class Registry(Log):
    """Who may do what with whose face in which picture."""

    def add(self, record: Record) -> None:
        """Add a fact, inside a transaction: organisation, operator, person, release, title, tie or revocation.

        Raises:
            ConfigError: it names a fact that is not in the books, or is a second organisation.
            StoreError: its id is taken, the books keep no such records, or the database failed.
        """
        if isinstance(record, Organisation) and self.organisation() is not None:
            raise ConfigError("these books have an organisation already", hint="choose another --home")
        if isinstance(record, Revocation) and not (self.release(record.of_id) or self.operator(record.of_id)):
            raise ConfigError("neither a release nor an operator has this id")
        row = _ROW_OF.get(type(record))
        if row is None:
            raise StoreError(f"the books keep no {record.KIND} records")
        with self.writing() as connection:
            connection.execute(insert(rows.table_of(row)), row.from_record(record).model_dump(exclude={"seq"}))

    def organisation(self) -> Organisation | None:
        """Whose books these are; None before `init`."""
        return self._one(Organisation)

    def operators(self) -> tuple[Operator, ...]:
        """All operators, revoked ones too, in order of arrival."""
        return self._all(Operator)

    def operator(self, operator_id: str) -> Operator | None:
        """The operator."""
        return self._one(Operator, id=operator_id)

    def persons(self) -> tuple[DepictedPerson, ...]:
        """All depicted persons."""
        return self._all(DepictedPerson)

    def person(self, person_id: str) -> DepictedPerson | None:
        """The depicted person."""
        return self._one(DepictedPerson, id=person_id)

    def releases(self) -> tuple[ModelRelease, ...]:
        """All model releases, withdrawn ones too."""
        return self._all(ModelRelease)

    def release(self, release_id: str) -> ModelRelease | None:
        """The model release."""
        return self._one(ModelRelease, id=release_id)

    def title(self, title_id: str) -> Title | None:
        """The title."""
        return self._one(Title, id=title_id)

    def title_of(self, asset_digest: str) -> Title | None:
        """The newest title to the picture with this digest."""
        return self._one(Title, asset_digest=asset_digest)

    def ties(self, title_id: str) -> tuple[FaceTie, ...]:
        """The newest tie of each face, by face number."""
        newest = {tie.face: tie for tie in self._all(FaceTie, title_id=title_id)}
        return tuple(newest[face] for face in sorted(newest))

    def revocations(self, of_id: str) -> tuple[Revocation, ...]:
        """Every revocation of a release or an operator, in order of arrival."""
        return self._all(Revocation, of_id=of_id)

    def decision(self, decision_id: str) -> Decision | None:
        """The decision."""
        return self._one(Decision, id=decision_id)

    def decisions_of(self, edit_id: str) -> tuple[Decision, ...]:
        """Every decision on an edit, in order of arrival."""
        return self._all(Decision, edit_id=edit_id)

    def add_decision(self, decision: Decision) -> None:
        """Keep a decision, whatever it says, inside a transaction."""
        self.add(decision)

    def actor_key(self, actor_id: str) -> str | None:
        """The public key (PEM) that checks an actor's statements: an operator's, or the organisation's own."""
        organisation = self.organisation()
        if organisation is not None and organisation.id == actor_id:
            return organisation.public_pem
        operator = self.operator(actor_id)
        return None if operator is None else public_pem_of_certificate(operator.certificate_pem)

    def evidence_for(self, request: EditRequest, *, at: str) -> ConsentEvidence:
        """The facts about the request's picture, people and operator, read in one transaction."""
        with self.reading():
            title = self.title_of(request.asset.digest_of_file)
            ties = () if title is None else self.ties(title.id)
            releases = _known(self.release(tie) for tie in dict.fromkeys(tie.release_id for tie in ties) if tie)
            persons = _known(self.person(one) for one in dict.fromkeys(release.person_id for release in releases))
            ended = self.revocations(request.operator_id)
            revocations = [one for release in releases for one in self.revocations(release.id)]
            return ConsentEvidence(
                as_of=at,
                operator=self.operator(request.operator_id),
                operator_revoked_at=min((one.at for one in ended), default=None),
                title=title,
                ties=ties,
                releases=releases,
                persons=persons,
                revocations=(*revocations, *ended),
                earlier=self._earlier(request.asset.digest_of_file),
                last_entry_at=self.last_instant(),
            )

    def _earlier(self, asset_digest: str) -> tuple[EarlierEdit, ...]:
        """The published edits by which the file came to be, the newest first; none where it is no output of ours."""
        found: dict[str, EarlierEdit] = {}
        sources = [asset_digest]
        while sources:
            for edit in self._published_as(sources.pop()):
                if edit.edit_id not in found:
                    recipe = edit.recipe
                    found[edit.edit_id] = EarlierEdit(
                        edit_id=edit.edit_id, units=recipe.units, region_px=recipe.region_px
                    )
                    sources.append(edit.source_digest)
        return tuple(found.values())

    def _published_as(self, output_digest: str) -> list[Publication]:
        record = rows.table_of(rows.PublicationRow).c.record
        query = select(record).where(func.json_extract(cast(record, Text), "$.output_digest") == output_digest)
        with self.reading() as connection:
            kept: Sequence[bytes] = connection.execute(query).scalars().all()
        try:
            return [Publication.from_bytes(data) for data in kept]
        except CountenanceError as error:
            raise StoreError(f"a publication in the books cannot be read: {error.message}") from error

    def _all(self, record: type[T], **where: Any) -> tuple[T, ...]:
        row = _ROW_OF[record]
        table = rows.table_of(row)
        query = select(table.c.record).order_by(table.c.seq)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with self.reading() as connection:
            found: Sequence[bytes] = connection.execute(query).scalars().all()
        try:
            return tuple(row.to_record(data) for data in found)
        except CountenanceError as error:
            raise StoreError(f"a {record.KIND} in the books cannot be read: {error.message}") from error

    def _one(self, record: type[T], **where: Any) -> T | None:
        found = self._all(record, **where)
        return found[-1] if found else None


def _known(found: Any) -> tuple[Any, ...]:
    return tuple(one for one in found if one is not None)
