"""Which packs are asked, what they want, and what is missing. Pure.

A pack only adds: its rules are forbids beside the house rules, in the same question. A market that is not known, or
whose pack is a draft not yet in force, refuses: unknown is never "no duty".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countenance.core.records.consent import ConsentEvidence, ModelRelease
from countenance.core.records.decision import Decision, EditRequest, Reason
from countenance.core.records.market import DutyNote, DutyState
from countenance.decision.duties import Duty, Pack, consent_facts, said
from countenance.decision.ports import Answer, PolicyEngine
from countenance.decision.screening import intimate_ruled_out

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The rules to ask, the facts that their packs need, what to note, and what refuses already."""

    policy: PolicyEngine
    facts: Facts
    notes: tuple[DutyNote, ...] | None
    refusals: tuple[Answer, ...]


def ask_markets(
    request: EditRequest, evidence: ConsentEvidence, release: ModelRelease | None, policy: PolicyEngine, *, at: str
) -> Asked:
    """The house rules alone where no market is named; else with the packs of those markets."""
    if not request.markets:
        return Asked(policy=policy, facts={}, notes=None, refusals=())
    packs = {market: policy.packs.get(market) for market in sorted(set(request.markets))}
    usable = {market: pack for market, pack in packs.items() if pack is not None and pack.usable(at)}
    facts = market_facts(request, evidence, release, usable, at=at)
    return Asked(
        policy=policy.for_markets(tuple(usable)),
        facts=facts,
        notes=tuple(_note(pack.id, duty, facts, request, at=at) for pack in usable.values() for duty in pack.duty),
        refusals=tuple(_unusable(market, pack) for market, pack in packs.items() if market not in usable),
    )


def market_facts(
    request: EditRequest, evidence: ConsentEvidence, release: ModelRelease | None, packs: Mapping[str, Pack], *, at: str
) -> Facts:
    """What packs may ask for: duties in force, labels asked for, elements of consent, what was screened."""
    return {
        "duties": sorted(duty.id for pack in packs.values() for duty in pack.duty if duty.holds(at)),
        "labels": sorted(request.labels or ()),
        "consent": consent_facts(release),
        "intimate_ruled_out": intimate_ruled_out(evidence.screening),
    }


def hint_of(decision: Decision) -> str:
    """What to do about the duties that bar, where there are any."""
    barring = [note for note in decision.duties or () if note.bars and note.state == "missing"]
    labels = [f"--label {kind}" for kind in sorted({kind for note in barring for kind in note.labels})]
    wants = [f"{note.duty} wants {', '.join(note.missing)}" for note in barring if not note.labels]
    return "; ".join([*(["draw the label with " + " ".join(labels)] if labels else []), *wants])


def _unusable(market: str, pack: Pack | None) -> Answer:
    if pack is None:
        reason = Reason(
            policy="market-unknown", reason=f"{market}: no rule pack for this market is here, so its law is not known"
        )
    else:
        reason = Reason(
            policy="market-draft",
            reason=f"{market}: the rule pack is a draft that is not in force yet, so nothing can be said",
            since=pack.in_force_from.isoformat(),
        )
    return Answer(effect="indeterminate", reasons=(reason,))


def _note(market: str, duty: Duty, facts: Facts, request: EditRequest, *, at: str) -> DutyNote:
    missing = _missing(duty, facts, request)
    return DutyNote(
        market=market,
        duty=duty.id,
        state=_state(duty, missing, at=at),
        bars=duty.bars,
        text=duty.text,
        marks=duty.marks,
        labels=duty.labels,
        missing=missing,
        law=duty.citation,
        since=duty.in_force_from.isoformat(),
        status=duty.status,
    )


def _state(duty: Duty, missing: tuple[str, ...], *, at: str) -> DutyState:
    if not duty.holds(at):
        return "coming"
    if duty.kind == "process":
        return "due"
    return "missing" if missing else "met"


def _missing(duty: Duty, facts: Facts, request: EditRequest) -> tuple[str, ...]:
    """Of the marks only the time-stamp can be missing: no file is let out without the others."""
    labels = [f"visible label `{kind}`" for kind in duty.labels if kind not in facts["labels"]]
    elements = [said(name) for name in duty.elements if name not in facts["consent"]]
    unscreened = duty.kind == "screening" and not facts["intimate_ruled_out"]
    unstamped = "time-stamp" in duty.marks and not request.time_stamp
    return (
        *labels,
        *elements,
        *(["a declaration that it is not intimate"] if unscreened else []),
        *(["a trusted time-stamp"] if unstamped else []),
    )
