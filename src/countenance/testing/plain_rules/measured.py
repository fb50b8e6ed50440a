"""`measured.cedar`: what really changed."""

from countenance.testing.plain_rules.book import Facts, forbids, unit_of
from countenance.testing.plain_rules.scope import apart_too_far, approved

MOST_DRIFT = 30


@forbids("measured-missing", "publish")
def measured_missing(facts: Facts) -> bool:
    """Neither read with an error, nor listed as unreadable."""
    unit = unit_of(facts)
    read = "measured" in unit and "error" in unit
    return "unit" in facts and not read and not unit.get("unchecked")


@forbids("measured-beyond-limit", "publish")
def measured_beyond_limit(facts: Facts) -> bool:
    """Further than allowed, with earlier changes and after allowing for the error."""
    unit = unit_of(facts)
    if "release_on_file" not in facts or "measured" not in unit or "error" not in unit:
        return False
    if any(name not in unit for name in ("min", "max", "before_min", "before_max")):
        return True
    most, least = unit["before_max"] + unit["measured"], unit["before_min"] + unit["measured"]
    return bool(most - unit["error"] > unit["max"] or least + unit["error"] < unit["min"])


@forbids("teeth-not-granted", "publish")
def teeth_not_granted(facts: Facts) -> bool:
    """Teeth show and may not, or nobody looked."""
    if "release_on_file" not in facts:
        return False
    shows, may = facts.get("teeth_visible"), facts.get("teeth_allowed")
    return shows is None or may is None or (shows and not may)


@forbids("drift-beyond-limit", "publish")
def drift_beyond_limit(facts: Facts) -> bool:
    """What no muscle moves has moved."""
    drift = facts.get("rigid_drift_permille")
    return drift is None or drift > MOST_DRIFT


@forbids("changed-outside", "publish")
def changed_outside(facts: Facts) -> bool:
    """Any pixel outside."""
    return facts.get("changed_outside_px") != 0


@forbids("shown-missing", "publish")
def shown_missing(facts: Facts) -> bool:
    """Limited, neither read with an error, nor approved by the person."""
    unit = unit_of(facts)
    if "release_on_file" not in facts or "unit" not in facts or unit.get("absolute") is False:
        return False
    read = {"shown", "shown_error"} <= set(unit)
    return "absolute" not in unit or not (read or unit.get("person_agreed"))


@forbids("shown-beyond-limit", "publish")
def shown_beyond_limit(facts: Facts) -> bool:
    """More shows than may, after allowing for the error."""
    unit = unit_of(facts)
    if "release_on_file" not in facts or not unit.get("absolute") or not {"shown", "shown_error"} <= set(unit):
        return False
    return "absolute_max" not in unit or bool(unit["shown"] - unit["shown_error"] > unit["absolute_max"])


@forbids("measured-beyond-approval", "publish")
def measured_beyond_approval(facts: Facts) -> bool:
    """Of a unit that was asked for: further than between nothing and what was approved, beyond the error."""
    unit = unit_of(facts)
    if not approved(facts) or not unit.get("asked") or not {"measured", "error"} <= set(unit):
        return False
    if "approved" not in unit:
        return True
    low, high = min(0, unit["approved"]) - unit["error"], max(0, unit["approved"]) + unit["error"]
    return not low <= unit["measured"] <= high


@forbids("denied-unit-changed", "publish")
def denied_unit_changed(facts: Facts) -> bool:
    """Denied, and changed beyond the error, or not measured."""
    unit = unit_of(facts)
    if "release_on_file" not in facts or "unit" not in facts or unit.get("denied") is False:
        return False
    return not {"denied", "measured", "error"} <= set(unit) or abs(unit["measured"]) > unit["error"]


@forbids("denied-teeth", "publish")
def denied_teeth(facts: Facts) -> bool:
    """Denied, and seen."""
    if "release_on_file" not in facts or facts.get("teeth_denied") is False:
        return False
    return "teeth_denied" not in facts or facts.get("teeth_visible") is not False


@forbids("denied-eyes-closed", "publish")
def denied_eyes_closed(facts: Facts) -> bool:
    """A lid too far down."""
    if "release_on_file" not in facts or facts.get("eyes_closed_denied") is False:
        return False
    down, most = facts.get("eyes_closed"), facts.get("eyes_closed_max")
    return "eyes_closed_denied" not in facts or down is None or most is None or down > most


@forbids("denied-asymmetry", "publish")
def denied_asymmetry(facts: Facts) -> bool:
    """As it was measured."""
    return apart_too_far(facts, "asymmetry")
