"""What the law of markets would still want of a release, before anything is edited under it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from countenance.core.records.consent import ModelRelease
from countenance.decision.duties import Duty, Pack, consent_facts, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One duty of a market that asks something of a release. `refuses`: edits for the market are, without it."""

    market: str
    duty: str
    state: Literal["met", "missing", "coming", "unknown"]
    refuses: bool
    missing: tuple[str, ...] = ()
    text: str
    law: str = ""
    since: str = ""


def wants(release: ModelRelease, markets: Sequence[str], packs: Mapping[str, Pack], *, at: str) -> tuple[Want, ...]:
    """Every duty of these markets that asks for elements of consent, at an instant.

    A market that is not known, or whose pack is a draft not yet in force, refuses: unknown is never "no duty".
    """
    return tuple(want for market in dict.fromkeys(markets) for want in _of(market, packs.get(market), release, at))


def _of(market: str, pack: Pack | None, release: ModelRelease, at: str) -> Iterator[Want]:
    if pack is None or not pack.usable(at):
        why = "no rule pack is here" if pack is None else "the rule pack is a draft that is not in force yet"
        yield Want(market=market, duty="-", state="unknown", refuses=True, text=f"{why}, so its law is not known")
        return
    shown = consent_facts(release)
    for duty in pack.duty:
        if duty.elements:
            yield _want(market, duty, [said(name) for name in duty.elements if name not in shown], at)


def _want(market: str, duty: Duty, missing: list[str], at: str) -> Want:
    state: Literal["met", "missing", "coming"] = "met" if not missing else "missing" if duty.holds(at) else "coming"
    return Want(
        market=market,
        duty=duty.id,
        state=state,
        refuses=duty.bars and state == "missing",
        missing=tuple(missing),
        text=duty.text,
        law=duty.citation,
        since=duty.in_force_from.isoformat(),
    )
