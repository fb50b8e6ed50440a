"""Records to facts: one question about each face found. An unknown fact is left out, and so refuses."""

from typing import Any

from countenance.core.clock import epoch_ms
from countenance.core.records.asset import FaceBox
from countenance.core.records.consent import ConsentEvidence, FaceTie, ModelRelease, Title
from countenance.core.records.decision import EditRequest
from countenance.core.records.recipe import Measured
from countenance.decision.agreed import denied_units, with_terms
from countenance.decision.earlier import changed_before
from countenance.decision.person import person_facts
from countenance.decision.picture import picture_facts
from countenance.decision.ports import Question
from countenance.decision.roles import role_facts
from countenance.decision.scope import (
    approval_facts,
    count_facts,
    denied_facts,
    measured_facts,
    picture_approval,
    use_facts,
)
from countenance.decision.units import unit_facts

Facts = dict[str, Any]


def questions(
    request: EditRequest,
    evidence: ConsentEvidence,
    *,
    at: str,
    measured: Measured | None = None,
    more: Facts | None = None,
) -> tuple[Question, ...]:
    """The chosen face first (`edit`, or `publish` once there is a measurement), then `leave` for every other face.

    Without a title, or without a choice among several faces, the first question lacks the facts about the face.
    `more`: facts that the packs of markets need, added to the first question.
    """
    title = title_of(request, evidence)
    chosen = chosen_face(request, title)
    first = Question(
        action="edit" if measured is None else "publish",
        face=chosen.number if chosen else (request.face or 0),
        facts=_chosen_facts(request, evidence, at=at, measured=measured) | (more or {}),
    )
    others = [
        Question(action="leave", face=box.number, facts=_time(evidence, at) | _face_state(evidence, title, box))
        for box in (title.faces if title else ())
        if box != chosen
    ]
    return (first, *others)


def title_of(request: EditRequest, evidence: ConsentEvidence) -> Title | None:
    """The title, if it is one to exactly this file."""
    title = evidence.title
    return title if title and title.asset.digest_of_file == request.asset.digest_of_file else None


def chosen_face(request: EditRequest, title: Title | None) -> FaceBox | None:
    """The face that was named, or the only one."""
    if title is None:
        return None
    if request.face is None:
        return title.faces[0] if len(title.faces) == 1 else None
    return next((box for box in title.faces if box.number == request.face), None)


def release_of(evidence: ConsentEvidence, title: Title | None, face: FaceBox | None) -> ModelRelease | None:
    """The latest version of the model release that the face is tied to."""
    tie = _tie(evidence, title, face)
    if tie is None or tie.release_id is None:
        return None
    versions = [release for release in evidence.releases if release.id == tie.release_id]
    return max(versions, key=lambda release: release.version, default=None)


def _tie(evidence: ConsentEvidence, title: Title | None, face: FaceBox | None) -> FaceTie | None:
    """The latest tie of the face: facts are never updated in place, so a later one replaces an earlier."""
    if title is None or face is None:
        return None
    ties = [tie for tie in evidence.ties if tie.title_id == title.id and tie.face == face.number]
    return max(ties, key=lambda tie: (tie.added_at, tie.id), default=None)


def _chosen_facts(request: EditRequest, evidence: ConsentEvidence, *, at: str, measured: Measured | None) -> Facts:
    title = title_of(request, evidence)
    face = chosen_face(request, title)
    release = release_of(evidence, title, face)
    grant = release.grant if release else None
    seen = measured if measured and measured.edit_id == request.edit_id else None
    return {
        **_time(evidence, at),
        **_operator(request, evidence, at),
        **role_facts(request, evidence, title, release, at=at),
        **(picture_facts(request, evidence, title, at=at) if title else {}),
        **({"face_found": True} if face else {}),
        **(_face_state(evidence, title, face)),
        **(_release(release, evidence, at) if release else {}),
        **(person_facts(request, evidence, release, at=at) if release else {}),
        **(_shown_once(release, evidence, title, face) if release and title and face else {}),
        "purpose": request.purpose,
        "medium": request.medium,
        "territory": request.territory,
        "units_asked": len(request.units),
        **_units(request, evidence, release, face, seen, at=at),
        **(measured_facts(grant, seen) if seen else {}),
    }


def _units(
    request: EditRequest,
    evidence: ConsentEvidence,
    release: ModelRelease | None,
    face: FaceBox | None,
    seen: Measured | None,
    *,
    at: str,
) -> Facts:
    """The units, and what else the release says of this use, of this picture and of what must not be seen."""
    before = changed_before(evidence.earlier, face)
    if release is None:
        return {"units": unit_facts(request.units, None, seen, before)}
    grant = release.grant
    approval = picture_approval(request, release, evidence, at=at)
    approved = None if approval is None else approval.units or {}
    units = unit_facts(request.units, grant, seen, before, watched=denied_units(grant))
    return {
        **use_facts(request, grant),
        **count_facts(release, evidence, face),
        **approval_facts(grant, approval),
        **denied_facts(request, grant),
        "units": with_terms(units, request, grant, seen, approved),
    }


def _time(evidence: ConsentEvidence, at: str) -> Facts:
    last = {} if evidence.last_entry_at is None else {"last_entry_ms": epoch_ms(evidence.last_entry_at)}
    return {"at_ms": epoch_ms(at)} | last


def _operator(request: EditRequest, evidence: ConsentEvidence, at: str) -> Facts:
    operator = evidence.operator
    if operator is None or operator.id != request.operator_id:
        return {}
    ended = evidence.operator_revoked_at
    revoked = (ended is not None and ended <= at) or _revoked(operator.id, evidence, at)
    return {"operator_known": True, "operator_revoked": revoked, "operator_role": operator.role}


def _revoked(of_id: str, evidence: ConsentEvidence, at: str) -> bool:
    return any(end.of_id == of_id and end.at <= at for end in evidence.revocations)


def _face_state(evidence: ConsentEvidence, title: Title | None, face: FaceBox | None) -> Facts:
    tie = _tie(evidence, title, face)
    return {} if tie is None else {"face_state": "untouched" if tie.release_id is None else "tied"}


def _shown_once(release: ModelRelease, evidence: ConsentEvidence, title: Title, face: FaceBox) -> Facts:
    """Whether every other face is another person's. Unknown where the model release of one of them is not on file."""
    people = {one.id: one.person_id for one in evidence.releases}
    ties = [_tie(evidence, title, box) for box in title.faces if box != face]
    others = [people.get(tie.release_id) for tie in ties if tie and tie.release_id]
    return {} if None in others else {"person_shown_once": release.person_id not in others}


def _release(release: ModelRelease, evidence: ConsentEvidence, at: str) -> Facts:
    grant = release.grant
    return {
        "release_on_file": True,
        "release_withdrawn": _revoked(release.id, evidence, at),
        "valid_from_ms": epoch_ms(grant.valid_from),
        "valid_until_ms": epoch_ms(grant.valid_until),
        "purposes": sorted(grant.purposes),
        "media": sorted(grant.media),
        "territories": sorted(grant.territories),
    }
