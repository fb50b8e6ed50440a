"""A reference on its way: asked about, and lent to the render room under a permit of its own."""

from dataclasses import dataclass
from typing import Any, Protocol

from countenance.core.ids import IdSource
from countenance.core.records.audit import Receipt
from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.decision import Decision, EditRequest, Permit
from countenance.core.records.recipe import Measured
from countenance.decision.choose import choose_face
from countenance.decision.decide import permit_of
from countenance.decision.ports import PolicyEngine
from countenance.decision.reference import as_reference, decide_reference
from countenance.decision.refuse import require_permit
from countenance.request.receive import EditOrder, receive_reference
from countenance.toolkit.turnstiles import Authorised

ABOUT = "the reference: "
"""How a refusal that is about the reference begins."""


class Desk(Protocol):
    """Where the facts are, and ids: a pen has them, and so has an office."""

    @property
    def books(self) -> Any:
        """A ConsentRegistry."""

    @property
    def ids(self) -> IdSource:
        """Fresh ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowing:
    """The decision on a reference, and what it rests on."""

    request: EditRequest
    evidence: ConsentEvidence
    decision: Decision

    def authorised(self, logged: Receipt, *, nonce: str, at: str) -> Authorised:
        """The reference with a permit of its own.

        Raises:
            DeniedError: the decision does not permit.
        """
        require_permit(self.decision, log_index=logged.index, about=ABOUT)
        permit = permit_of(self.decision, self.request, self.evidence, nonce=nonce, at=at)
        return Authorised(request=self.request, decision=self.decision, permit=permit, receipt=logged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """What the render room and the seal get of a reference."""

    data: bytes
    permit: Permit

    @property
    def media_type(self) -> str:
        """What kind of file it is."""
        return self.permit.asset.media_type


def lent(order: EditOrder, authorised: Authorised) -> Lent | None:
    """The order's reference under its permit; None where there is none."""
    if order.reference is None or authorised.reference is None:
        return None
    return Lent(data=order.reference.data, permit=authorised.reference.permit)


def received(order: EditOrder, request: EditRequest, *, max_bytes: int, max_pixels: int) -> EditRequest | None:
    """The request about the order's reference; None where there is none.

    Raises:
        ConfigError: it is the picture that is edited.
        TooLargeError, UnsupportedMediaError: as the file is.
    """
    if order.reference is None:
        return None
    return receive_reference(order.reference, request, max_bytes=max_bytes, max_pixels=max_pixels)


def ask_about(
    reference: EditRequest | None,
    desk: Desk,
    policy: PolicyEngine,
    *,
    source: EditRequest,
    evidence: ConsentEvidence,
    at: str,
    measured: Measured | None = None,
) -> Borrowing | None:
    """Decide on a reference with the facts as they are now; None where there is none.

    Raises:
        ConfigError: it has several faces and none was chosen.
    """
    if reference is None:
        return None
    shown = as_reference(desk.books.evidence_for(reference, at=at))
    chosen = choose_face(reference, shown, option="--reference-face", picture="reference")
    decision = decide_reference(
        chosen, shown, policy,
        source=source, evidence=evidence, at=at, decision_id=desk.ids.new("decision"), measured=measured,
    )  # fmt: skip
    return Borrowing(request=chosen, evidence=shown, decision=decision)
