"""The decision a second time, from records to reasons: written from the words, without looking at facts or Cedar."""

from datetime import UTC, date, datetime
from math import ceil, floor

from countenance.core.facs import NAMES as ALL_NAMES
from countenance.core.records.terms import Limit

NAMES = set(ALL_NAMES)


def expected(world, *, measured):
    """Written from the words of the rules, without looking at facts or Cedar."""
    request, on_file, at = world.request, world.evidence, world.at
    found: set[str] = set()
    if on_file.last_entry_at is None:
        found.add("log-unknown")
    found |= operator_reasons(request, on_file, at)
    title = on_file.title
    release = None
    if title is None or title.asset.digest_of_file != request.asset.digest_of_file:
        found.add("title-missing")
    else:
        found |= {"no": {"alteration-barred"}, "approval": {"alteration-needs-approval"}}.get(title.alteration, set())
        state, release, undecided = faces(request, on_file, title)
        found |= undecided
        if state:
            found.add(state)
    if release is not None:
        seen = world.measured.units if measured and request.edit_id == world.measured.edit_id else {}
        found |= release_reasons(request, release, on_file, at, seen)
    earlier = [edit for edit in on_file.earlier if of_this_face(edit, request, title)]
    yes = what_counts(request, release, on_file, at) if release else None
    found |= unit_reasons(request, release, world.measured if measured else None, earlier, yes)
    if on_file.last_entry_at is not None and at < on_file.last_entry_at:
        # The clock is wrong, and each question says so: none of them denies.
        return "indeterminate", found | {"log-ahead-of-clock"}
    return ("deny", found) if found else ("permit", {"within-the-release"})


def operator_reasons(request, on_file, at):
    operator = on_file.operator
    if operator is None or operator.id != request.operator_id:
        return {"operator-unknown"}
    found = set()
    ended = [on_file.operator_revoked_at] + [end.at for end in on_file.revocations if end.of_id == operator.id]
    if any(moment is not None and moment <= at for moment in ended):
        found.add("operator-revoked")
    if operator.role != "retoucher":
        found.add("operator-role")
    return found


def faces(request, on_file, title):
    last = {}
    for tie in sorted(on_file.ties, key=lambda tie: (tie.added_at, tie.id)):
        last[tie.face] = tie.release_id
    number = request.face
    if number is None and len(title.faces) == 1:
        number = 0
    numbers = {box.number for box in title.faces}
    undecided = {"face-not-decided"} if any(n not in last for n in numbers - {number}) else set()
    if number not in numbers:
        return "face-not-found", None, undecided
    if number not in last:
        return "face-not-tied", None, undecided
    if last[number] is None:
        return "face-must-stay-untouched", None, undecided
    release = next((one for one in on_file.releases if one.id == last[number]), None)
    if release is None:
        return "release-missing", None, undecided
    people = {one.id: one.person_id for one in on_file.releases}
    tied = {last[n] for n in numbers - {number} if last.get(n)}
    if any(people.get(other, release.person_id) == release.person_id for other in tied):
        undecided = undecided | {"person-tied-twice"}
    return "", release, undecided


def release_reasons(request, release, on_file, at, seen):
    grant, found = release.grant, set()
    if any(end.of_id == release.id and end.at <= at for end in on_file.revocations):
        found.add("release-withdrawn")
    if at < grant.valid_from:
        found.add("release-not-yet-valid")
    if at >= grant.valid_until:
        found.add("release-expired")
    if request.purpose not in grant.purposes:
        found.add("purpose-not-granted")
    if request.medium not in grant.media:
        found.add("medium-not-granted")
    if request.territory not in grant.territories and "*" not in grant.territories:
        found.add("territory-not-granted")
    found |= use_reasons(request, grant) | count_reasons(request, release, on_file)
    return found | age_reasons(release, on_file, at) | approval_reasons(request, release, on_file, at, seen)


def use_reasons(request, grant):
    """What the release names, the request must name too."""
    pairs = {
        "advertiser": (request.advertiser, [grant.advertiser]),
        "product-line": (request.product_line, [grant.product_line]),
        "campaign": (request.campaign, [grant.campaign]),
        "platform": (request.platform, grant.platforms or [None]),
        "picture": (request.asset.digest_of_file, grant.pictures or [None]),
    }
    found = {
        f"{name}-not-granted"
        for name, (wanted, named) in pairs.items()
        if None not in named and (wanted or "").strip().lower() not in [one.lower() for one in named]
    }
    if any(use not in (grant.sensitive_uses or ()) for use in request.sensitive_uses or ()):
        found.add("sensitive-use-not-granted")
    for one in grant.denied or ():
        if (one.test in {"eyes-closed", "asymmetry"} and one.limit_permille is None) or (
            one.test == "unit" and one.unit not in NAMES
        ):
            found.add("denied-incomplete")
    limits = [one.limit_permille for one in grant.denied or () if one.test == "asymmetry"]
    apart = abs(request.units.get("AU12L", 0) - request.units.get("AU12R", 0))
    if "AU4L" in request.units:
        apart = max(apart, abs(request.units["AU4L"]))
    known = [one for one in limits if one is not None]
    if limits and (not known or apart > min(known)):
        found.add("denied-asymmetry-asked")
    return found


