"""Whether a person's own face may be shown to them at the limits of a release: before there is a tie, and no edit."""

from collections.abc import Sequence
from datetime import date

from countenance.core.clock import is_adult
from countenance.core.records.consent import (
    DepictedPerson,
    FaceTie,
    ModelRelease,
    Operator,
    Revocation,
    Title,
)
from countenance.core.records.decision import Reason

_ROLES = ("rights", "retoucher")


def against_showing(
    *,
    operator: Operator,
    release: ModelRelease,
    person: DepictedPerson | None,
    title: Title | None,
    tie: FaceTie | None,
    tied: ModelRelease | None = None,
    revocations: Sequence[Revocation],
    at: str,
) -> tuple[Reason, ...]:
    """Every reason against it; none means that the sheet may be made.

    Less is asked than of an edit, since the person looks before they sign and nothing usable leaves: no tie, no
    title. But where these exist, they count.

    Args:
        operator: who asks.
        release: whose limits are shown.
        person: whose release it is.
        title: the newest title of the picture, where there is one.
        tie: the newest tie of the face, where there is one.
        tied: the release of that tie: another one of the same person's does not bar, as they may sign anew.
        revocations: of the operator and of the release.
        at: the instant.
    """
    ended = {end.of_id for end in revocations if end.at <= at}
    checks = (
        (operator.id in ended, "operator-revoked", "the operator's right to act has been revoked"),
        (operator.role not in _ROLES, "operator-role", "only a retoucher or the rights desk may make a sheet"),
        (release.id in ended, "release-withdrawn", "the release has been withdrawn"),
        (at >= release.grant.valid_until, "release-expired", "the release has ended"),
        (person is None, "person-unknown", "the person is not on file"),
        (person is not None and not _of_age(person.adult, person.born, at), "minor", "the person is not of age"),
        (title is not None and title.alteration == "no", "alteration-forbidden", "the picture may not be altered"),
        (
            tie is not None and tie.release_id != release.id and (tied is None or tied.person_id != release.person_id),
            "face-tied-elsewhere",
            "the face is tied to another person's release, or must stay untouched",
        ),
    )
    return tuple(Reason(policy=policy, reason=reason) for applies, policy, reason in checks if applies)


def _of_age(declared: bool, born: date | None, at: str) -> bool:  # noqa: FBT001 - a fact, not a switch
    return declared if born is None else is_adult(born, at)
