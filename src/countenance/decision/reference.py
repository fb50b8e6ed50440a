"""May a second picture of the same person be borrowed from? Pure.

It is asked like the edit itself, on the reference's own title and model release, and one thing more: that both pictures
are tied to the same person. That is read from the books; no faces are compared.
"""

from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.decision import Decision, EditRequest, Reason
from countenance.core.records.recipe import Measured
from countenance.decision.decide import decide
from countenance.decision.evidence import chosen_face, release_of, title_of
from countenance.decision.merge import overrule
from countenance.decision.ports import PolicyEngine

REFERENCE_FOREIGN = Reason(
    policy="reference-other-person",
    reason="the reference is not tied to the person whose face is edited, or nobody can tell",
)


def as_reference(evidence: ConsentEvidence) -> ConsentEvidence:
    """The facts about a reference, without earlier edits: it is not edited further, so theirs do not add up."""
    return evidence.model_copy(update={"earlier": ()})


def decide_reference(
    reference: EditRequest,
    shown: ConsentEvidence,
    policy: PolicyEngine,
    *,
    source: EditRequest,
    evidence: ConsentEvidence,
    at: str,
    decision_id: str,
    measured: Measured | None = None,
) -> Decision:
    """The decision on a reference.

    Args:
        reference: the request, put about the reference.
        shown: facts about it, from `as_reference`.
        policy: the rules, those of the edit.
        source: the request about the picture that is edited.
        evidence: facts about that one.
        at: the instant.
        decision_id: the decision's id.
        measured: what was measured on the finished picture.
    """
    decision = decide(reference, shown, policy, at=at, decision_id=decision_id, measured=measured)
    persons = {_person(reference, shown), _person(source, evidence)}
    return decision if len(persons) == 1 and None not in persons else overrule(decision, REFERENCE_FOREIGN)


def _person(request: EditRequest, evidence: ConsentEvidence) -> str | None:
    title = title_of(request, evidence)
    release = release_of(evidence, title, chosen_face(request, title))
    return None if release is None else release.person_id
