"""The books, and what writes into them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from countenance.audit.ports import LogStore, SigningKey
from countenance.audit.record import Actor, record
from countenance.core.clock import Clock
from countenance.core.ids import IdSource
from countenance.core.records.audit import Publication, Receipt, StatementKind
from countenance.core.records.base import Record
from countenance.core.records.consent import DepictedPerson, FaceTie, ModelRelease, Operator, Revocation, Title
from countenance.core.records.decision import Decision
from countenance.core.records.oversight import Dispute, HouseRules, NearTitle
from countenance.decision.ports import ConsentRegistry
from countenance.decision.roles import REGISTRY_ACTS, asks_four_eyes, may_register
from countenance.errors import DeniedError


class Books(ConsentRegistry, LogStore, Protocol):
    """Registry and log in one database, so that a decision and a publication share one transaction."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, one writer."""
        ...

    def add(self, record: Record) -> None:
        """Keep a registry record. Nothing is updated in place."""
        ...

    def operators(self) -> Sequence[Operator]:
        """Every operator, in the order added."""
        ...

    def person(self, person_id: str) -> DepictedPerson | None:
        """A depicted person."""
        ...

    def revocations(self, of_id: str) -> Sequence[Revocation]:
        """Every revocation of a release or an operator."""
        ...

    def release(self, release_id: str) -> ModelRelease | None:
        """A model release."""
        ...

    def title(self, title_id: str) -> Title | None:
        """A title."""
        ...

    def title_of(self, asset_digest: str) -> Title | None:
        """The newest title of a picture."""
        ...

    def near_titles(self, title: Title) -> Sequence[NearTitle] | None:
        """Titles of other owners whose pictures look alike; None where that cannot be said."""
        ...

    def dispute(self, dispute_id: str) -> Dispute | None:
        """The dispute, or what settled one."""
        ...

    def disputes(self, of_id: str) -> Sequence[Dispute]:
        """Every dispute over a title or a release, and what settled it."""
        ...

    def house_rules(self) -> HouseRules | None:
        """What the organisation asks of itself now."""
        ...

    def ties(self, title_id: str) -> Sequence[FaceTie]:
        """The newest tie of each face."""
        ...

    def add_decision(self, decision: Decision) -> None:
        """Keep a decision."""
        ...

    def require_current(self, actor_id: str, actor_pem: str, log_pem: str) -> None:
        """Raise StoreError where one of the keys was changed since it was unlocked."""
        ...

    def use_permit(self, nonce: str, edit_id: str) -> None:
        """Spend a permit. Raises DeniedError where it was spent before."""
        ...

    def reserve_mark(self, mark_id: str, edit_id: str) -> bool:
        """Take a mark id; False where it is taken."""
        ...

    def add_publication(self, publication: Publication, manifest: bytes, receipt_salt: bytes, operator_id: str) -> None:
        """Keep a publication and its manifest."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What writes into the books: who acts, with which keys, at which time."""

    books: Books
    actor: Actor
    log_key: SigningKey
    clock: Clock
    ids: IdSource
    log_base: str | None = None
    """The log's key before, for the one act by which it changes."""

    def write(self, kind: StatementKind, body: Record, *, subject: str, at: str) -> Receipt:
        """Sign and log one act of the actor's. The caller holds the transaction.

        Raises:
            DeniedError: an act on the registry by an operator whose role does not reach so far in this house.
            StoreError: a key was changed since it was unlocked.
            LogUnavailableError: the log cannot be appended to.
        """
        self._require_role(kind)
        if kind != "key-change":  # that one is signed by the key that it ends
            self.books.require_current(self.actor.id, self.actor.key.public_pem, self.log_key.public_pem)
        return record(
            kind,
            body,
            subject=subject,
            at=at,
            actor=self.actor,
            log=self.books,
            log_key=self.log_key,
            ids=self.ids,
            log_base=self.log_base,
        )

    def _require_role(self, kind: StatementKind) -> None:
        """Where the house asks for four eyes, whoever edits keeps no books: asked of every act, wherever it is made."""
        house = self.books.house_rules() if kind in REGISTRY_ACTS else None
        if not asks_four_eyes(house):
            return
        operator = next((one for one in self.books.operators() if one.id == self.actor.id), None)
        if operator is not None and not may_register(operator.role, house):
            raise DeniedError(
                "refused: the organisation asks for four eyes, and this operator's role keeps no books [four-eyes]",
                hint="let an operator with the role rights or approver do it; name them with --operator",
            )

    def log_decision(self, decision: Decision) -> Receipt:
        """Log and keep a decision.

        One taken while the clock is behind the log is logged at the log's instant, so that it is not lost.
        """
        at = max(decision.at, self.books.last_instant() or "")
        receipt = self.write("decision", decision, subject=decision.edit_id, at=at)
        self.books.add_decision(decision)
        return receipt
