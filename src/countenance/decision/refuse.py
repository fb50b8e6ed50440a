"""The turnstiles behind a decision."""

from collections.abc import Callable

from countenance.core.records.decision import Decision
from countenance.core.records.recipe import Measured
from countenance.decision import market, screening
from countenance.decision.merge import PERMIT_USED, overrule
from countenance.errors import DeniedError


def require_permit(decision: Decision, *, log_index: int, measured: Measured | None = None, about: str = "") -> None:
    """Pass only where the decision permits. `about` names what it is about, where that is not the edit itself.

    Raises:
        DeniedError: it denies, or is indeterminate, which acts as a denial.
    """
    if decision.effect == "permit":
        return
    why = "; ".join(f"{reason.reason} [{reason.policy}]" for reason in decision.reasons)
    said = "refused" if decision.effect == "deny" else "refused, since it could not be decided"
    raise DeniedError(
        f"{about}{said}: {why}",
        decisions=(decision,),
        log_index=log_index,
        measured=measured,
        hint="; ".join(filter(None, (*hints(decision), "the refusal is logged; nothing was written"))),
    )


def hints(decision: Decision) -> tuple[str, ...]:
    """What to do about a refusal, as far as its duties and its gate say."""
    return tuple(filter(None, (market.hint_of(decision), screening.hint_of(decision))))


def spend(decision: Decision, *checks: Callable[[], None]) -> Decision:
    """A permitting decision whose permit passes these checks, the last of which spends it; else their denial."""
    if decision.effect != "permit":
        return decision
    try:
        for check in checks:
            check()
    except DeniedError as refusal:
        return refusal.decisions[-1] if refusal.decisions else overrule(decision, PERMIT_USED)
    return decision
