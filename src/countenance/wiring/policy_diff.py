"""Every logged decision taken again under two sets of rules.

A decision keeps its request, and of the facts a digest. The facts are read from the books as they stood at its instant;
only where they give that very digest are they the ones it rested on.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.core.digest import same
from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.decision import Decision, EditRequest
from countenance.core.records.recipe import Measured
from countenance.decision.decide import decide
from countenance.decision.ports import PolicyEngine
from countenance.decision.reference import as_reference
from countenance.errors import ConfigError
from countenance.settings import Settings
from countenance.wiring.plugins import load, screener
from countenance.wiring.verify_tools import books_at_hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A logged decision, and the same one under both sets of rules."""

    logged: Decision
    old: Decision
    new: Decision

    @property
    def differs(self) -> bool:
        """Whether effect or rules differ."""
        return _said(self.old) != _said(self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a decision was about, exactly as it was."""

    request: EditRequest
    evidence: ConsentEvidence
    measured: Measured | None


def compare_rules(
    settings: Settings, old: Path, new: Path, *, markets: tuple[str, ...] = ()
) -> tuple[list[Compared], list[tuple[Decision, str]]]:
    """The decisions that could be rebuilt, under both; and those that could not be, each with why.

    `markets` are asked in every one, besides those that were named then.

    Raises:
        ConfigError: a folder holds no valid rules, or there is no home.
    """
    engines = [engine_on(settings, folder) for folder in (old, new)]
    books, problem = books_at_hand(settings)
    if books is None:
        raise ConfigError(problem or "this home is not initialised", hint="name the home with --home DIR")
    books.screener = screener(settings)
    compared: list[Compared] = []
    lost: list[tuple[Decision, str]] = []
    for decision, before in _logged(books):
        found = rebuild(books, decision, last_entry_at=before)
        if isinstance(found, str):
            lost.append((decision, found))
        else:
            first, second = (_again(decision, found, engine, markets) for engine in engines)
            compared.append(Compared(logged=decision, old=first, new=second))
    return compared, lost


def engine_on(settings: Settings, folder: Path) -> Any:
    """The engine on a folder of rules; on the settings' rules with one pack replaced, where it is a pack's folder.

    Raises:
        ConfigError: neither, or not valid.
    """
    build = load("policies", settings.policy, plugins=settings.plugins)
    if (folder / "pack.toml").is_file():
        return build(settings.policies, pack=folder.resolve())
    if not (folder / "default").is_dir():
        raise ConfigError(
            f"`{folder.name}` holds no rules", hint="a folder with `default`, or one with `pack.toml`, is needed"
        )
    return build(folder)


def rebuild(books: Any, decision: Decision, *, last_entry_at: str | None) -> Rebuilt | str:
    """What the decision rested on, from the books as they stood; or why that cannot be had."""
    request = decision.request
    if request is None:
        return "it was logged before requests were kept with decisions"
    past = books.as_of(decision.at, last_entry_at=last_entry_at)
    facts = past.evidence_for(request, at=decision.at)
    fitting = [one for one in (facts, as_reference(facts)) if same(one.digest(), decision.evidence_digest)]
    if not fitting:
        return "the facts that it rested on cannot all be read any more"
    measured = _measured(books, decision)
    if isinstance(measured, str):
        return measured
    return Rebuilt(request=request, evidence=fitting[0], measured=measured)


def _measured(books: Any, decision: Decision) -> Measured | str | None:
    """What was measured is kept with a publication only."""
    if decision.measured_digest is None:
        return None
    publication = books.publication(decision.edit_id)
    if publication is None or not same(publication.measured.digest(), decision.measured_digest):
        return "what was measured was not kept, since nothing was published"
    found: Measured = publication.measured
    return found


def _logged(books: Any) -> Iterator[tuple[Decision, str | None]]:
    """Each decision with the instant of the log entry before its own: statements and decisions come in one order.

    Those that were erased are neither among the statements nor among the decisions.
    """
    instants = [str(json.loads(entry.leaf)["at"]) for entry in books.entries(0, books.size())]
    places = [entry.index for entry in books.statements("decision") if entry.envelope is not None]
    for decision, place in zip(books.decisions(), places, strict=True):
        yield decision, instants[place - 1] if place else None


def _again(decision: Decision, found: Rebuilt, engine: PolicyEngine, markets: tuple[str, ...]) -> Decision:
    named = tuple(sorted({*(found.request.markets or ()), *markets}))
    request = found.request.model_copy(update={"markets": named or None})
    return decide(request, found.evidence, engine, at=decision.at, decision_id=decision.id, measured=found.measured)


def _said(decision: Decision) -> tuple[str, frozenset[str]]:
    return decision.effect, frozenset(reason.policy for reason in decision.reasons)
