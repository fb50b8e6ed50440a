"""Laws of the decision, and a second implementation in plain Python that must agree with the rules on random worlds."""

from dataclasses import replace
from datetime import UTC, date, datetime
from math import ceil, floor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from countenance.adapters.policies.cedar import build
from countenance.core.records.consent import DepictedPerson
from countenance.core.records.recipe import MeasuredUnit
from countenance.core.records.terms import Limit
from countenance.decision.decide import decide
from countenance.decision.evidence import questions
from countenance.decision.ports import Question
from countenance.testing.worlds import (
    AT,
    BEFORE,
    a_release,
    a_revocation,
    a_tie,
    a_title,
    a_world,
    an_earlier_edit,
    an_id,
)

ENGINE = build(Path(__file__).parents[2] / "policies")
LATER = "2027-03-01T12:00:00.001Z"
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def decided(world, *, measured=False):
    seen = world.measured if measured else None
    return decide(world.request, world.evidence, ENGINE, at=world.at, decision_id=an_id("decision"), measured=seen)


# --- the second implementation: records in, effect and reason ids out -------------------------------------------------


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
        found |= release_reasons(request, release, on_file, at)
    earlier = [edit for edit in on_file.earlier if of_this_face(edit, request, title)]
    found |= unit_reasons(request, release, world.measured if measured else None, earlier)
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


def release_reasons(request, release, on_file, at):
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
    return found | age_reasons(release, on_file, at)


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


def unit_reasons(request, release, measured, earlier):
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
    return found if release is None else found | limit_reasons(request.units, seen, release.grant.units, earlier)


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
        return {"changed-outside", "drift-beyond-limit"} | ({"teeth-not-granted"} if release else set())
    found = set()
    if measured.changed_outside_before_marks_px:
        found.add("changed-outside")
    if measured.rigid_drift_permille > 30:
        found.add("drift-beyond-limit")
    if release is not None and measured.teeth_visible_after and not release.grant.teeth_visible:
        found.add("teeth-not-granted")
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


# --- random worlds ----------------------------------------------------------------------------------------------------

MOMENTS = st.sampled_from([BEFORE, "2027-03-01T11:59:59.999Z", AT, LATER, "2030-01-01T00:00:00.000Z"])
CHANGES = st.sampled_from([-1000, -601, -600, -300, -1, 0, 1, 300, 301, 400, 500, 501, 1000])
STEPS = st.sampled_from([-200, 0, 100, 101, 300])
UNITS = st.sampled_from(["AU12", "AU12L", "AU12R", "AU4", "AU4L", "AU6", "AU17"])
LIMITS = st.builds(
    Limit, min_permille=st.sampled_from([-1000, -600, 0]), max_permille=st.sampled_from([0, 300, 500, 1000])
)
READINGS = st.builds(MeasuredUnit, value_permille=CHANGES, error_permille=st.sampled_from([0, 1, 60]))


def mostly(usual, *others):
    return st.sampled_from([usual] * (30 * len(others)) + list(others))


def people(draw):
    born = st.sampled_from([None, None, date(1990, 5, 5), date(2009, 1, 1), date(2009, 3, 1), date(2009, 3, 2)])
    person = DepictedPerson(
        id=an_id("person"), alias="P", adult=draw(mostly(True, False)), born=draw(born), added_at=BEFORE
    )
    other = person.model_copy(update={"id": an_id("person", 2)})
    return draw(mostly((person, other), (), (other,)))


