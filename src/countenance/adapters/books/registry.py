"""The registry: facts are added, and read as they stand. The newest says how it is."""

import copy
from collections.abc import Sequence
from typing import Any, Literal, Self, TypeVar

from sqlalchemy import insert, select

from countenance.adapters.books import rows
from countenance.adapters.books.log import Log
from countenance.audit.checkpoint import PublicKey
from countenance.core.envelope import public_pem_of_certificate
from countenance.core.keyring import ActorSpan, actor_spans, log_spans
from countenance.core.records.asset import Asset
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
from countenance.core.records.keys import KeyChange, KeyRole
from countenance.core.records.screening import Clearance, Flags, Screening
from countenance.core.records.status import WithdrawalLink
from countenance.decision.ports import Screener
from countenance.errors import ConfigError, CountenanceError, EvidenceError, StoreError, TamperedLogError

_ROW_OF: dict[type[Record], type[rows.FactRow]] = {row.RECORD: row for row in rows.FACTS}
_VERSIONS: dict[type[Record], type[rows.VersionRow]] = {row.RECORD: row for row in rows.VERSIONS}

T = TypeVar("T", bound=Record)


class Registry(Log):
    """Who may do what with whose face in which picture."""

    screener: Screener | None = None
    """What tells the flags that were declared of a picture, where one is set up."""
    _until: str | None = None
    _last: str | None = None

    def as_of(self, until: str, *, last_entry_at: str | None) -> Self:
        """The same books, to be read as they stood at an instant, when the log's last entry was that one.

        Facts that were erased since are missing.
        """
        then = copy.copy(self)
        then._until, then._last = until, last_entry_at  # noqa: SLF001 - a copy of itself
        return then

    def last_instant(self) -> str | None:
        """The instant in the last leaf."""
        return super().last_instant() if self._until is None else self._last

    def decisions(self) -> tuple[Decision, ...]:
        """Every decision, in order of arrival."""
        return self._all(Decision)

    def clearances(self, asset_digest: str) -> tuple[Clearance, ...]:
        """Every clearance of a picture, in order of arrival."""
        return self._all(Clearance, asset_digest=asset_digest)

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
        later = (getattr(record, "version", None) or 1) > 1
        row = (_VERSIONS if later else _ROW_OF).get(type(record))
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
        """All depicted persons, as they are known now."""
        return self._newest(DepictedPerson)

    def person(self, person_id: str) -> DepictedPerson | None:
        """The depicted person, as they are known now."""
        found = self.person_versions(person_id)
        return found[-1] if found else None

    def person_versions(self, person_id: str) -> tuple[DepictedPerson, ...]:
        """Everything that was written of a person, oldest first."""
        return self._versions(DepictedPerson, person_id)

    def releases(self) -> tuple[ModelRelease, ...]:
        """The newest version of every model release, withdrawn ones too."""
        return self._newest(ModelRelease)

    def release(self, release_id: str) -> ModelRelease | None:
        """The newest version of the model release."""
        found = self.release_versions(release_id)
        return found[-1] if found else None

    def release_versions(self, release_id: str) -> tuple[ModelRelease, ...]:
        """Every version of a model release, oldest first."""
        return self._versions(ModelRelease, release_id)

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

    def key_change(self, change_id: str) -> KeyChange | None:
        """The change of a key or a passphrase with this id."""
        return self._one(KeyChange, id=change_id)

    def key_changes(self, of_id: str, role: KeyRole | None = None) -> tuple[KeyChange, ...]:
        """Every change of the organisation's keys or an operator's, in order; of one key, where a role is given."""
        return tuple(one for one in self._all(KeyChange, of_id=of_id) if role in (None, one.role))

    def actor_keys(self, actor_id: str) -> tuple[ActorSpan, ...] | None:
        """The public keys that check an actor's statements, each up to its instant; None where the actor is unknown.

        Raises:
            TamperedLogError: a change of keys is not signed by both keys.
        """
        first = self.actor_key(actor_id)
        if first is None:
            return None
        changes = [
            one for one in self.key_changes(actor_id) if one.act == "rotation" and one.role in ("claim", "operator")
        ]
        try:
            return actor_spans(first, changes)
        except EvidenceError as error:
            raise TamperedLogError(error.message) from error

    def log_keys(self, anchor: PublicKey) -> PublicKey:
        """The keys of the log over time, where it changed, of which the anchor must be one.

        Raises:
            TamperedLogError: a change of keys is not signed by both keys, or the anchor is none of them.
        """
        organisation = self.organisation()
        changes = () if organisation is None else self.key_changes(organisation.id, "log")
        if organisation is None or not changes:
            return anchor
        try:
            spans = log_spans(organisation.log_public_pem, changes)
        except EvidenceError as error:
            raise TamperedLogError(error.message) from error
        if anchor not in [span.public_pem for span in spans]:
            raise TamperedLogError("the log's key in the key folder is none of those that its changes lead to")
        return spans

    def require_current(self, actor_id: str, actor_pem: str, log_pem: str) -> None:
        """Stop who unlocked their key, or the log's, before it was changed: what they sign now would never hold.

        Raises:
            StoreError: another process changed one of the keys meanwhile.
        """
        actor, log = self.actor_keys(actor_id), self.log_keys(log_pem)
        changed = actor is not None and len(actor) > 1 and actor[-1].public_pem != actor_pem
        if changed or (isinstance(log, tuple) and log[-1].public_pem != log_pem):
            raise StoreError("the keys were changed meanwhile, and nothing was written", hint="try again")

    def passphrase_of(self, operator: Operator, at: str) -> Literal["own", "shared"]:
        """Whether the operator's passphrase was their own at an instant."""
        said = [one.passphrase for one in self.key_changes(operator.id) if one.passphrase and one.at <= at]
        return said[-1] if said else operator.passphrase

    def actor_key(self, actor_id: str) -> str | None:
        """The first public key (PEM) of an actor: an operator's, the organisation's, or a person's."""
        organisation = self.organisation()
        if organisation is not None and organisation.id == actor_id:
            return organisation.public_pem
        operator = self.operator(actor_id)
        if operator is not None:
            return public_pem_of_certificate(operator.certificate_pem)
        link = self._one(WithdrawalLink, id=actor_id)
        return None if link is None else link.public_pem

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
                screening=self._screening(request.asset),
            )

    def declared(self, asset: Asset) -> Flags | None:
        """The flags that were declared of a picture; None where no screener is set up."""
        return None if self.screener is None else flags_of(self.screener, asset)

    def _screening(self, asset: Asset) -> Screening | None:
        """What was declared and cleared of a picture; a screener that fails cannot say."""
        cleared = self.clearances(asset.digest_of_file)
        if self.screener is None and not cleared:
            return None
        return Screening(
            screener=None if self.screener is None else f"{self.screener.name} {self.screener.version}",
            flags=self.declared(asset),
            cleared_by=cleared[-1].by if cleared else None,
            cleared_at=cleared[-1].at if cleared else None,
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
        table = rows.table_of(rows.PublicationRow)
        query = select(table.c.record).where(table.c.output_digest == output_digest).order_by(table.c.seq)
        with self.reading() as connection:
            kept: Sequence[bytes] = connection.execute(query).scalars().all()
        try:
            found = [Publication.from_bytes(data) for data in kept]
        except CountenanceError as error:
            raise StoreError(f"a publication in the books cannot be read: {error.message}") from error
        return [one for one in found if self._until is None or one.at <= self._until]

    def _versions(self, record: type[T], wanted: str) -> tuple[T, ...]:
        first = self._all(record, id=wanted)
        return (*first, *self._kept(record, _VERSIONS[record], of_id=wanted)) if first else ()

    def _newest(self, record: type[T]) -> tuple[T, ...]:
        """The newest version of each, in order of their first ones' arrival."""
        found: Any = (*self._all(record), *self._kept(record, _VERSIONS[record]))
        return tuple({one.id: one for one in found}.values())

    def _all(self, record: type[T], **where: Any) -> tuple[T, ...]:
        return self._kept(record, _ROW_OF[record], **where)

    def _kept(self, record: type[T], row: type[rows.FactRow], **where: Any) -> tuple[T, ...]:
        if self.schema_version < rows.SINCE.get(row, 1):
            return ()
        table = rows.table_of(row)
        query = select(table.c.record).order_by(table.c.seq)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with self.reading() as connection:
            found: Sequence[bytes] = connection.execute(query).scalars().all()
        try:
            records: tuple[T, ...] = tuple(row.to_record(data) for data in found)
        except CountenanceError as error:
            raise StoreError(f"a {record.KIND} in the books cannot be read: {error.message}") from error
        return records if self._until is None else tuple(one for one in records if _instant(one) <= self._until)

    def _one(self, record: type[T], **where: Any) -> T | None:
        found = self._all(record, **where)
        return found[-1] if found else None


def flags_of(screener: Screener, asset: Asset) -> Flags:
    """What a screener says of a picture; a plug-in that fails cannot say."""
    try:
        return Flags.model_validate(screener.flags(asset).model_dump())
    except Exception:  # noqa: BLE001 - a plug-in may fail in any way
        return Flags(minor="unknown", intimate="unknown")


def _instant(record: Any) -> str:
    """When a fact was added."""
    names = ("added_at", "at", "created_at", "issued_at")
    return next((str(getattr(record, name)) for name in names if hasattr(record, name)), "")


def _known(found: Any) -> tuple[Any, ...]:
    return tuple(one for one in found if one is not None)
