"""Who may do what in the house: a retoucher edits, rights keeps the books, an approver is the second pair of eyes."""

from typing import Any

from countenance.core.records.audit import StatementKind
from countenance.core.records.consent import ConsentEvidence, ModelRelease, Role, Title
from countenance.core.records.decision import Decision, EditRequest
from countenance.core.records.oversight import HouseRules
from countenance.decision.approvals import approval_for

Facts = dict[str, Any]

REGISTRARS: frozenset[Role] = frozenset({"rights", "approver"})
"""Who keeps the books where the house asks for four eyes; anyone may where it does not."""
REGISTRY_ACTS: frozenset[StatementKind] = frozenset(
    {"person", "model-release", "title", "face-tie", "revocation", "withdrawal-link", "invitation", "import", "erasure"}
)
"""Statements that change what may be done. A person's own, and the organisation's, are not an operator's act."""
REVIEWERS = REGISTRARS
"""Who compares look-alikes, and settles disputes."""
_APPROVE = "an approver who does not ask for the edit says so with `countenance approve PHOTO --of {}`"
_REMEDIES = {
    "title-missing": "`countenance title add PHOTO` registers the picture",
    "face-not-tied": "`countenance title face PHOTO N --release RELEASE` says whose face it is",
    "alteration-barred": _APPROVE.format("alteration"),
    "alteration-needs-approval": _APPROVE.format("alteration"),
    "minor-needs-approval": _APPROVE.format("minor"),
    "sensitive-use-needs-approval": _APPROVE.format("sensitive-use"),
    "near-duplicate": "`countenance title near PHOTO` lists the look-alikes, `countenance title review` clears them",
    "title-disputed": "`countenance title settle DISPUTE` ends a dispute",
    "release-disputed": "`countenance title settle DISPUTE` ends a dispute",
    "four-eyes": "let another operator edit, or let another one register it again",
    "lapsed-at-majority": "register a new model release that they signed themselves",
}


def may_register(role: Role, house: HouseRules | None) -> bool:
    """Whether an operator of that role may add persons, releases, titles and ties, and withdraw on behalf of others."""
    return not asks_four_eyes(house) or role in REGISTRARS


def asks_four_eyes(house: HouseRules | None) -> bool:
    """Whether the house asks for a second operator. A house that never said so does not."""
    return house is not None and house.four_eyes


def hint_of(decision: Decision) -> str:
    """Whom a refusal asks for, where it asks for somebody else."""
    named = [reason.policy for reason in decision.reasons]
    return "; ".join(dict.fromkeys(_REMEDIES[policy] for policy in named if policy in _REMEDIES))


def role_facts(
    request: EditRequest, evidence: ConsentEvidence, title: Title | None, release: ModelRelease | None, *, at: str
) -> Facts:
    """What the rules ask of who does what. Who registered is asked only where the house asks for four eyes."""
    facts: Facts = {"four_eyes": asks_four_eyes(evidence.house), "sensitive_asked": bool(request.sensitive_uses)}
    if request.sensitive_uses:
        approval = approval_for("sensitive-use", request, evidence, at=at, release=release)
        facts["sensitive_approved"] = approval is not None
    registrars = [one.registered_by if one is not None else None for one in (title, release)]
    if facts["four_eyes"] and None not in registrars:
        facts["registered_self"] = request.operator_id in registrars
    return facts
