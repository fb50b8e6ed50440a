"""`person.cedar`: the model release, and whether who gave it could."""

from countenance.testing.plain_rules.book import Facts, forbids


@forbids("release-missing", "edit", "publish")
def release_missing(facts: Facts) -> bool:
    """Tied to a release that is not there."""
    return facts.get("face_state") == "tied" and not facts.get("release_on_file")


@forbids("release-withdrawn", "edit", "publish")
def release_withdrawn(facts: Facts) -> bool:
    """Withdrawn, or nobody knows that it was not."""
    return "release_on_file" in facts and facts.get("release_withdrawn") is not False


@forbids("release-not-yet-valid", "edit", "publish")
def release_not_yet_valid(facts: Facts) -> bool:
    """Before its first instant."""
    at, start = facts.get("at_ms"), facts.get("valid_from_ms")
    return "release_on_file" in facts and (at is None or start is None or at < start)


@forbids("release-expired", "edit", "publish")
def release_expired(facts: Facts) -> bool:
    """From its last instant on."""
    at, end = facts.get("at_ms"), facts.get("valid_until_ms")
    return "release_on_file" in facts and (at is None or end is None or at >= end)


@forbids("person-tied-twice", "edit", "publish")
def person_tied_twice(facts: Facts) -> bool:
    """Another face may be theirs as well."""
    return "release_on_file" in facts and not facts.get("person_shown_once")


@forbids("minor", "edit", "publish")
def minor(facts: Facts) -> bool:
    """Not of age, and no guardian signed."""
    return facts.get("person_age") == "minor" and not facts.get("guardian_signed")


@forbids("age-unknown", "edit", "publish")
def age_unknown(facts: Facts) -> bool:
    """Neither adult nor minor."""
    return "release_on_file" in facts and facts.get("person_age") not in {"adult", "minor"}


@forbids("signed-by-minor", "edit", "publish")
def signed_by_minor(facts: Facts) -> bool:
    """Of age now, but not when signing, or nobody knows."""
    return _signed_too_young(facts) and not facts.get("guardian_signed")


@forbids("release-disputed", "edit", "publish")
def release_disputed(facts: Facts) -> bool:
    """Contested, or nobody knows that it is not."""
    return "release_on_file" in facts and facts.get("release_disputed") is not False


@forbids("minor-needs-approval", "edit", "publish")
def minor_needs_approval(facts: Facts) -> bool:
    """A guardian signed, and nobody else looked."""
    guarded = facts.get("person_age") == "minor" and facts.get("guardian_signed")
    return bool(guarded) and not facts.get("minor_approved")


@forbids("lapsed-at-majority", "edit", "publish")
def lapsed_at_majority(facts: Facts) -> bool:
    """A guardian signed for somebody who decides for themselves now."""
    return _signed_too_young(facts) and bool(facts.get("guardian_signed"))


def _signed_too_young(facts: Facts) -> bool:
    return facts.get("person_age") == "adult" and not facts.get("signed_as_adult")
