"""The policy engine on Cedar.

Cedar fails open: a rule that errors is skipped, so a broken `forbid` would let pass. Here only Allow with an empty
error list permits. Cedar has no "for each": a question is put once per action unit, and its answers are united.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import cedarpy

from countenance.adapters.policies.cases import CaseResult, load_cases, run_cases
from countenance.adapters.policies.packs import LoadedPack, load_packs, with_packs
from countenance.adapters.policies.rules import Rule, RuleSet, load_rules
from countenance.core.records.decision import Reason
from countenance.decision.duties import Pack
from countenance.decision.merge import DEFAULT_DENY, POLICY_ERROR
from countenance.decision.ports import Answer, Question
from countenance.errors import ConfigError

MAX_UNITS = 64
"""More units than FACS names are no honest question."""

_NOTHING_KNOWN = cedarpy.Entities.from_json_str("[]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Cedar said about one unit: whether it allows, the ids of the rules that decided, and whether one failed."""

    unit: str
    allows: bool
    fired: tuple[str, ...]
    failed: bool


class CedarEngine:
    """A Cedar rule set, parsed once."""

    name = "cedar"

    def __init__(self, rule_set: RuleSet, policies_dir: Path, packs: Mapping[str, LoadedPack] | None = None) -> None:
        self.version = version("cedarpy")
        self.digest = rule_set.digest
        self.packs: Mapping[str, Pack] = {market: loaded.pack for market, loaded in (packs or {}).items()}
        self._loaded = dict(packs or {})
        self._rule_set = rule_set
        self._policies_dir = policies_dir
        self._with: dict[tuple[str, ...], Self] = {}

    def for_markets(self, markets: tuple[str, ...]) -> Self:
        """These rules with those of the packs named, put together once.

        Raises:
            ConfigError: a market is not known.
        """
        wanted = tuple(sorted(set(markets)))
        unknown = [market for market in wanted if market not in self._loaded]
        if unknown:
            raise ConfigError(f"there is no pack for `{unknown[0]}`", hint="`countenance policy markets` lists them")
        if not wanted:
            return self
        if wanted not in self._with:
            rules = with_packs(self._rule_set, {market: self._loaded[market] for market in wanted})
            self._with[wanted] = type(self)(rules, self._policies_dir, self._loaded)
        return self._with[wanted]

    def answer(self, question: Question) -> Answer:
        """Answer one question about one face. Whatever goes wrong, the answer is indeterminate."""
        try:
            outcomes = self._outcomes(question)
        except Exception:  # noqa: BLE001 - no failure of the engine may pass as anything but "cannot say"
            return Answer(effect="indeterminate", reasons=(POLICY_ERROR,))
        return _united(outcomes, self._rule_set.rules)

    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in order of file and line."""
        return tuple(self._rule_set.rules.values())

    def run_cases(self) -> tuple[CaseResult, ...]:
        """The tables of cases beside the rules, answered.

        Raises:
            ConfigError: a table cannot be read.
        """
        return run_cases(self, load_cases(self._policies_dir))

    def _outcomes(self, question: Question) -> list[Outcome]:
        shared = {key: value for key, value in question.facts.items() if key not in {"units", "unit"}}
        units: Sequence[Mapping[str, Any]] = question.facts.get("units", ())
        if len(units) > MAX_UNITS:
            raise ValueError("too many action units")
        contexts = [{**shared, "unit": dict(unit)} for unit in units] or [shared]
        results = cedarpy.is_authorized_batch(
            [_request(question, context) for context in contexts],
            self._rule_set.parsed,
            _NOTHING_KNOWN,
            self._rule_set.schema,
        )
        names = [str(unit["name"]) for unit in units] or [""]
        return [_outcome(name, result) for name, result in zip(names, results, strict=True)]


def _request(question: Question, context: Mapping[str, Any]) -> dict[str, Any]:
    """Who and whose stand in the facts, so that no id needs to be written in Cedar's syntax."""
    return {
        "principal": 'Operator::"who-asks"',
        "action": {"type": "Action", "id": question.action},
        "resource": {"type": "Face", "id": str(question.face)},
        "context": json.dumps(context, allow_nan=False),
    }


def _outcome(unit: str, result: cedarpy.AuthzResult) -> Outcome:
    return Outcome(
        unit=unit,
        allows=result.decision is cedarpy.Decision.Allow,
        fired=tuple(result.diagnostics.reasons),
        failed=bool(result.diagnostics.errors) or result.decision is cedarpy.Decision.NoDecision,
    )


def _united(outcomes: Sequence[Outcome], rules: Mapping[str, Rule]) -> Answer:
    failed = any(outcome.failed for outcome in outcomes)
    allows = not failed and all(outcome.allows for outcome in outcomes)
    wanted = "permit" if allows else "forbid"
    fired = {name for outcome in outcomes for name in outcome.fired if rules[name].effect == wanted}
    reasons = [_reason(rule, outcomes) for rule in rules.values() if rule.id in fired]
    if allows:
        return Answer(effect="permit", reasons=tuple(reasons))
    silent = failed or any(not rules[name].says_no for name in fired)
    if failed:
        reasons.append(POLICY_ERROR)
    return Answer(effect="indeterminate" if silent else "deny", reasons=tuple(reasons) or (DEFAULT_DENY,))


def _reason(rule: Rule, outcomes: Sequence[Outcome]) -> Reason:
    """The rule's words; a rule about units names those it applies to."""
    units = [outcome.unit for outcome in outcomes if rule.id in outcome.fired and outcome.unit] if rule.per_unit else []
    words = f"{', '.join(units)}: {rule.reason}" if units else rule.reason
    return Reason(policy=rule.id, reason=words, law=rule.law or None, since=rule.since or None)


def build(policies_dir: Path, *, pack: Path | None = None) -> CedarEngine:
    """The engine on a folder of rules: `default/*.cedar`, `markets/*`, `schema.cedarschema`, `tests/*.json`.

    `pack`: another version of one market's pack, to be asked instead of the one in that folder.

    Raises:
        ConfigError: the rules are not valid.
    """
    house = load_rules(policies_dir)
    return CedarEngine(house, policies_dir, load_packs(policies_dir, house, instead=pack))
