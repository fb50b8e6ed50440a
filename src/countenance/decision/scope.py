"""The use, the picture and what was denied, as facts: what a release covers beside its limits. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from countenance.core import facs
from countenance.core.records.asset import FaceBox
from countenance.core.records.consent import ConsentEvidence, Grant, ModelRelease
from countenance.core.records.decision import Decision, EditRequest
from countenance.core.records.oversight import Approval
from countenance.core.records.recipe import Measured
from countenance.core.records.terms import Denied
from countenance.decision.agreed import covers
from countenance.decision.earlier import same_place

Facts = dict[str, Any]
EVERY = "*"


def use_facts(request: EditRequest, grant: Grant) -> Facts:
    """Whom and what it is for; only what the release names is compared, in letters and not in case or spaces."""
    names = {
        "advertiser": (request.advertiser, () if grant.advertiser is None else (grant.advertiser,)),
        "product_line": (request.product_line, () if grant.product_line is None else (grant.product_line,)),
        "campaign": (request.campaign, () if grant.campaign is None else (grant.campaign,)),
        "platform": (request.platform, grant.platforms or ()),
        "picture": (request.asset.digest_of_file, grant.pictures or ()),
    }
    facts: Facts = {}
    for name, (wanted, allowed) in names.items():
        facts |= {f"{name}s": sorted({_same_case(one) for one in allowed}) or [EVERY]}
        facts |= {name: _same_case(wanted)} if allowed and wanted is not None else {}
    return facts | {
        "sensitive_uses": sorted(request.sensitive_uses or ()),
        "sensitive_granted": sorted(grant.sensitive_uses or ()),
    }


def _same_case(text: str) -> str:
    return " ".join(text.split()).casefold()


def count_facts(release: ModelRelease, evidence: ConsentEvidence, face: FaceBox | None) -> Facts:
    """How many edits of this face lie one upon the other, how many there are of the picture, and how many may be.

    An edit of another face on the way is no edit of this person: in a group picture each face has a first edit.
    """
    grant = release.grant
    before = [one for one in evidence.earlier if face is None or same_place(one.region_px, face)]
    facts: Facts = {
        "generation": len(before) + 1,
        "generations": grant.generations or 1,
        "edits_limited": grant.most_edits is not None,
    }
    if grant.most_edits is None:
        return facts
    facts |= {"most_edits": grant.most_edits}
    if evidence.siblings is None:
        return facts
    counted = [
        one
        for one in evidence.siblings
        if one.release_id == release.id or face is None or same_place(one.region_px, face)
    ]
    return facts | {"edits_before": len(counted)}


def picture_approval(
    request: EditRequest, release: ModelRelease, evidence: ConsentEvidence, *, at: str
) -> Approval | None:
    """The depicted person's approval of this picture: the newest that covers what is asked, else the newest there is.

    By the person's own key, or recorded by another operator with a document that shows it; from its instant until it
    expires.
    """
    given = [one for one in evidence.approvals or () if _about(one, request, release, at)]
    given.sort(key=lambda one: (covers(one.units or {}, request.units), one.at, one.id))
    return given[-1] if given else None


def _about(approval: Approval, request: EditRequest, release: ModelRelease, at: str) -> bool:
    return (
        approval.of == "picture"
        and approval.release_id == release.id
        and approval.asset_digest == request.asset.digest_of_file
        and (approval.by_person or (approval.document is not None and approval.by != request.operator_id))
        and approval.at <= at < approval.valid_until
    )


def approval_facts(grant: Grant, approval: Approval | None) -> Facts:
    """Whether the person is asked about each picture, and whether they said yes to this one."""
    needed = grant.approval == "per-picture"
    return {"approval_needed": needed} | ({"approval_on_file": approval is not None} if needed else {})


def denied_facts(request: EditRequest, grant: Grant) -> Facts:
    """What the person denied, as far as it is asked for."""
    denied = grant.denied or ()
    apart = _least(denied, "asymmetry")
    facts: Facts = {
        "denied_complete": all(map(_complete, denied)),
        "asymmetry_denied": any(one.test == "asymmetry" for one in denied),
    }
    if not facts["asymmetry_denied"]:
        return facts
    return facts | {"asymmetry_asked": _apart(request.units)} | ({} if apart is None else {"asymmetry_max": apart})


def measured_facts(grant: Grant | None, measured: Measured) -> Facts:
    """What was seen on the finished pixels, apart from the units."""
    facts: Facts = {
        "teeth_visible": measured.teeth_visible_after,
        "rigid_drift_permille": measured.rigid_drift_permille,
        "changed_outside_px": measured.changed_outside_before_marks_px,
    }
    if grant is None:
        return facts
    denied = grant.denied or ()
    facts |= {
        "teeth_allowed": grant.teeth_visible,
        "teeth_denied": any(one.test == "teeth-visible" for one in denied),
        "eyes_closed_denied": any(one.test == "eyes-closed" for one in denied),
    }
    if facts["eyes_closed_denied"]:
        facts |= _there(eyes_closed_max=_least(denied, "eyes-closed"), eyes_closed=measured.eyes_closed_after_permille)
    if any(one.test == "asymmetry" for one in denied):
        facts |= _there(asymmetry=measured.asymmetry_permille)
    return facts


_OPTIONS = {
    "advertiser-not-granted": "--advertiser",
    "product-line-not-granted": "--product-line",
    "campaign-not-granted": "--campaign",
    "platform-not-granted": "--platform",
}
_ASKS_PERSON = frozenset({"approval-missing", "beyond-approval", "shown-missing"})


def hint_of(decision: Decision) -> str:
    """What to do where the use was not named, or the depicted person must say yes."""
    named = {reason.policy for reason in decision.reasons}
    options = [option for rule, option in _OPTIONS.items() if rule in named]
    steps = [f"say whom it is for with {', '.join(options)}"] if options else []
    if named & _ASKS_PERSON:
        steps.append("an approver records what the person approved with `countenance approve PHOTO --of picture`")
    return "; ".join(steps)


def _complete(one: Denied) -> bool:
    """Whether it says all that its test needs."""
    if one.test == "unit":
        return one.unit in facs.NAMES
    return one.test == "teeth-visible" or (one.test in {"eyes-closed", "asymmetry"} and one.limit_permille is not None)


def _least(denied: Iterable[Denied], test: str) -> int | None:
    limits = [one.limit_permille for one in denied if one.test == test and one.limit_permille is not None]
    return min(limits, default=None)


def _apart(asked: Mapping[str, int]) -> int:
    """The largest difference of the sides that is asked for."""
    plain = {facs.plain(name) for name in asked}
    return max((abs(asked.get(f"{one}L", 0) - asked.get(f"{one}R", 0)) for one in plain), default=0)


def _there(**facts: int | None) -> Facts:
    return {name: value for name, value in facts.items() if value is not None}
