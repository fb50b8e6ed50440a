"""What a release limits of the finished face, where the engine could not read it: said before anything is rendered."""

from collections.abc import Collection

from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.decision import EditRequest
from countenance.decision.agreed import covers
from countenance.decision.evidence import chosen_face, release_of, title_of
from countenance.decision.scope import picture_approval
from countenance.decision.units import limit_for
from countenance.errors import DeniedError


def to_be_read(request: EditRequest, evidence: ConsentEvidence, *, at: str) -> tuple[str, ...]:
    """Units asked for that may only show so much at all, and of which the person has not approved this change."""
    title = title_of(request, evidence)
    release = release_of(evidence, title, chosen_face(request, title))
    if release is None:
        return ()
    approval = picture_approval(request, release, evidence, at=at)
    agreed = {} if approval is None else approval.units or {}
    limited = {name: limit_for(release.grant, name) for name in request.units}
    return tuple(
        name
        for name, limit in limited.items()
        if limit and limit.absolute_max_permille is not None and not covers(agreed, {name: request.units[name]})
    )


def require_read(units: Collection[str], readable: Collection[str], engine: str) -> None:
    """Pass only where the engine publishes an error for reading each of these units in one picture.

    Raises:
        DeniedError: it does not, so that the rule `shown-missing` would refuse the finished picture in any case.
    """
    unread = [name for name in units if name not in readable]
    if unread:
        raise DeniedError(
            f"refused: the model release limits what the face may show at all of {', '.join(unread)}; the engine "
            f"`{engine}` cannot read that, and the person has not approved this picture [shown-missing]",
            hint="the person says yes with `countenance consent approve PHOTO --token-file FILE`, or an approver "
            "records it with `countenance approve PHOTO --of picture`",
        )
