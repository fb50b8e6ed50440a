"""The authorise room alone: what would be decided now. No pixels, no keys, nothing logged."""

from countenance.core.records.decision import Decision, EditRequest
from countenance.decision.choose import choose_face
from countenance.decision.decide import decide
from countenance.decision.own_words import own_words
from countenance.decision.reading import to_be_read
from countenance.request.receive import EditOrder, receive
from countenance.settings import Settings
from countenance.toolkit.borrowing import ask_about, received
from countenance.wiring.office import Office
from countenance.wiring.plugins import policy_engine


def decide_only(
    settings: Settings, office: Office, order: EditOrder
) -> tuple[EditRequest, Decision, Decision | None, tuple[str, ...], tuple[str, ...]]:
    """The decision that an order would get now, that on its reference, the person's words, and what must be read.

    Nothing is logged and nothing rendered.
    """
    most = {"max_bytes": settings.max_bytes, "max_pixels": settings.max_pixels}
    request = receive(order, clock=office.clock, ids=office.ids, **most)
    reference = received(order, request, **most)
    office.books.require_held(settings.log_folder, office.keys.log_public)
    at = office.clock.now()
    evidence = office.books.evidence_for(request, at=at)
    request = choose_face(request, evidence)
    policy = policy_engine(settings)
    decision = decide(request, evidence, policy, at=at, decision_id=office.ids.new("decision"))
    asked = ask_about(reference, office, policy, source=request, evidence=evidence, at=at)
    on_reference = asked.decision if asked else None
    return request, decision, on_reference, own_words(decision, evidence), to_be_read(request, evidence, at=at)