def count_reasons(request, release, on_file):
    grant, found = release.grant, set()
    of_face = [one for one in on_file.earlier if one.region_px[0][0] // 200 == (request.face or 0)]
    if len(of_face) >= (grant.generations or 1):
        found.add("generation-not-granted")
    if grant.most_edits is not None:
        theirs = (
            None
            if on_file.siblings is None
            else [
                one
                for one in on_file.siblings
                if one.release_id == release.id or one.region_px[0][0] // 200 == (request.face or 0)
            ]
        )
        if theirs is None or len(theirs) >= grant.most_edits:
            found.add("most-edits-reached")
    return found


def approval_reasons(request, release, on_file, at, seen):
    """Asked about each picture: one valid yes that covers all, or else the latest yes says what goes too far."""
    if release.grant.approval != "per-picture":
        return set()
    counts = what_counts(request, release, on_file, at)
    if counts is None:
        return {"approval-missing"}
    found = set() if covered(counts, request.units) else {"beyond-approval"}
    return found | further_than(counts, request.units, seen)


def what_counts(request, release, on_file, at):
    valid = [
        one
        for one in on_file.approvals or ()
        if (one.of, one.release_id, one.asset_digest) == ("picture", release.id, request.asset.digest_of_file)
        and (one.by_person or (one.document and one.by != request.operator_id))
        and one.at <= at < one.valid_until
    ]
    return max(valid, key=lambda one: (covered(one, request.units), one.at, one.id), default=None)


def further_than(approval, asked, seen):
    for name, change in asked.items():
        yes = approval.units.get(name, approval.units.get(name.rstrip("LR"), 0))
        if change and name in seen:
            value, error = seen[name].value_permille, seen[name].error_permille
            if value > max(0, yes) + error or value < min(0, yes) - error:
                return {"measured-beyond-approval"}
    return set()


def covered(approval, asked):
    """Each change in the direction that was approved, and no further."""
    for name, change in asked.items():
        yes = approval.units.get(name, approval.units.get(name.rstrip("LR"), 0))
        if change and (change * yes <= 0 or abs(change) > abs(yes)):
            return False
    return True


def age_reasons(release, on_file, at):
    person = next((one for one in on_file.persons if one.id == release.person_id), None)
    if person is None or (person.born is None and not person.adult):
        return {"age-unknown"}
    if person.born is None:
        return set()
    eighteen = date(person.born.year + 18, person.born.month, person.born.day)
    if datetime.fromisoformat(at).astimezone(UTC).date() < eighteen:
        return {"minor"}
    return {"signed-by-minor"} if release.signed_on < eighteen else set()


def of_this_face(edit, request, title):
    """The made-up edits lie well inside their face, and the faces stand side by side."""
    return title is not None and edit.region_px[0][0] // 200 == (request.face or 0)


def totals(earlier, name):
    """What the edits before asked for on each side that the unit moves."""
    plain = name.rstrip("LR")
    sides = [name] if name != plain else [plain + "L", plain + "R"]
    return [sum(edit.units.get(plain, 0) + edit.units.get(side, 0) for edit in earlier) for side in sides]


def unit_reasons(request, release, measured, earlier, yes):
    found = set() if request.units else {"nothing-asked"}
    fits = measured is not None and request.edit_id == measured.edit_id
    seen, unchecked = (measured.units, measured.unchecked) if fits else ({}, ())
    if any(name[-1] in "LR" and name[:-1] in request.units for name in request.units):
        found.add("unit-asked-twice")
    named = set(request.units)
    if release is not None:
        named |= {name for edit in earlier for name in edit.units}
    if measured and named - set(seen) - set(unchecked):
        found.add("measured-missing")
    if measured:
        found |= picture_reasons(request, release, measured)
    if release is None:
        return found
    denied = {one.unit for one in release.grant.denied or () if one.test == "unit"} & NAMES
    found |= shown_reasons(request, release.grant, measured, fits, yes) | denied_unit_reasons(request, denied, earlier)
    if measured:
        found |= {"measured-missing"} if denied - set(seen) - set(unchecked) else set()
        found |= denied_results(named | set(seen) | denied, denied, seen)
    return found | limit_reasons(request.units, seen, release.grant.units, earlier)


def touches(name, denied):
    """A denied unit covers its sides, and a denied side the whole."""
    return any(name in (one, one.rstrip("LR")) or name.rstrip("LR") == one for one in denied)


def denied_unit_reasons(request, denied, earlier):
    asked = {name for name in request.units if touches(name, denied) and request.units[name]}
    before = set()
    for name in {*denied, *request.units, *(one for edit in earlier for one in edit.units)}:
        if touches(name, denied) and any(changed_before(name, request.units, earlier)):
            before.add(name)
    return {"denied-unit"} if asked or before else set()


def denied_results(names, denied, seen):
    changed = [
        name
        for name in names
        if touches(name, denied) and (name not in seen or abs(seen[name].value_permille) > seen[name].error_permille)
    ]
    return {"denied-unit-changed"} if changed else set()


def shown_reasons(request, grant, measured, fits, yes):
    found = set()
    for name, change in request.units.items():
        entry = grant.units.get(name, grant.units.get(name.rstrip("LR")))
        if name == name.rstrip("LR"):
            entry = grant.units.get(name)
            entries = [grant.units[name + side] for side in ("", "L", "R") if name + side in grant.units]
        else:
            entries = [entry] if entry else []
        most = min(
            (one.absolute_max_permille for one in entries if one.absolute_max_permille is not None), default=None
        )
        if entry is None or most is None:
            continue
        if max(change, (request.targets or {}).get(name, change)) > most:
            found.add("absolute-beyond-limit")
        reading = ((measured.shown if fits else None) or {}).get(name) if measured else None
        if measured and reading is None and not (yes and covered(yes, {name: change})):
            found.add("shown-missing")
        if reading and reading.value_permille > most + reading.error_permille:
            found.add("shown-beyond-limit")
    return found


def limit_reasons(asked, seen, granted, earlier):
    found = set()
    for name in {*seen, *asked, *(name for edit in earlier for name in edit.units)}:
        found |= add_up(name, asked, granted, earlier)
    for name, change in asked.items():
        limits = applicable(granted, name)
        if not limits:
            found |= {"unit-not-granted"} | ({"measured-beyond-limit"} if name in seen else set())
        if not all(low <= change <= high for low, high in limits):
            found.add("unit-beyond-limit")
    for name, reading in seen.items():
        least, most = changed_before(name, asked, earlier)
        for low, high in applicable(granted, name) or by_side(granted, name):
            least_now, most_now = least + reading.value_permille, most + reading.value_permille
            if least_now < low - reading.error_permille or most_now > high + reading.error_permille:
                found.add("measured-beyond-limit")
    return found


def changed_before(name, asked, earlier):
    """Asked for, each side counts; not asked for, perception sees their mean."""
    sides = totals(earlier, name)
    if name in asked:
        return min(sides), max(sides)
    return floor(sum(sides) / len(sides)), ceil(sum(sides) / len(sides))


def by_side(granted, name):
    sides = [granted.get(name + side, Limit()) for side in "LR"]
    low, high = (sum(getattr(side, end) for side in sides) / 2 for end in ("min_permille", "max_permille"))
    return [(floor(low), ceil(high))]


def add_up(name, asked, granted, earlier):
    limits = applicable(granted, name) or ([] if name in asked else by_side(granted, name))
    change, (least, most) = asked.get(name, 0), changed_before(name, asked, earlier)
    alone = all(low <= change <= high for low, high in limits)
    together = all(low <= least + change and most + change <= high for low, high in limits)
    return {"edits-add-up-beyond-limit"} if alone and not together else set()


def picture_reasons(request, release, measured):
    if request.edit_id != measured.edit_id:
        unseen = {"teeth-not-granted"} | {"denied-teeth", "denied-eyes-closed"} if release else set()
        if release and any(one.test == "asymmetry" for one in release.grant.denied or ()):
            unseen.add("denied-asymmetry")
        return {"changed-outside", "drift-beyond-limit"} | unseen
    found = set()
    if measured.changed_outside_before_marks_px:
        found.add("changed-outside")
    if measured.rigid_drift_permille > 30:
        found.add("drift-beyond-limit")
    if release is not None and measured.teeth_visible_after and not release.grant.teeth_visible:
        found.add("teeth-not-granted")
    return found if release is None else found | denied_sights(release.grant.denied or (), measured)


def denied_sights(denied, measured):
    """Each test that the result fails, or that nobody can make."""
    found = set()
    for one in denied:
        most = one.limit_permille
        seen = {"eyes-closed": measured.eyes_closed_after_permille, "asymmetry": measured.asymmetry_permille}
        if one.test == "teeth-visible" and measured.teeth_visible_after:
            found.add("denied-teeth")
        if one.test in seen and (seen[one.test] is None or (most is not None and seen[one.test] > most)):
            found.add(f"denied-{one.test}")
        if one.test in seen and not any(other.limit_permille is not None for other in denied if other.test == one.test):
            found.add(f"denied-{one.test}")
    return found


def applicable(units, name):
    """Every pair of limits that the unit must keep, or nothing where it may not change."""
    plain = name.rstrip("LR")
    if name != plain:
        entry = units.get(name) or units.get(plain)
        return [(entry.min_permille, entry.max_permille)] if entry else []
    if name not in units:
        return []
    return [(units[n].min_permille, units[n].max_permille) for n in (name, f"{name}L", f"{name}R") if n in units]
