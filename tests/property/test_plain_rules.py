"""The rules in Cedar and the same rules in plain Python: one answer on ten thousand random worlds."""

import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from random_worlds import permitted_worlds

from countenance.adapters.policies.cedar import build
from countenance.decision.evidence import questions
from countenance.decision.ports import Question
from countenance.testing.plain_rules import book, rules

POLICIES = Path(__file__).parents[2] / "policies"
ENGINE = build(POLICIES)
FORBIDS = {rule.id for rule in ENGINE.rules() if rule.effect == "forbid"}
WORLDS = 10_000
LEAVE = {"at_ms", "last_entry_ms", "face_state"}
"""The facts that `leave` is asked with, as the schema has it."""


def schema_facts() -> tuple[dict[str, str], dict[str, str]]:
    """Name to type of each fact of a question, and of each of a unit, as the schema has them."""
    text = re.sub(r"//.*", "", (POLICIES / "schema.cedarschema").read_text())
    found = [re.search(rf"type {name} = \{{(.*?)\}};", text, re.DOTALL)[1] for name in ("Facts", "Unit")]
    facts, unit = (dict(re.findall(r"(\w+)\??\s*:\s*([\w<>]+)", body)) for body in found)
    return facts, unit


FACTS, UNIT = schema_facts()


RULES = "\n".join(path.read_text() for path in sorted((POLICIES / "default").glob("*.cedar")))


def compared_with(name: str) -> list[str]:
    """The texts that the rules compare a fact with."""
    listed = re.findall(rf"\[([^\]]*)\]\.contains\(context\.{name}\)", RULES)
    return sorted({*re.findall(rf'\b{name} == "([^"]+)"', RULES), *re.findall(r'"([^"]+)"', " ".join(listed))})


TEXTS = {name: [*compared_with(name), "*", "something else"] for name, kind in FACTS.items() if kind == "String"}


def starts() -> list[Question]:
    found = []
    for world in permitted_worlds():
        for seen in (None, world.measured):
            found += questions(world.request, world.evidence, at=world.at, measured=seen)
    return found


def changed(draw: random.Random, facts: dict, known: dict[str, str]) -> dict:
    """The facts with one of them absent, or another."""
    name = draw.choice(sorted(known if draw.random() < 0.5 else set(known) & set(facts)) or sorted(known))
    kept = {key: value for key, value in facts.items() if key != name}
    if draw.random() < 0.4:
        return kept
    kind, held = known[name], list(facts.values())
    if kind == "Bool":
        return kept | {name: draw.random() < 0.5}
    if kind == "Long":
        numbers = [one for one in held if type(one) is int] or [0]
        return kept | {name: draw.choice(numbers) + draw.choice([-1, 0, 0, 1])}
    if kind == "String":
        return kept | {name: draw.choice(TEXTS[name])}
    assert kind == "Set<String>", f"the test has no values for facts of type {kind}"
    listed = [text for one in held if isinstance(one, list) for text in one if isinstance(text, str)]
    texts = sorted({"*", "something else", *listed, *(one for one in held if isinstance(one, str))})
    return kept | {name: draw.sample(texts, draw.randint(0, 3))}


def a_random_world(draw: random.Random, start: Question) -> Question:
    known = {name: kind for name, kind in FACTS.items() if name != "unit"}
    known = {name: known[name] for name in LEAVE} if start.action == "leave" else known
    facts = dict(start.facts)
    units = [dict(unit) for unit in facts.pop("units", ())]
    for _ in range(draw.choice([0, 1, 1, 1, 2, 3, 6])):
        if units and draw.random() < 0.4:
            at = draw.randrange(len(units))
            units[at] = changed(draw, units[at], {name: kind for name, kind in UNIT.items() if name != "name"})
        else:
            facts = changed(draw, facts, known)
    if start.action != "leave" and draw.random() < 0.97:
        facts["units"] = units
    return Question(action=start.action, face=start.face, facts=facts)


def test_every_rule_has_a_plain_counterpart() -> None:
    assert set(rules.BOOK) == FORBIDS
    assert {rule.id for rule in rules.BOOK.values() if not rule.says_no} == {
        rule.id for rule in ENGINE.rules() if not rule.says_no
    }
    assert set(rules.FILES) == {path.stem for path in (POLICIES / "default").glob("*.cedar")}


def test_both_agree_on_random_worlds() -> None:
    draw = random.Random(20261124)  # noqa: S311 - the same worlds each time
    begin = starts()
    effects, fired = Counter(), Counter()
    for number in range(WORLDS):
        question = a_random_world(draw, begin[number % len(begin)])
        answer = ENGINE.answer(question)
        named = frozenset(reason.policy for reason in answer.reasons)
        assert (answer.effect, named) == book.answer(question), json.dumps(dict(question.facts), indent=1)
        effects[answer.effect] += 1
        fired.update(named)
    assert set(fired) == {*FORBIDS, book.PERMIT}, "the random worlds never come to some rules"
    assert min(effects[one] for one in ("permit", "deny", "indeterminate")) > 20, effects


@pytest.mark.parametrize("start", starts(), ids=lambda one: one.action)
def test_the_worlds_begin_permitted(start: Question) -> None:
    answer = ENGINE.answer(start)
    assert answer.effect == "permit", answer.reasons
    assert book.answer(start) == ("permit", {book.PERMIT})
