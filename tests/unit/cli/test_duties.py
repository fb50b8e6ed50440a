from pathlib import Path

from countenance.adapters.policies.cedar import build
from countenance.cli.duties import duties_text, duty_warnings
from countenance.decision.decide import decide
from countenance.testing.worlds import a_world, an_id

ENGINE = build(Path(__file__).parents[3] / "policies")
AT = "2026-11-24T12:00:00.000Z"


def asked(**more):
    world = a_world().knowing(last_entry_at=AT).asking(markets=("eu",), labels=("eu",), **more)
    world = world.granting(valid_from="2026-01-01T00:00:00.000Z")
    return decide(world.request, world.evidence, ENGINE, at=AT, decision_id=an_id("decision"))


def test_a_time_stamp_that_nobody_gives_is_missing_and_does_not_bar():
    decision = asked()
    assert decision.effect == "permit"
    assert any("eu-art50-mark: missing" in line and "a trusted time-stamp" in line for line in duties_text(decision))
    (said,) = [line for line in duty_warnings(decision) if line.startswith("eu-art50-mark")]
    assert said == "eu-art50-mark: missing a trusted time-stamp; no server for it is named (--tsa-url)"


def test_with_a_server_it_is_met():
    decision = asked(time_stamp=True)
    assert any("eu-art50-mark: met" in line for line in duties_text(decision))
    assert not any("time-stamp" in line for line in duty_warnings(decision))
