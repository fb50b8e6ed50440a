"""The turnstiles behind a decision."""

from collections.abc import Callable

from countenance.core.records.decision import Decision
from countenance.core.records.recipe import Measured
from countenance.decision import market, roles, scope, screening
from countenance.decision.merge import PERMIT_USED, overrule
from countenance.errors import DeniedError


def require_permit(
    decision: Decision,
    *,
    log_index: int,
    measured: Measured | None = None,
    about: str = "",
    said: tuple[str, ...] = (),
) -> None:
    """Pass only where the decision permits.

    Args:
        decision: the decision.
        log_index: where it is logged.
        measured: what it rests on.
        about: what it is about, where that is not the edit itself.
        said: what the depicted person gave as their reason, see `own_words`.

    Raises:
        DeniedError: it denies, or is indeterminate, which acts as a denial.
    """
    if decision.effect == "permit":
        return
    why = "; ".join(f"{reason.reason} [{reason.policy}]" for reason in decision.reasons)
    verdict = "refused" if decision.effect == "deny" else "refused, since it could not be decided"
    raise DeniedError(
        f"{about}{verdict}: {why}{in_their_words(said)}",
        decisions=(decision,),
        log_index=log_index,
        measured=measured,
        hint="; ".join(filter(None, (*hints(decision), "the refusal is logged; nothing was written"))),
    )


def in_their_words(said: tuple[str, ...]) -> str:
    """The end of a refusal, for whoever asked: what the depicted person said."""
    return f"; in the person's words: {' / '.join(said)}" if said else ""


def hints(decision: Decision) -> tuple[str, ...]:
    """What to do about a refusal, as far as that can be said."""
    return tuple(hint for one in (market, screening, roles, scope) if (hint := one.hint_of(decision)))


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
