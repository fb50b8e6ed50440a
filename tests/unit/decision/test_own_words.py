from pathlib import Path

from countenance.adapters.policies.cedar import build
from countenance.core.records.terms import Denied
from countenance.decision.decide import decide
from countenance.decision.own_words import own_words
from countenance.decision.refuse import in_their_words
from countenance.testing.worlds import a_world, an_id

ENGINE = build(Path(__file__).parents[3] / "policies")
DENIED = (
    Denied(test="unit", reason="I never frown.", unit="AU4"),
    Denied(test="unit", reason="Nor this.", unit="AU6"),
    Denied(test="teeth-visible", reason="No teeth."),
)
WORLD = a_world().granting(denied=DENIED)


def words(world, *, measured=False):
    seen = world.measured if measured else None
    decision = decide(world.request, world.evidence, ENGINE, at=world.at, decision_id=an_id("decision"), measured=seen)
    assert not any(one.reason in decision.canonical().decode() for one in DENIED), (
        "a decision outlives the person's record"
    )
    return own_words(decision, world.evidence)


def test_the_words_are_those_of_the_unit_that_was_asked_for() -> None:
    assert words(WORLD.asking(units={"AU4": 100})) == ("I never frown.",)
    assert words(WORLD.asking(units={"AU4L": 100})) == ("I never frown.",)


def test_the_words_are_those_of_what_was_seen() -> None:
    seen = WORLD.measuring(teeth_visible_after=True, unchecked=("AU4", "AU6"))
    assert "No teeth." in words(seen, measured=True)


def test_another_refusal_and_a_permit_quote_nobody() -> None:
    assert words(WORLD.asking(units={"AU12": 900})) == ()
    assert words(WORLD) == ()
    assert words(WORLD.asking(units={"AU4": 100}).knowing(title=None)) == ()


def test_they_end_the_refusal() -> None:
    assert in_their_words(()) == ""
    assert in_their_words(("No.", "Never.")) == "; in the person's words: No. / Never."
