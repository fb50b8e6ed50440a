"""Laws of the markets' packs: they only add refusals, and less evidence never permits more."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countenance.adapters.policies.cedar import build
from countenance.core.records.screening import Flags, Screening
from countenance.decision.decide import decide
from countenance.decision.evidence import questions
from countenance.decision.ports import Question
from countenance.testing.worlds import AT, BEFORE, a_revocation, a_world, an_id

ENGINE = build(Path(__file__).parents[2] / "policies")
MARKETS = st.sets(st.sampled_from([*sorted(ENGINE.packs), "fr"]), max_size=4).map(sorted).map(tuple)
LABELS = st.sets(st.sampled_from(["eu", "cn"])).map(sorted).map(tuple)
FLAG = st.sampled_from(["yes", "no", "unknown"])
SCREENINGS = st.none() | st.builds(
    lambda flags, cleared: Screening(
        screener=None if flags is None else "tiny 1",
        flags=flags,
        cleared_by=an_id("operator", 3) if cleared else None,
        cleared_at=AT if cleared else None,
    ),
    st.none() | st.builds(Flags, minor=FLAG, intimate=FLAG),
    st.booleans(),
)
FACTS = ("duties", "labels", "consent", "intimate_ruled_out")


@st.composite
def worlds(draw):
    world = a_world()
    change = draw(st.sampled_from(["none", "purpose", "unit", "withdrawn", "untitled", "expired"]))
    world = {
        "none": lambda: world,
        "purpose": lambda: world.asking(purpose="film"),
        "unit": lambda: world.asking(units={"AU12": 900}),
        "withdrawn": lambda: world.knowing(revocations=(a_revocation(an_id("release")),)),
        "untitled": lambda: world.knowing(title=None),
        "expired": lambda: world.granting(valid_until=BEFORE),
    }[change]()
    return world.knowing(screening=draw(SCREENINGS)).asking(labels=draw(LABELS) or None)


def decided(world, markets, measured):
    world = world.asking(markets=markets or None)
    seen = world.measured if measured else None
    return decide(world.request, world.evidence, ENGINE, at=world.at, decision_id=an_id("decision"), measured=seen)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds(), markets=MARKETS, more=MARKETS, measured=st.booleans())
def test_a_pack_never_turns_a_denial_into_a_permit(world, markets, more, measured):
    fewer, with_more = (decided(world, named, measured) for named in (markets, tuple(sorted({*markets, *more}))))
    if fewer.effect != "permit":
        assert with_more.effect != "permit"
        assert {one.policy for one in fewer.reasons} <= {one.policy for one in with_more.reasons}


@settings(max_examples=60, deadline=None)
@given(markets=MARKETS, labels=LABELS, dropped=st.sampled_from(FACTS))
def test_leaving_out_a_fact_never_permits_more(markets, labels, dropped):
    known = tuple(market for market in markets if market in ENGINE.packs)
    engine = ENGINE.for_markets(known)
    world = a_world()
    facts = {
        "duties": sorted(duty.id for market in known for duty in ENGINE.packs[market].duty),
        "labels": list(labels),
        "consent": ["written", "scope", "purpose", "duration"],
        "intimate_ruled_out": True,
    }
    (question,) = questions(world.request, world.evidence, at=AT, more=facts)
    less = {name: value for name, value in question.facts.items() if name != dropped}
    full, poorer = (engine.answer(Question(action="edit", face=0, facts=one)) for one in (question.facts, less))
    assert poorer.effect != "permit" or full.effect == "permit"


@settings(max_examples=60, deadline=None)
@given(world=worlds(), markets=MARKETS)
def test_screening_only_ever_refuses(world, markets):
    if decided(world.knowing(screening=None), markets, measured=False).effect == "permit":
        return
    with_flags = decided(world, markets, measured=False)
    ruled_out = "eu-intimate-not-ruled-out"
    without = {one.policy for one in decided(world.knowing(screening=None), markets, measured=False).reasons}
    if without != {ruled_out}:
        assert with_flags.effect != "permit"


@settings(max_examples=40, deadline=None)
@given(markets=MARKETS.filter(bool), labels=LABELS)
def test_every_market_asked_is_answered_for(markets, labels):
    decision = decided(a_world().asking(labels=labels or None), markets, measured=False)
    told = {note.market for note in decision.duties} | ({"fr"} if "market-unknown" in str(decision.reasons) else set())
    assert told == set(markets)
