"""`picture.cedar`: the right to the picture, and every face in it."""

from countenance.testing.plain_rules.book import Facts, forbids

_STATES = {"tied", "untouched"}


@forbids("title-missing", "edit", "publish")
def title_missing(facts: Facts) -> bool:
    """No title."""
    return not facts.get("title_registered")


@forbids("alteration-barred", "edit", "publish")
def alteration_barred(facts: Facts) -> bool:
    """The title says no, and nobody made an exception."""
    return facts.get("alteration") == "no" and not facts.get("alteration_approved")


@forbids("alteration-needs-approval", "edit", "publish")
def alteration_needs_approval(facts: Facts) -> bool:
    """The title asks for an approval, and there is none."""
    return facts.get("alteration") == "approval" and not facts.get("alteration_approved")


@forbids("alteration-unknown", "edit", "publish")
def alteration_unknown(facts: Facts) -> bool:
    """The title says nothing that is known."""
    return "title_registered" in facts and facts.get("alteration") not in {"yes", "no", "approval"}


@forbids("face-not-found", "edit", "publish")
def face_not_found(facts: Facts) -> bool:
    """No such face."""
    return "title_registered" in facts and not facts.get("face_found")


@forbids("face-not-tied", "edit", "publish")
def face_not_tied(facts: Facts) -> bool:
    """Nobody said whose it is."""
    return "face_found" in facts and facts.get("face_state") not in _STATES


@forbids("face-must-stay-untouched", "edit", "publish")
def face_must_stay_untouched(facts: Facts) -> bool:
    """It was said to stay as it is."""
    return facts.get("face_state") == "untouched"


@forbids("face-not-decided", "leave")
def face_not_decided(facts: Facts) -> bool:
    """Another face of which nothing was said."""
    return facts.get("face_state") not in _STATES


@forbids("licence-missing", "edit", "publish")
def licence_missing(facts: Facts) -> bool:
    """Licensed on terms that nobody knows, or nobody knows whether."""
    if "title_registered" not in facts:
        return False
    return "basis" not in facts or (facts["basis"] == "licence" and not facts.get("licence_on_file"))


@forbids("licence-expired", "edit", "publish")
def licence_expired(facts: Facts) -> bool:
    """At its end or later, or nobody knows when that is."""
    if "licence_on_file" not in facts or facts.get("licence_ends") is False:
        return False
    at, end = facts.get("at_ms"), facts.get("licence_until_ms")
    return "licence_ends" not in facts or at is None or end is None or at >= end


@forbids("licence-territory", "edit", "publish")
def licence_territory(facts: Facts) -> bool:
    """Outside, or nowhere."""
    allowed = facts.get("licence_territories") or ()
    covered = "territory" in facts and (facts["territory"] in allowed or "*" in allowed)
    return "licence_on_file" in facts and not covered


@forbids("licence-editorial-only", "edit", "publish")
def licence_editorial_only(facts: Facts) -> bool:
    """Any other use than editorial."""
    only = facts.get("licence_editorial_only")
    return "licence_on_file" in facts and only is not False and (only is None or facts.get("purpose") != "editorial")


def _property(facts: Facts, state: str) -> bool:
    states = facts.get("property_releases")
    return "title_registered" in facts and (states is None or state in states)


@forbids("property-release-missing", "edit", "publish")
def property_release_missing(facts: Facts) -> bool:
    """Something shown is not released."""
    return _property(facts, "missing")


@forbids("property-release-expired", "edit", "publish")
def property_release_expired(facts: Facts) -> bool:
    """Something shown is released no longer."""
    return _property(facts, "expired")


@forbids("title-disputed", "edit", "publish")
def title_disputed(facts: Facts) -> bool:
    """Contested, or nobody knows that it is not."""
    return "title_registered" in facts and facts.get("title_disputed") is not False


@forbids("near-duplicate", "edit", "publish")
def near_duplicate(facts: Facts) -> bool:
    """Like a picture of another owner, or nobody looked."""
    return "title_registered" in facts and facts.get("near_unreviewed") is not False
