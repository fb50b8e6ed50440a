"""The authorise room alone: what would be decided now. No pixels, no keys, nothing logged."""

from countenance.core.records.decision import Decision, EditRequest
from countenance.decision.choose import choose_face
from countenance.decision.decide import decide
from countenance.request.receive import EditOrder, receive
from countenance.settings import Settings
from countenance.wiring.office import Office
from countenance.wiring.plugins import policy_engine


def decide_only(settings: Settings, office: Office, order: EditOrder) -> tuple[EditRequest, Decision]:
    """The decision that an order would get now. Nothing is logged and nothing rendered."""
    request = receive(
        order, clock=office.clock, ids=office.ids, max_bytes=settings.max_bytes, max_pixels=settings.max_pixels
    )
    office.books.require_held(settings.log_folder, office.keys.log_public)
    at = office.clock.now()
    evidence = office.books.evidence_for(request, at=at)
    request = choose_face(request, evidence)
    decision_id = office.ids.new("decision")
    return request, decide(request, evidence, policy_engine(settings), at=at, decision_id=decision_id)
