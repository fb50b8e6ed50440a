"""Tables of cases: a question and the answer that the rules must give, with the ids of the rules behind it.

A table is JSON: `{"schema": "countenance.policy-cases/1", "facts": {name: facts}, "cases": [case, ...]}`. A case names
facts to start from (`from`), what to change (`with`), what to leave out (`without`), the `action`, and what must come
out: `effect` and `reasons`, the ids in any order. A table about a market's pack names it: `"markets": ["eu"]`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.core.records.decision import Effect
from countenance.decision.ports import Answer, PolicyEngine, Question
from countenance.errors import ConfigError

SCHEMA = "countenance.policy-cases/1"
_ACTIONS = ("edit", "publish", "leave")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of a table."""

    table: str
    name: str
    question: Question
    effect: Effect
    reasons: frozenset[str]
    markets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """A case and what came out. `passed`: the effect and the set of reason ids are as written."""

    case: Case
    answer: Answer
    passed: bool


def load_cases(policies_dir: Path) -> tuple[Case, ...]:
    """Every case of `tests/*.json` beside the rules.

    Raises:
        ConfigError: there are none, or a table is not as described.
    """
    tables = sorted((policies_dir / "tests").glob("*.json"))
    cases = tuple(case for path in tables for case in _table(path))
    if not cases:
        raise ConfigError("there are no policy cases", hint="the policies folder holds tests/*.json")
    return cases


def run_cases(engine: PolicyEngine, cases: Iterable[Case]) -> tuple[CaseResult, ...]:
    """Each case answered by the engine."""
    return tuple(_run(engine, case) for case in cases)


def _run(engine: PolicyEngine, case: Case) -> CaseResult:
    answer = engine.for_markets(case.markets).answer(case.question)
    named = frozenset(reason.policy for reason in answer.reasons)
    return CaseResult(case=case, answer=answer, passed=answer.effect == case.effect and named == case.reasons)


def _table(path: Path) -> list[Case]:
    try:
        return _cases(path.name, json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError(f"the table of cases `{path.name}` cannot be read", hint=f"see {SCHEMA}") from error


def _cases(name: str, table: Mapping[str, Any]) -> list[Case]:
    if table["schema"] != SCHEMA:
        raise ValueError("another schema")
    markets = tuple(map(str, table.get("markets", ())))
    return [_case(name, case, table["facts"], markets) for case in table["cases"]]


def _case(
    table: str, case: Mapping[str, Any], worlds: Mapping[str, Mapping[str, Any]], markets: tuple[str, ...]
) -> Case:
    dropped = set(case.get("without", ()))
    facts = {key: value for key, value in worlds[case["from"]].items() if key not in dropped} | case.get("with", {})
    if case["action"] not in _ACTIONS or case["effect"] not in {"permit", "deny", "indeterminate"}:
        raise ValueError("not an action or effect")
    return Case(
        table=table,
        name=case["name"],
        question=Question(action=case["action"], face=case.get("face", 0), facts=facts),
        effect=case["effect"],
        reasons=frozenset(case["reasons"]),
        markets=markets,
    )
