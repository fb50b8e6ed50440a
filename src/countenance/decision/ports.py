"""What a decision needs from outside: the registry's facts and a policy engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self

from countenance.core.records.asset import Asset
from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.decision import EditRequest, Effect, Reason
from countenance.core.records.screening import Flags
from countenance.decision.duties import Pack

Action = Literal["edit", "publish", "leave"]
"""`edit`: what was requested, on the chosen face. `publish`: what was measured. `leave`: any other face found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about one face: JSON facts, where an unknown fact is left out (and so denies)."""

    action: Action
    face: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The engine's answer. Anything but `permit` carries at least one reason; errors make it indeterminate."""

    effect: Effect
    reasons: tuple[Reason, ...]


class ConsentRegistry(Protocol):
    """Reads the registry. Never writes."""

    def evidence_for(self, request: EditRequest, *, at: str) -> ConsentEvidence:
        """The facts about the request's picture, people and operator, as they stand."""
        ...


class PolicyEngine(Protocol):
    """A rule set: `digest` names its exact rules and schema. `packs`: the markets whose rules are at hand."""

    name: str
    version: str
    digest: str
    packs: Mapping[str, Pack]

    def answer(self, question: Question) -> Answer:
        """Answer one question about one face."""
        ...

    def for_markets(self, markets: tuple[str, ...]) -> Self:
        """The same rules with those of these packs beside them: packs only add forbids."""
        ...


class Screener(Protocol):
    """Tells the flags that somebody declared of a picture. It is given no pixels: it looks up, and never guesses."""

    name: str
    version: str

    def flags(self, asset: Asset) -> Flags:
        """What is declared of the picture with this digest; `unknown` where nothing is."""
        ...
