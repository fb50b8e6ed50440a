"""The title to facts: whether the picture may be altered, under which licence, and what stands against it. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from countenance.core.clock import epoch_ms
from countenance.core.records.consent import ConsentEvidence, Title
from countenance.core.records.decision import EditRequest
from countenance.core.records.oversight import NearTitle, TitleReview
from countenance.core.records.terms import Licence, PropertyRelease
from countenance.decision.approvals import approval_for
from countenance.decision.ports import Answer

Facts = dict[str, Any]
_OF_LICENCE = frozenset(
    {
        "alteration-barred",
        "alteration-needs-approval",
        "licence-expired",
        "licence-territory",
        "licence-editorial-only",
    }
)
_CLEARED = frozenset({"distinct", "same-right"})


def picture_facts(request: EditRequest, evidence: ConsentEvidence, title: Title, *, at: str) -> Facts:
    """What the rules ask of the right to the picture."""
    return {
        "title_registered": True,
        "alteration": title.alteration,
        **_approved(request, evidence, title, at=at),
        "basis": title.basis,
        **(_licence(title.licence) if title.basis == "licence" and title.licence else {}),
        "property_releases": sorted({_property_state(one, at) for one in title.property_releases or ()}),
        **_disputed(evidence, at),
        **_near(evidence, title, at),
    }


def with_clause(answer: Answer, title: Title | None) -> Answer:
    """The answer whose reasons about the right to the picture name the licence that they rest on."""
    licence = title.licence if title is not None and title.basis == "licence" else None
    if licence is None or answer.effect == "permit":
        return answer
    clause = ", ".join(filter(None, (f"licence {licence.number}" if licence.number else "licence", licence.tier)))
    reasons = [
        one.model_copy(update={"reason": f"{one.reason} ({clause})"}) if one.policy in _OF_LICENCE else one
        for one in answer.reasons
    ]
    return replace(answer, reasons=tuple(reasons))


def disputed(evidence: ConsentEvidence, of_id: str, at: str) -> bool:
    """Whether a dispute over this title or release is open."""
    return of_id in _open(evidence, at)


def unreviewed(evidence: ConsentEvidence, title: Title, at: str) -> tuple[NearTitle, ...]:
    """The look-alikes of other owners that nobody has cleared. Whoever registered the title cannot clear them."""
    return uncleared(evidence.near or (), evidence.reviews or (), title, at)


def uncleared(
    near: Iterable[NearTitle], reviews: Iterable[TitleReview], title: Title, at: str
) -> tuple[NearTitle, ...]:
    """The same, of look-alikes and reviews however they were found."""
    said = tuple(reviews)
    return tuple(one for one in near if not _cleared(one, said, title, at))


def _approved(request: EditRequest, evidence: ConsentEvidence, title: Title, *, at: str) -> Facts:
    """Asked only where the title does not simply allow alteration."""
    if title.alteration == "yes":
        return {}
    return {"alteration_approved": approval_for("alteration", request, evidence, at=at) is not None}


def _licence(licence: Licence) -> Facts:
    """A licence without an end or territories on file has no such limit."""
    ends = {} if licence.expires_at is None else {"licence_until_ms": epoch_ms(licence.expires_at)}
    return {
        "licence_on_file": True,
        "licence_ends": licence.expires_at is not None,
        "licence_territories": sorted(licence.territories) if licence.territories else ["*"],
        "licence_editorial_only": licence.editorial_only,
    } | ends


def _property_state(release: PropertyRelease, at: str) -> str:
    if release.state == "released" and release.valid_until is not None and at >= release.valid_until:
        return "expired"
    return release.state


def _open(evidence: ConsentEvidence, at: str) -> set[str]:
    """What is disputed at the instant: the dispute was opened, and no later record settles it."""
    said = [one for one in evidence.disputes or () if one.at <= at]
    settled = {one.settles for one in said if one.settles is not None}
    return {one.of_id for one in said if one.settles is None and one.id not in settled}


def _disputed(evidence: ConsentEvidence, at: str) -> Facts:
    """Disputes over any title to the picture count: a new title does not shed them."""
    if evidence.disputes is None:
        return {}
    return {"title_disputed": bool(_open(evidence, at) - {release.id for release in evidence.releases})}


def _near(evidence: ConsentEvidence, title: Title, at: str) -> Facts:
    return {} if evidence.near is None else {"near_unreviewed": bool(unreviewed(evidence, title, at))}


def _cleared(near: NearTitle, reviews: Iterable[TitleReview], title: Title, at: str) -> bool:
    """The newest review of the pair counts, in whichever order it names them."""
    pair = {near.title_id, near.other_id}
    found = [
        one
        for one in reviews
        if {one.title_id, one.other_id} == pair and one.at <= at and one.by != title.registered_by
    ]
    newest = max(found, key=lambda one: (one.at, one.id), default=None)
    return newest is not None and newest.verdict in _CLEARED