def on_file(draw, world, count):
    title = world.evidence.title.model_copy(update={"alteration": draw(mostly("yes", "no", "approval"))})
    foreign = title.model_copy(
        update={"asset": title.asset.model_copy(update={"digest_of_file": "sha256:" + "0" * 64})}
    )
    releases = []
    for number in (1, 2):
        release = a_release(number, person=draw(mostly(number, 1)))
        grant = release.grant.model_copy(
            update={
                "units": draw(st.one_of(st.just(release.grant.units), st.dictionaries(UNITS, LIMITS, max_size=4))),
                "territories": draw(mostly(("DE", "FR"), ("*",), ("US",))),
                "teeth_visible": draw(st.booleans()),
                "valid_from": draw(mostly("2027-01-01T00:00:00.000Z", AT, LATER)),
                "valid_until": draw(mostly("2035-01-01T00:00:00.000Z", AT, LATER)),
            }
        )
        releases.append(release.model_copy(update={"grant": grant}))
    choices = [an_id("release"), an_id("release", 2), None]
    ties = [a_tie(0, draw(mostly(choices[0], *choices[1:])))] if draw(mostly(True, False)) else []
    ties += [a_tie(n, draw(st.sampled_from(choices))) for n in range(1, count) if draw(mostly(True, False))]
    if draw(mostly(False, True)):
        ties.append(a_tie(0, draw(st.sampled_from(choices)), number=1, at=draw(mostly(AT, "2027-01-15T00:00:00.000Z"))))
    ends = st.sampled_from([an_id("release"), an_id("release", 2), an_id("operator"), an_id("tie")])
    ended = [a_revocation(draw(ends), at=draw(MOMENTS)) for _ in range(draw(mostly(0, 1, 2)))]
    return world.knowing(
        title=draw(mostly(title, None, foreign)),
        ties=tuple(ties),
        releases=draw(mostly(tuple(releases), (), (releases[1],))),
        persons=people(draw),
        revocations=tuple(ended),
        operator=draw(mostly(world.evidence.operator, None)),
        operator_revoked_at=draw(mostly(None, BEFORE, LATER)),
        last_entry_at=draw(mostly(BEFORE, None, AT, LATER)),
        earlier=draw(chains(max(count, 1))),
    )


@st.composite
def chains(draw, count, names=UNITS, lengths=(0, 0, 0, 1, 2)):
    """The edits before, each of any face; by default mostly none."""
    return tuple(
        an_earlier_edit(number, face=draw(st.integers(0, count - 1)), **draw(st.dictionaries(names, STEPS, max_size=2)))
        for number in range(draw(st.sampled_from(lengths)))
    )


@st.composite
def worlds(draw):
    count = draw(st.integers(0, 3))
    world = a_world(faces=max(count, 1))
    world = world.knowing(title=a_title(world.request.asset, count))
    world = on_file(draw, world, count)
    if world.evidence.operator is not None:
        role = draw(mostly("retoucher", "rights", "approver"))
        world = world.knowing(operator=world.evidence.operator.model_copy(update={"role": role}))
    usual = st.just({"AU12": 400})
    world = world.asking(
        units=draw(st.one_of(usual, usual, st.dictionaries(UNITS, CHANGES, max_size=4))),
        purpose=draw(mostly("advertising", "film")),
        medium=draw(mostly("web", "cinema")),
        territory=draw(mostly("DE", "US")),
        face=draw(mostly(0, None, 1, 7)),
        operator_id=draw(mostly(an_id("operator"), an_id("operator"), an_id("operator", 9))),
    )
    readings = {
        name: MeasuredUnit(value_permille=value, error_permille=60) for name, value in world.request.units.items()
    }
    return world.measuring(
        edit_id=draw(mostly(an_id("edit"), an_id("edit", 2))),
        units=draw(st.one_of(st.just(readings), st.just(readings), st.dictionaries(UNITS, READINGS, max_size=4))),
        unchecked=draw(mostly((), ("AU12",), ("AU4L", "AU6"))),
        teeth_visible_after=draw(mostly(False, True)),
        rigid_drift_permille=draw(mostly(4, 30, 31)),
        changed_outside_before_marks_px=draw(mostly(0, 1)),
    )


@settings(max_examples=1000, deadline=None, suppress_health_check=SLOW)
@given(world=worlds(), measured=st.booleans())
def test_a_second_implementation_agrees(world, measured):
    decision = decided(world, measured=measured)
    effect, reasons = expected(world, measured=measured)
    assert (decision.effect, {reason.policy for reason in decision.reasons}) == (effect, reasons)
    event(effect)


