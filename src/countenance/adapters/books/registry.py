"""The registry: facts are added, and read as they stand. The newest says how it is."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import select

from countenance.adapters.books import fact_rows, rows
from countenance.adapters.books.chain import earlier_edits, sibling_edits
from countenance.adapters.books.facts import Facts
from countenance.adapters.books.near import Prints, of_others
from countenance.audit.checkpoint import PublicKey
from countenance.core.envelope import public_pem_of_certificate
from countenance.core.keyring import ActorSpan, actor_spans, log_spans
from countenance.core.records.asset import Asset
from countenance.core.records.audit import Publication
from countenance.core.records.base import Record
from countenance.core.records.consent import (
    ConsentEvidence,
    DepictedPerson,
    FaceTie,
    ModelRelease,
    Operator,
    Organisation,
    Revocation,
    SiblingEdit,
    Title,
)
from countenance.core.records.decision import Decision, EditRequest
from countenance.core.records.erasure import Erasure
from countenance.core.records.keys import KeyChange, KeyRole
from countenance.core.records.oversight import Approval, Dispute, HouseRules, NearTitle, TitleReview
from countenance.core.records.screening import Clearance, Flags, Screening
from countenance.core.records.signing import Invitation
from countenance.core.records.status import WithdrawalLink
from countenance.decision.ports import Screener
from countenance.errors import ConfigError, CountenanceError, EvidenceError, StoreError, TamperedLogError
from countenance.verify.findings import SAME_PICTURE_BITS


class Registry(Facts):
    """Who may do what with whose face in which picture."""

    screener: Screener | None = None
    """What tells the flags that were declared of a picture, where one is set up."""
    _prints: Prints | None = None

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
        if isinstance(record, DepictedPerson | ModelRelease) and self.erased(record.id):
            raise ConfigError(f"this {record.KIND} was erased, and does not come back", hint="ask them for a new one")
        if isinstance(record, Revocation) and not self._can_end(record.of_id):
            raise ConfigError("no release, operator or invitation has this id")
        self._keep(record)

    def _can_end(self, of_id: str) -> bool:
        known = self.release(of_id) or self.operator(of_id) or self._one(Invitation, id=of_id)
        return known is not None or self.erased(of_id)

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

    def titles(self) -> tuple[Title, ...]:
        """All titles, superseded ones too, in order of arrival."""
        return self._all(Title)

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

    def approvals(self, asset_digest: str) -> tuple[Approval, ...]:
        """Every approval about a picture, in order of arrival."""
        return self._all(Approval, asset_digest=asset_digest)

    def disputes(self, of_id: str) -> tuple[Dispute, ...]:
        """Every dispute over a title or a release, and what settled it, in order of arrival."""
        return self._all(Dispute, of_id=of_id)

    def dispute(self, dispute_id: str) -> Dispute | None:
        """The dispute, or what settled one."""
        return self._one(Dispute, id=dispute_id)

    def title_reviews(self, title_id: str) -> tuple[TitleReview, ...]:
        """Every comparison of a title's picture with a look-alike, whichever of the two it was filed under."""
        found = (*self._all(TitleReview, title_id=title_id), *self._all(TitleReview, other_id=title_id))
        return tuple(sorted(found, key=lambda one: (one.at, one.id)))

    def near_titles(self, title: Title) -> tuple[NearTitle, ...] | None:
        """Titles of other owners whose pictures look alike; None where the title's fingerprint cannot be compared."""
        if self._prints is None:
            self._prints = Prints()
        with self.reading() as connection:
            near = self._prints.near(connection, title.fingerprint, within_bits=SAME_PICTURE_BITS)
            if near is None:
                return None
            return of_others(title, [(other, bits) for seq, bits in near for other in self._all(Title, seq=seq)])

    def house_rules(self) -> HouseRules | None:
        """What the organisation asks of itself now; None where it never said."""
        return self._one(HouseRules)

    def erasures(self) -> tuple[Erasure, ...]:
        """Everything that was erased, in order of arrival."""
        return self._all(Erasure)

    def erased(self, some_id: str) -> bool:
        """Whether a person or a release with this id was erased."""
        return any(
            one.person_id == some_id or some_id in [release.release_id for release in one.releases]
            for one in self.erasures()
        )

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
        own = self._one(WithdrawalLink, id=actor_id) or self._one(Invitation, id=actor_id)
        return None if own is None else own.public_pem

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
                earlier=earlier_edits(request.asset.digest_of_file, self._publications),
                last_entry_at=self.last_instant(),
                screening=self._screening(request.asset),
                siblings=self._siblings(request.asset.digest_of_file, releases),
                approvals=self.approvals(request.asset.digest_of_file),
                disputes=self._disputes(request.asset.digest_of_file, releases),
                house=self.house_rules(),
                near=() if title is None else self.near_titles(title),
                reviews=() if title is None else self.title_reviews(title.id),
            )

    def _disputes(self, asset_digest: str, releases: Sequence[ModelRelease]) -> tuple[Dispute, ...]:
        """Disputes over every title to the picture, since a later one sheds none, and over the releases."""
        contested: tuple[Title | ModelRelease, ...] = (*self._all(Title, asset_digest=asset_digest), *releases)
        return tuple(dispute for one in contested for dispute in self.disputes(one.id))

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

    def _siblings(self, asset_digest: str, releases: Sequence[ModelRelease]) -> tuple[SiblingEdit, ...] | None:
        """Not looked for where no release limits their number."""
        limited = any(release.grant.most_edits is not None for release in releases)
        return sibling_edits(asset_digest, self._publications) if limited else None

    def _publications(self, **where: str) -> list[Publication]:
        table = rows.table_of(fact_rows.PublicationRow)
        query = select(table.c.record).order_by(table.c.seq)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with self.reading() as connection:
            kept: Sequence[bytes] = connection.execute(query).scalars().all()
        try:
            found = [Publication.from_bytes(data) for data in kept]
        except CountenanceError as error:
            raise StoreError(f"a publication in the books cannot be read: {error.message}") from error
        return [one for one in found if self._until is None or one.at <= self._until]


def flags_of(screener: Screener, asset: Asset) -> Flags:
    """What a screener says of a picture; a plug-in that fails cannot say."""
    try:
        return Flags.model_validate(screener.flags(asset).model_dump())
    except Exception:  # noqa: BLE001 - a plug-in may fail in any way
        return Flags(minor="unknown", intimate="unknown")


def _known(found: Any) -> tuple[Any, ...]:
    return tuple(one for one in found if one is not None)
