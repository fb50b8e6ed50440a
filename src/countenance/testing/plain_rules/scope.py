"""`scope.cedar`: the use and the change that were asked for."""

from countenance.testing.plain_rules.book import Facts, forbids, unit_of


def granted(facts: Facts, wanted: str, allowed: str, *, any_of_all: str = "") -> bool:
    """Whether what is wanted is among what is allowed, or all is."""
    names = facts.get(allowed) or ()
    return (wanted in facts and facts[wanted] in names) or (any_of_all != "" and any_of_all in names)


@forbids("purpose-not-granted", "edit", "publish")
def purpose_not_granted(facts: Facts) -> bool:
    """Another purpose."""
    return "release_on_file" in facts and not granted(facts, "purpose", "purposes")


@forbids("medium-not-granted", "edit", "publish")
def medium_not_granted(facts: Facts) -> bool:
    """Another medium."""
    return "release_on_file" in facts and not granted(facts, "medium", "media")


@forbids("territory-not-granted", "edit", "publish")
def territory_not_granted(facts: Facts) -> bool:
    """Another territory, or none was named."""
    if "release_on_file" not in facts:
        return False
    return "territory" not in facts or not granted(facts, "territory", "territories", any_of_all="*")


@forbids("nothing-asked", "edit", "publish")
def nothing_asked(facts: Facts) -> bool:
    """No unit."""
    return "unit" not in facts or facts.get("units_asked", 0) <= 0


@forbids("unit-asked-twice", "edit", "publish")
def unit_asked_twice(facts: Facts) -> bool:
    """As a whole and by side."""
    return "unit" in facts and not unit_of(facts).get("alone")


def _limited(facts: Facts) -> bool:
    unit = unit_of(facts)
    return "release_on_file" in facts and "min" in unit and "max" in unit


@forbids("unit-not-granted", "edit", "publish")
def unit_not_granted(facts: Facts) -> bool:
    """No limits, no change."""
    return "release_on_file" in facts and "unit" in facts and not _limited(facts)


@forbids("unit-beyond-limit", "edit", "publish")
def unit_beyond_limit(facts: Facts) -> bool:
    """Asked for more, or less, than the limits."""
    unit = unit_of(facts)
    return _limited(facts) and not ("asked" in unit and unit["min"] <= unit["asked"] <= unit["max"])


@forbids("edits-add-up-beyond-limit", "edit", "publish")
def edits_add_up_beyond_limit(facts: Facts) -> bool:
    """Within the limits by itself, and beyond them with what was changed before."""
    unit = unit_of(facts)
    if not _limited(facts) or unit_beyond_limit(facts):
        return False
    if "before_min" not in unit or "before_max" not in unit:
        return True
    lowest, highest = unit["before_min"] + unit["asked"], unit["before_max"] + unit["asked"]
    return bool(lowest < unit["min"] or highest > unit["max"])


@forbids("absolute-beyond-limit", "edit", "publish")
def absolute_beyond_limit(facts: Facts) -> bool:
    """More would show than may at all, or nobody says whether that is limited."""
    unit = unit_of(facts)
    if "release_on_file" not in facts or "unit" not in facts or unit.get("absolute") is False:
        return False
    most, least = unit.get("absolute_max"), unit.get("at_least")
    return "absolute" not in unit or most is None or least is None or least > most


def _named_otherwise(facts: Facts, one: str, many: str) -> bool:
    return "release_on_file" in facts and not granted(facts, one, many, any_of_all="*")


@forbids("advertiser-not-granted", "edit", "publish")
def advertiser_not_granted(facts: Facts) -> bool:
    """Another advertiser."""
    return _named_otherwise(facts, "advertiser", "advertisers")


@forbids("product-line-not-granted", "edit", "publish")
def product_line_not_granted(facts: Facts) -> bool:
    """Another product line."""
    return _named_otherwise(facts, "product_line", "product_lines")


@forbids("campaign-not-granted", "edit", "publish")
def campaign_not_granted(facts: Facts) -> bool:
    """Another campaign."""
    return _named_otherwise(facts, "campaign", "campaigns")


@forbids("platform-not-granted", "edit", "publish")
def platform_not_granted(facts: Facts) -> bool:
    """Another platform."""
    return _named_otherwise(facts, "platform", "platforms")


@forbids("picture-not-granted", "edit", "publish")
def picture_not_granted(facts: Facts) -> bool:
    """Another picture."""
    return _named_otherwise(facts, "picture", "pictures")


@forbids("sensitive-use-not-granted", "edit", "publish")
def sensitive_use_not_granted(facts: Facts) -> bool:
    """A declared use that is not granted, or nothing was declared."""
    if "release_on_file" not in facts:
        return False
    declared, allowed = facts.get("sensitive_uses"), facts.get("sensitive_granted")
    return declared is None or allowed is None or bool(set(declared) - set(allowed))


@forbids("most-edits-reached", "edit", "publish")
def most_edits_reached(facts: Facts) -> bool:
    """This one would be one too many."""
    if "release_on_file" not in facts or facts.get("edits_limited") is False:
        return False
    before, most = facts.get("edits_before"), facts.get("most_edits")
    return "edits_limited" not in facts or before is None or most is None or before + 1 > most


@forbids("generation-not-granted", "edit", "publish")
def generation_not_granted(facts: Facts) -> bool:
    """One upon too many others."""
    depth, most = facts.get("generation"), facts.get("generations")
    return "release_on_file" in facts and (depth is None or most is None or depth > most)


@forbids("approval-missing", "edit", "publish")
def approval_missing(facts: Facts) -> bool:
    """Asked about each picture, and silent about this one."""
    if "release_on_file" not in facts or facts.get("approval_needed") is False:
        return False
    return "approval_needed" not in facts or not facts.get("approval_on_file")


def approved(facts: Facts) -> bool:
    """Whether there is an approval that bounds this unit."""
    needed = facts.get("approval_needed") and facts.get("approval_on_file")
    return "release_on_file" in facts and "unit" in facts and bool(needed)


@forbids("beyond-approval", "edit", "publish")
def beyond_approval(facts: Facts) -> bool:
    """Not between nothing and what was approved."""
    asked, most = unit_of(facts).get("asked"), unit_of(facts).get("approved")
    if not approved(facts):
        return False
    return asked is None or most is None or not min(0, most) <= asked <= max(0, most)


@forbids("denied-incomplete", "edit", "publish")
def denied_incomplete(facts: Facts) -> bool:
    """A denial that cannot be tested."""
    return "release_on_file" in facts and not facts.get("denied_complete")


@forbids("denied-unit", "edit", "publish")
def denied_unit(facts: Facts) -> bool:
    """Denied, and asked for now or before."""
    unit = unit_of(facts)
    if "release_on_file" not in facts or "unit" not in facts or unit.get("denied") is False:
        return False
    return "denied" not in unit or any(unit.get(name) != 0 for name in ("asked", "before_min", "before_max"))


def apart_too_far(facts: Facts, seen: str) -> bool:
    """Left and right further apart than the person allows, where they said so."""
    if "release_on_file" not in facts or facts.get("asymmetry_denied") is False:
        return False
    apart, most = facts.get(seen), facts.get("asymmetry_max")
    return "asymmetry_denied" not in facts or apart is None or most is None or apart > most


@forbids("denied-asymmetry-asked", "edit", "publish")
def denied_asymmetry_asked(facts: Facts) -> bool:
    """As it is asked for."""
    return apart_too_far(facts, "asymmetry_asked")