@st.composite
def chained_worlds(draw):
    """Nothing is wrong but, perhaps, how far the edits go together."""
    names = st.sampled_from(["AU12", "AU12L", "AU12R"])
    units = draw(st.dictionaries(names, STEPS, min_size=1, max_size=2))
    readings = st.builds(MeasuredUnit, value_permille=STEPS, error_permille=st.sampled_from([0, 60]))
    world = a_world(faces=2).asking(units=units).knowing(earlier=draw(chains(2, names, (1, 2))))
    world = world.granting(units=draw(st.dictionaries(names, LIMITS, min_size=1)))
    return world.measuring(units={"AU12": draw(readings)}, unchecked=("AU12L", "AU12R"))


@settings(max_examples=1000, deadline=None, suppress_health_check=SLOW)
@given(world=chained_worlds(), measured=st.booleans())
def test_a_second_implementation_agrees_on_edits_of_edits(world, measured):
    decision = decided(world, measured=measured)
    assert (decision.effect, {reason.policy for reason in decision.reasons}) == expected(world, measured=measured)


# --- laws -------------------------------------------------------------------------------------------------------------


def without_one(evidence, draw):
    """Evidence with one thing less that speaks in the edit's favour: a withdrawal speaks against it, so it stays.

    A face loses all its ties at once: a later tie replaces an earlier one, so the two are one fact.
    """
    field = draw(st.sampled_from(["operator", "title", "ties", "releases", "persons", "last_entry_at"]))
    held = getattr(evidence, field)
    if not isinstance(held, tuple):
        return evidence.model_copy(update={field: None})
    if not held:
        return evidence
    lost = draw(st.sampled_from(held))
    kept = [one for one in held if one != lost and not (field == "ties" and one.face == lost.face)]
    return evidence.model_copy(update={field: tuple(kept)})


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(world=worlds(), measured=st.booleans(), data=st.data())
def test_less_evidence_never_permits_more(world, measured, data):
    less = replace(world, evidence=without_one(world.evidence, data.draw))
    if decided(less, measured=measured).effect == "permit":
        assert decided(world, measured=measured).effect == "permit"


def every_cut(facts):
    """Each way to leave out one fact, also inside one unit."""
    for key in facts:
        yield key, {name: value for name, value in facts.items() if name != key}
    for index, unit in enumerate(facts.get("units", ())):
        for key in unit:
            cut = {name: value for name, value in unit.items() if name != key}
            rest = [cut if n == index else other for n, other in enumerate(facts["units"])]
            yield f"units.{index}.{key}", {**facts, "units": rest}


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize("units", [{"AU12": 400}, {"AU12": -200, "AU4": 300}, {"AU12L": 100}])
def test_deleting_any_fact_refuses(measured, units):
    readings = {name: MeasuredUnit(value_permille=value, error_permille=5) for name, value in units.items()}
    world = a_world(faces=2).asking(units=units).measuring(units={**readings, "AU6": readings[min(readings)]})
    world = world.measuring(units=readings)
    seen = world.measured if measured else None
    asked = questions(world.request, world.evidence, at=world.at, measured=seen)
    cuts = 0
    for question in asked:
        assert ENGINE.answer(question).effect == "permit"
        for name, facts in every_cut(question.facts):
            answer = ENGINE.answer(Question(action=question.action, face=question.face, facts=facts))
            assert answer.effect != "permit", name
            assert answer.reasons, name
            cuts += 1
    assert cuts > 25


INSTANTS = st.datetimes(datetime(2027, 2, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@settings(max_examples=100, deadline=None)
@given(moment=INSTANTS, of_id=st.sampled_from([an_id("release"), an_id("operator")]))
def test_after_a_revocation_no_later_instant_permits(moment, of_id):
    at = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    world = a_world().granting(valid_until="2050-01-01T00:00:00.000Z").knowing(last_entry_at="2027-01-31T00:00:00.000Z")
    open_world = decide(world.request, world.evidence, ENGINE, at=at, decision_id=an_id("decision"))
    assert open_world.effect == "permit"
    ended = world.knowing(revocations=(a_revocation(of_id, at="2027-02-01T00:00:00.000Z"),))
    assert decide(ended.request, ended.evidence, ENGINE, at=at, decision_id=an_id("decision")).effect == "deny"
