"""Which approvals count for an edit: of another operator than the one who asks, for this picture, at this instant."""

from countenance.core.records.base import Digest
from countenance.core.records.consent import ConsentEvidence, ModelRelease, Title
from countenance.core.records.decision import EditRequest
from countenance.core.records.oversight import Approval, Approved
from countenance.decision.scope import picture_approval
from countenance.decision.units import limit_for


def approval_for(
    of: Approved, request: EditRequest, evidence: ConsentEvidence, *, at: str, release: ModelRelease | None = None
) -> Approval | None:
    """The newest approval of that kind by a second operator; None where there is none in force.

    One that names a model release counts under that one only. What a person approved is asked elsewhere.
    """
    found = [
        one
        for one in evidence.approvals or ()
        if one.of == of
        and one.asset_digest == request.asset.digest_of_file
        and not one.by_person
        and one.by != request.operator_id
        and one.at <= at < one.valid_until
        and one.release_id in (None, release.id if release else None)
    ]
    return max(found, key=lambda one: (one.at, one.id), default=None)


def approvals_used(
    request: EditRequest,
    evidence: ConsentEvidence,
    title: Title,
    release: ModelRelease,
    *,
    minor: bool,
    at: str,
) -> dict[Approved, Digest] | None:
    """Digests of the approvals without which the edit would be refused, by kind; None where none was needed."""
    needed: list[Approved] = []
    if title.alteration != "yes":
        needed.append("alteration")
    if minor:
        needed.append("minor")
    if request.sensitive_uses:
        needed.append("sensitive-use")
    found = {of: approval_for(of, request, evidence, at=at, release=release) for of in needed}
    if release.grant.approval == "per-picture" or _capped(request, release):
        found["picture"] = picture_approval(request, release, evidence, at=at)
    return {of: one.digest() for of, one in found.items() if one is not None} or None


def _capped(request: EditRequest, release: ModelRelease) -> bool:
    """Whether the release limits how much of anything asked for may show at all."""
    limits = [limit_for(release.grant, name) for name in request.units]
    return any(limit is not None and limit.absolute_max_permille is not None for limit in limits)
