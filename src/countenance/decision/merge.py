"""Many answers to one: deny beats indeterminate, indeterminate beats permit, and no answer at all is a denial."""

from collections.abc import Iterable

from countenance.core.records.decision import Decision, Effect, Reason
from countenance.decision.ports import Answer

DEFAULT_DENY = Reason(policy="default-deny", reason="no rule permits this")
POLICY_ERROR = Reason(policy="policy-error", reason="a rule failed while it was evaluated, so nothing can be said")
PERMIT_USED = Reason(policy="permit-used", reason="this permit has served already")
PERMIT_STALE = Reason(policy="permit-stale", reason="this permit is not valid at this instant")
PERMIT_FOREIGN = Reason(policy="permit-foreign", reason="this permit was given for another request or another picture")
DECISION_FOREIGN = Reason(
    policy="decision-foreign", reason="this decision was made about another request or other facts"
)


def merge(answers: Iterable[Answer]) -> Answer:
    """The answer to all questions together, with the reasons of every answer that does not permit, each once."""
    given = tuple(answers)
    effect = _effect([answer.effect for answer in given])
    telling = given if effect == "permit" else [answer for answer in given if answer.effect != "permit"]
    reasons = tuple(dict.fromkeys(reason for answer in telling for reason in answer.reasons))
    if effect != "permit" and not reasons:
        reasons = (DEFAULT_DENY,)
    return Answer(effect=effect, reasons=reasons)


def _effect(effects: list[Effect]) -> Effect:
    if not effects or "deny" in effects:
        return "deny"
    return "permit" if all(effect == "permit" for effect in effects) else "indeterminate"


def overrule(decision: Decision, reason: Reason) -> Decision:
    """The decision as a denial, with one more reason before its own: for what no rule sees, such as a used permit."""
    earlier = () if decision.effect == "permit" else decision.reasons
    return decision.model_copy(update={"effect": "deny", "reasons": (reason, *earlier)})
