"""The rules by id, and the answer that they give together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from countenance.core.records.decision import Effect
from countenance.decision.ports import Question

Facts = Mapping[str, Any]
Applies = Callable[[Facts], bool]

PERMIT = "within-the-release"
"""The one rule that permits, where no other applies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRule:
    """A forbid: in which questions it is asked, where it applies, and whether it says no or only that it cannot say."""

    id: str
    actions: tuple[str, ...]
    applies: Applies
    says_no: bool = True


BOOK: dict[str, PlainRule] = {}
"""Every forbid, by id."""


def forbids(rule_id: str, *actions: str, says_no: bool = True) -> Callable[[Applies], Applies]:
    """Write a forbid into the book."""

    def written(applies: Applies) -> Applies:
        BOOK[rule_id] = PlainRule(id=rule_id, actions=actions, applies=applies, says_no=says_no)
        return applies

    return written


def unit_of(facts: Facts) -> Facts:
    """The facts about the one action unit that is asked about; none where there is none."""
    unit: Facts = facts.get("unit") or {}
    return unit


def answer(question: Question) -> tuple[Effect, frozenset[str]]:
    """Effect and ids of the rules behind it, put once per action unit as the engine does."""
    found = {rule.id: rule for facts in _each_unit(question.facts) for rule in _applying(question.action, facts)}
    if not found:
        return "permit", frozenset({PERMIT})
    says_no = all(rule.says_no for rule in found.values())
    return "deny" if says_no else "indeterminate", frozenset(found)


def _each_unit(facts: Facts) -> Iterator[Facts]:
    shared = {name: value for name, value in facts.items() if name not in {"unit", "units"}}
    units = facts.get("units") or ()
    if not units:
        yield shared
    for unit in units:
        yield {**shared, "unit": unit}


def _applying(action: str, facts: Facts) -> Iterator[PlainRule]:
    return (rule for rule in BOOK.values() if action in rule.actions and rule.applies(facts))
