"""The depicted person to facts: of age now and when signing, or a minor with a guardian and a second pair of eyes."""

from typing import Any

from countenance.core.clock import is_adult
from countenance.core.records.consent import ConsentEvidence, DepictedPerson, ModelRelease
from countenance.core.records.decision import EditRequest
from countenance.decision.approvals import approval_for
from countenance.decision.picture import disputed

Facts = dict[str, Any]


def person_facts(request: EditRequest, evidence: ConsentEvidence, release: ModelRelease, *, at: str) -> Facts:
    """What the rules ask of the person behind the release. An unknown age is left out, and so refuses."""
    contested = {} if evidence.disputes is None else {"release_disputed": disputed(evidence, release.id, at)}
    return contested | _age(request, evidence, release, at=at)


def is_minor(evidence: ConsentEvidence, release: ModelRelease, *, at: str) -> bool:
    """Whether the person is on file as one who is not of age."""
    person = _person(evidence, release)
    return person is not None and not _of_age(person, at)


def _age(request: EditRequest, evidence: ConsentEvidence, release: ModelRelease, *, at: str) -> Facts:
    """A birth date outweighs a declaration. A guardian is asked about only where the person was, or is, a minor."""
    person = _person(evidence, release)
    if person is None:
        return {}
    now, then = _of_age(person, at), _of_age(person, f"{release.signed_on.isoformat()}T00:00:00.000Z")
    facts: Facts = {"person_age": "adult" if now else "minor", "signed_as_adult": then}
    if not (now and then):
        facts["guardian_signed"] = release.guardian is not None
    if not now:
        facts["minor_approved"] = approval_for("minor", request, evidence, at=at, release=release) is not None
    return facts


def _person(evidence: ConsentEvidence, release: ModelRelease) -> DepictedPerson | None:
    """The person, if their age is known."""
    person = next((one for one in evidence.persons if one.id == release.person_id), None)
    return None if person is None or (person.born is None and not person.adult) else person


def _of_age(person: DepictedPerson, at: str) -> bool:
    return person.adult if person.born is None else is_adult(person.born, at)
