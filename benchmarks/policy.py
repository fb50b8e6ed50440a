"""How many decisions a second the policy engine makes: `python benchmarks/policy.py`, result in results/policy.json."""

import json
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from countenance.adapters.policies.cedar import build
from countenance.core.records.recipe import MeasuredUnit
from countenance.decision.decide import decide
from countenance.decision.evidence import questions
from countenance.testing.worlds import World, a_world, an_id

ROOT = Path(__file__).parents[1]
ENGINE = build(ROOT / "policies")
ROUNDS, REPEATS = 7, 300


def worlds() -> dict[str, World]:
    """What is asked, from a small question to a large one."""
    two = {"AU12": 400, "AU4": 200}
    readings = {name: MeasuredUnit(value_permille=value, error_permille=60) for name, value in two.items()}
    return {
        "one face, one unit": a_world(),
        "one face, two units": a_world().asking(units=two).measuring(units=readings),
        "four faces, two units": a_world(faces=4).asking(units=two).measuring(units=readings),
    }


def rate(work: Callable[[], object], *, each: int) -> dict[str, float]:
    """Median and quartiles over the rounds, per second."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(REPEATS):
            work()
        seconds.append((time.perf_counter() - start) / (REPEATS * each))
    low, middle, high = statistics.quantiles(seconds, n=4)
    return {"per_second": round(1 / middle), "p50_ms": round(middle * 1000, 4), "iqr_ms": round((high - low) * 1000, 4)}


def measure(world: World) -> dict[str, object]:
    """Questions alone, and whole decisions with their digests."""
    asked = questions(world.request, world.evidence, at=world.at)
    effect = ENGINE.answer(asked[0]).effect
    return {
        "effect": effect,
        "questions": len(asked),
        "question": rate(lambda: [ENGINE.answer(question) for question in asked], each=len(asked)),
        "decision": rate(
            lambda: decide(world.request, world.evidence, ENGINE, at=world.at, decision_id=an_id("decision")), each=1
        ),
        "measured_decision": rate(
            lambda: decide(
                world.request,
                world.evidence,
                ENGINE,
                at=world.at,
                decision_id=an_id("decision"),
                measured=world.measured,
            ),
            each=1,
        ),
    }


def main() -> None:
    """Measure and write."""
    start = time.perf_counter()
    build(ROOT / "policies")
    result = {
        "schema": "countenance.benchmark/1",
        "what": "policy",
        "engine": f"cedarpy {ENGINE.version}",
        "rules": len(ENGINE.rules()),
        "policy_digest": ENGINE.digest,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "threads": 1,
        "load_ms": round((time.perf_counter() - start) * 1000, 1),
        "cases": {name: measure(world) for name, world in worlds().items()},
    }
    path = ROOT / "benchmarks" / "results" / "policy.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
