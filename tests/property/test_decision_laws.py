"""Laws of the decision, and a second implementation that must agree with it on random worlds of records."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from random_worlds import chained_worlds, permitted_worlds, worlds
from second_opinion import expected

from countenance.adapters.policies.cedar import build
from countenance.core.records.recipe import MeasuredUnit
from countenance.decision.decide import decide
from countenance.decision.evidence import questions
from countenance.decision.ports import Question
from countenance.testing.worlds import a_revocation, a_world, an_id

POLICIES = Path(__file__).parents[2] / "policies"
ENGINE = build(POLICIES)
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def decided(world, *, measured=False, engine=ENGINE):
    seen = world.measured if measured else None
    return decide(world.request, world.evidence, engine, at=world.at, decision_id=an_id("decision"), measured=seen)


@settings(max_examples=500, deadline=None, suppress_health_check=SLOW)
@given(world=worlds(), measured=st.booleans())
def test_a_second_implementation_agrees(world, measured):
    decision = decided(world, measured=measured)
    effect, reasons = expected(world, measured=measured)
    assert (decision.effect, {reason.policy for reason in decision.reasons}) == (effect, reasons)
    event(effect)


@settings(max_examples=500, deadline=None, suppress_health_check=SLOW)
@given(world=chained_worlds(), measured=st.booleans())
def test_a_second_implementation_agrees_on_edits_of_edits(world, measured):
    decision = decided(world, measured=measured)
    assert (decision.effect, {reason.policy for reason in decision.reasons}) == expected(world, measured=measured)


# --- laws -------------------------------------------------------------------------------------------------------------


def without_one(evidence, draw):
    """Evidence with one thing less that speaks in the edit's favour: a withdrawal speaks against it, so it stays.

    That nobody knows of a dispute or a look-alike is less than that there is none. A face loses all its ties at once: a later tie replaces an earlier one, so the two are one fact.
    """
    field = draw(
        st.sampled_from(
            ["operator", "title", "ties", "releases", "persons", "last_entry_at", "approvals", "near", "disputes"]
        )
    )
    held = getattr(evidence, field)
    if not isinstance(held, tuple) or field in {"near", "disputes"}:
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
            if name == "signed_as_adult" and question.facts["person_age"] == "minor":
                continue  # that a minor did not sign as an adult is nothing in favour
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


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(world=worlds(), measured=st.booleans())
def test_after_a_withdrawal_nothing_permits_under_that_grant(world, measured):
    """Whatever else is on file, and whichever version of the release counts."""
    ended = tuple(a_revocation(release.id, at=world.at) for release in world.releases)
    world = world.knowing(revocations=(*world.evidence.revocations, *ended))
    assert decided(world, measured=measured).effect != "permit"


CONDITIONS = (
    'context has purpose && context.purpose == "advertising"',
    "context has unit && context.unit has asked && context.unit.asked > 300",
    "context has generation && context.generation > 1",
    "true",
)


@pytest.fixture(scope="module")
def stricter(tmp_path_factory):
    """Engines with one forbid more."""
    engines = []
    for number, condition in enumerate(CONDITIONS):
        folder = shutil.copytree(POLICIES, tmp_path_factory.mktemp("rules") / str(number))
        rule = f'@id("one-more")\n@reason("one more")\nforbid (principal, action == Action::"edit", resource) when {{ {condition} }};'
        (folder / "default" / "more.cedar").write_text(rule)
        engines.append(build(folder))
    return engines


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(world=worlds(), number=st.integers(0, len(CONDITIONS) - 1))
def test_a_new_forbid_never_turns_a_denial_into_a_permit(stricter, world, number):
    before, after = decided(world), decided(world, engine=stricter[number])
    assert before.effect == "permit" or after.effect != "permit"
    if before.effect != "permit":
        assert {reason.policy for reason in before.reasons} <= {reason.policy for reason in after.reasons}


def raised(limit, draw):
    most = limit.absolute_max_permille
    return limit.model_copy(
        update={
            "max_permille": draw(st.integers(limit.max_permille, 1000)),
            "min_permille": draw(st.integers(-1000, limit.min_permille)),
            "absolute_max_permille": None if most is None else draw(st.sampled_from([None, most, 1000])),
        }
    )


@st.composite
def world_and_raised(draw):
    """A world that nothing bars, and the same with wider limits."""
    start = draw(st.sampled_from(tuple(permitted_worlds())))
    names = list(start.request.units)
    start = start.asking(units={name: draw(st.integers(-1000, 1000)) for name in names})
    grant = start.releases[0].grant
    wider = {name: raised(limit, draw) for name, limit in grant.units.items()}
    changes = {
        "units": wider,
        "generations": (grant.generations or 1) + draw(st.integers(0, 3)),
        "most_edits": grant.most_edits and grant.most_edits + draw(st.integers(0, 3)),
        "denied": grant.denied
        and tuple(
            one.model_copy(update={"limit_permille": one.limit_permille and one.limit_permille + 100})
            for one in grant.denied
        ),
    }
    return start, start.granting(**changes)


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(pair=world_and_raised(), measured=st.booleans())
def test_raising_a_limit_never_denies_more(pair, measured):
    narrow, wide = (decided(world, measured=measured) for world in pair)
    assert narrow.effect != "permit" or wide.effect == "permit", wide.reasons
    event(narrow.effect)


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize("world", list(permitted_worlds()))
def test_deleting_any_fact_refuses_in_every_kind_of_world(world, measured):
    asked = questions(world.request, world.evidence, at=world.at, measured=world.measured if measured else None)
    for question in asked:
        assert ENGINE.answer(question).effect == "permit"
        for name, facts in every_cut(question.facts):
            if name == "signed_as_adult" and question.facts["person_age"] == "minor":
                continue  # that a minor did not sign as an adult is nothing in favour
            answer = ENGINE.answer(Question(action=question.action, face=question.face, facts=facts))
            assert answer.effect != "permit", name
