from pathlib import Path

import pytest

from countenance.adapters.policies.cedar import build
from countenance.core.records.recipe import MeasuredUnit
from countenance.core.records.terms import Limit
from countenance.decision.decide import decide
from countenance.decision.excess import excess_of
from countenance.testing.worlds import a_world, an_earlier_edit, an_id

ENGINE = build(Path(__file__).parents[3] / "policies")
WORLD = a_world()


def reasons(world, *, measured=False):
    seen = world.measured if measured else None
    made = decide(world.request, world.evidence, ENGINE, at=world.at, decision_id=an_id("decision"), measured=seen)
    return {reason.policy: reason for reason in made.reasons}


def reading(value, error=70):
    return {"AU12": MeasuredUnit(value_permille=value, error_permille=error)}


@pytest.mark.parametrize(
    ("world", "measured", "rule", "words"),
    [
        (WORLD.asking(units={"AU12": 620}), False, "unit-beyond-limit", "AU12: .62 asked, .50 allowed: .12 too far"),
        (WORLD.asking(units={"AU12": -700}), False, "unit-beyond-limit", "AU12: -.70 asked, -.60 allowed: .10 too far"),
        (
            WORLD.measuring(units=reading(620)), True, "measured-beyond-limit",
            "AU12: .62 measured, .50 allowed, error .07: .05 too far",
        ),
        (
            WORLD.measuring(units=reading(-671)), True, "measured-beyond-limit",
            "AU12: -.671 measured, -.60 allowed, error .07: .001 too far",
        ),
        (
            WORLD.granting(generations=2).knowing(earlier=(an_earlier_edit(AU12=300),)), False,
            "edits-add-up-beyond-limit", "AU12: .70 asked in all, .50 allowed: .20 too far",
        ),
        (
            WORLD.granting(generations=2).knowing(earlier=(an_earlier_edit(AU12=300),)).measuring(units=reading(400)),
            True, "measured-beyond-limit", "AU12: .70 measured in all, .50 allowed, error .07: .13 too far",
        ),
        (WORLD.measuring(rigid_drift_permille=40), True, "drift-beyond-limit", ".04 drift, .03 allowed: .01 too far"),
        (
            WORLD.granting(units={"AU12": Limit(max_permille=500, absolute_max_permille=300)}), False,
            "absolute-beyond-limit", "AU12: .40 shown, .30 allowed: .10 too far",
        ),
    ],
)  # fmt: skip
def test_a_refusal_says_by_how_much(world, measured, rule, words) -> None:
    reason = reasons(world, measured=measured)[rule]
    assert f"({words})" in reason.reason
    assert reason.excess is not None


def test_the_figures_stand_beside_the_words() -> None:
    (found,) = reasons(WORLD.measuring(units=reading(620)), measured=True)["measured-beyond-limit"].excess
    assert (found.unit, found.value_permille, found.limit_permille) == ("AU12", 620, 500)
    assert (found.error_permille, found.over_permille) == (70, 50)


def test_a_missing_fact_is_no_excess() -> None:
    assert excess_of("unit-beyond-limit", {"units": [{"name": "AU12"}]}) == []
    assert excess_of("denied-eyes-closed", {"eyes_closed_max": 500}) == []
    assert excess_of("title-missing", {}) == []


def test_a_permit_says_nothing_of_limits() -> None:
    assert reasons(WORLD)["within-the-release"].excess is None
