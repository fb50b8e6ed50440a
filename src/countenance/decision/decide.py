"""Facts, policy and an instant to a decision; a permitting decision to a permit. Pure."""

from countenance.core.clock import later
from countenance.core.digest import same
from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.decision import Decision, EditRequest, Permit, Reason
from countenance.core.records.recipe import Measured
from countenance.decision.approvals import approvals_used
from countenance.decision.evidence import chosen_face, questions, release_of, title_of
from countenance.decision.excess import told
from countenance.decision.market import ask_markets
from countenance.decision.merge import DECISION_FOREIGN, PERMIT_FOREIGN, PERMIT_STALE, POLICY_ERROR, merge, overrule
from countenance.decision.person import is_minor
from countenance.decision.picture import with_clause
from countenance.decision.ports import Answer, PolicyEngine, Question
from countenance.decision.screening import gate
from countenance.decision.units import limit_for
from countenance.errors import DeniedError

PERMIT_SECONDS = 600
"""How long a permit serves: a render takes seconds, and consent may be withdrawn meanwhile."""


def decide(
    request: EditRequest,
    evidence: ConsentEvidence,
    policy: PolicyEngine,
    *,
    at: str,
    decision_id: str,
    measured: Measured | None = None,
) -> Decision:
    """Every face found is asked about; anything but a permit for all of them refuses.

    Without `measured` the request is decided; with it, what was really changed, on the same facts as they are now.
    """
    title = title_of(request, evidence)
    chosen = chosen_face(request, title)
    release = release_of(evidence, title, chosen)
    markets = ask_markets(request, evidence, release, policy, at=at)
    asked = questions(request, evidence, at=at, measured=measured, more=markets.facts)
    answer = merge(
        [
            *(with_clause(told(_ask(markets.policy, question), question), title) for question in asked),
            *markets.refusals,
            *gate(evidence.screening, adult=asked[0].facts.get("person_age") == "adult"),
        ]
    )
    return Decision(
        id=decision_id,
        edit_id=request.edit_id,
        stage="requested" if measured is None else "measured",
        face=chosen.number if chosen else request.face,
        effect=answer.effect,
        reasons=answer.reasons,
        request_digest=request.digest(),
        evidence_digest=evidence.digest(),
        policy_digest=markets.policy.digest,
        measured_digest=None if measured is None else measured.digest(),
        at=at,
        duties=markets.notes,
        request=request,
    )


def _ask(policy: PolicyEngine, question: Question) -> Answer:
    """The engine's answer; an engine that fails gives none, which never permits."""
    try:
        return policy.answer(question)
    except Exception:  # noqa: BLE001 - a plug-in may fail in any way
        return Answer(effect="indeterminate", reasons=(POLICY_ERROR,))


def permit_of(decision: Decision, request: EditRequest, evidence: ConsentEvidence, *, nonce: str, at: str) -> Permit:
    """The permit that a permitting decision about exactly this request and these facts yields.

    Raises:
        DeniedError: the decision does not permit, or is about something else.
    """
    if decision.effect != "permit":
        named = ", ".join(dict.fromkeys(reason.policy for reason in decision.reasons))
        raise DeniedError(f"refused: {named}", decisions=(decision,))
    title = title_of(request, evidence)
    face = chosen_face(request, title)
    release = release_of(evidence, title, face)
    ours = same(decision.request_digest, request.digest()) and same(decision.evidence_digest, evidence.digest())
    if not ours or decision.stage != "requested" or title is None or face is None or release is None:
        raise _refusal(DECISION_FOREIGN, decision)
    limits = {name: limit_for(release.grant, name) for name in request.units}
    return Permit(
        nonce=nonce,
        edit_id=request.edit_id,
        decision_id=decision.id,
        request_digest=decision.request_digest,
        asset=request.asset,
        face=face,
        others=tuple(box for box in title.faces if box != face),
        units=request.units,
        limits={name: limit for name, limit in limits.items() if limit is not None},
        release_id=release.id,
        keep_landmarks=release.grant.keep_landmarks,
        issued_at=at,
        expires_at=later(at, seconds=PERMIT_SECONDS),
        labels=request.labels,
        release_version=release.version if release.version > 1 else None,
        approvals=approvals_used(
            request, evidence, title, release, minor=is_minor(evidence, release, at=decision.at), at=decision.at
        ),
    )


def check_permit(permit: Permit, request: EditRequest, at: str, *, decision: Decision | None = None) -> None:
    """A permit serves for its own request and picture, from its issue until it expires.

    That it serves once is for the books to see: they hold the nonces.

    Raises:
        DeniedError: stale, or made for something else; with `decision`, that decision overruled comes with it.
    """
    if not same(permit.request_digest, request.digest()) or permit.asset != request.asset:
        raise _refusal(PERMIT_FOREIGN, decision)
    if not permit.issued_at <= at <= permit.expires_at:
        raise _refusal(PERMIT_STALE, decision)


def _refusal(reason: Reason, decision: Decision | None) -> DeniedError:
    decisions = () if decision is None else (overrule(decision, reason),)
    return DeniedError(f"refused: {reason.policy}", decisions=decisions, hint=reason.reason)
