"""By how much: a refusal over a limit names unit, limit, what was asked or measured, its error, and the excess."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from countenance.core.records.decision import Excess, Reason
from countenance.decision.ports import Answer, Question

Facts = Mapping[str, Any]
What = Literal["asked", "asked in all", "measured", "measured in all", "shown", "lids down", "sides apart", "drift"]


def told(answer: Answer, question: Question) -> Answer:
    """The answer whose reasons say by how much."""
    if answer.effect == "permit":
        return answer
    return replace(answer, reasons=tuple(_told(one, question) for one in answer.reasons))


def _told(reason: Reason, question: Question) -> Reason:
    found = tuple(excess_of(reason.policy, question.facts))
    if not found:
        return reason
    words = "; ".join(in_words(one) for one in found)
    return reason.model_copy(update={"reason": f"{reason.reason} ({words})", "excess": found})


def in_words(one: Excess) -> str:
    """Such as `AU12: .62 measured, .50 allowed, error .07: .05 too far`."""
    unit = f"{one.unit}: " if one.unit else ""
    error = "" if one.error_permille is None else f", error {_decimal(one.error_permille)}"
    return (
        f"{unit}{_decimal(one.value_permille)} {one.what}, {_decimal(one.limit_permille)} allowed{error}: "
        f"{_decimal(one.over_permille)} too far"
    )


def _decimal(permille: int) -> str:
    digits = f"{abs(permille) / 1000:.3f}"
    digits = digits.removesuffix("0").removeprefix("0")
    return f"-{digits}" if permille < 0 else digits


def excess_of(policy: str, facts: Facts) -> Iterable[Excess]:
    """By how much the facts pass the limit that this rule is about; nothing where it is about none, or one is missing.

    Args:
        policy: the rule's id.
        facts: those of the question, with its units.
    """
    found: list[Excess | None] = []
    if policy in _BY_UNIT:
        found = [_BY_UNIT[policy](unit) for unit in facts.get("units", ())]
    elif policy in _BY_FACT:
        what, value, limit = _BY_FACT[policy]
        found = [_beyond(what, facts.get(value), (None, facts.get(limit) if isinstance(limit, str) else limit))]
    return [one for one in found if one is not None]


def _beyond(
    what: What, value: int | None, bounds: tuple[int | None, int | None], *, unit: Facts | None = None, error: str = ""
) -> Excess | None:
    """How far a value lies outside its bounds, after allowing for the error of that name."""
    off = (unit or {}).get(error, 0) if error else 0
    if value is None:
        return None
    low, high = bounds
    limit = high if high is not None and value > high else low
    over = 0 if limit is None else (value - limit if limit == high and value > limit else limit - value) - off
    if limit is None or over < 1:
        return None
    return Excess(
        what=what, value_permille=value, limit_permille=limit, over_permille=over,
        unit=str(unit["name"]) if unit else None, error_permille=off if error else None,
    )  # fmt: skip


def _asked(unit: Facts) -> Excess | None:
    return _beyond("asked", unit.get("asked"), _limits(unit), unit=unit)


def _in_all(unit: Facts) -> Excess | None:
    return _added("asked in all", unit, "asked")


def _measured(unit: Facts) -> Excess | None:
    before = unit.get("before_min"), unit.get("before_max")
    return _added("measured" if before == (0, 0) else "measured in all", unit, "measured", error="error")


def _added(what: What, unit: Facts, name: str, *, error: str = "") -> Excess | None:
    """Of the two sides' earlier changes, the one that takes it further out."""
    changed = [unit[one] + unit[name] for one in ("before_max", "before_min") if one in unit and name in unit]
    found = [_beyond(what, value, _limits(unit), unit=unit, error=error) for value in changed]
    return max((one for one in found if one), key=lambda one: one.over_permille, default=None)


def _limits(unit: Facts) -> tuple[int | None, int | None]:
    return unit.get("min"), unit.get("max")


def _at_all(unit: Facts) -> Excess | None:
    return _beyond("shown", unit.get("at_least"), (None, unit.get("absolute_max")), unit=unit)


def _shown(unit: Facts) -> Excess | None:
    return _beyond("shown", unit.get("shown"), (None, unit.get("absolute_max")), unit=unit, error="shown_error")


def _approved(unit: Facts) -> tuple[int | None, int | None]:
    most = unit.get("approved")
    return (None, None) if most is None else (min(0, most), max(0, most))


def _beyond_approval(unit: Facts) -> Excess | None:
    return _beyond("asked", unit.get("asked"), _approved(unit), unit=unit)


def _measured_beyond_approval(unit: Facts) -> Excess | None:
    asked = unit.get("asked")
    return _beyond("measured", unit.get("measured"), _approved(unit), unit=unit, error="error") if asked else None


def _denied(name: Literal["asked", "measured"]) -> Callable[[Facts], Excess | None]:
    def found(unit: Facts) -> Excess | None:
        error = "error" if name == "measured" else ""
        return _beyond(name, unit.get(name), (0, 0), unit=unit, error=error) if unit.get("denied") else None

    return found


_BY_UNIT: Mapping[str, Callable[[Facts], Excess | None]] = {
    "unit-beyond-limit": _asked,
    "edits-add-up-beyond-limit": _in_all,
    "measured-beyond-limit": _measured,
    "absolute-beyond-limit": _at_all,
    "shown-beyond-limit": _shown,
    "beyond-approval": _beyond_approval,
    "measured-beyond-approval": _measured_beyond_approval,
    "denied-unit": _denied("asked"),
    "denied-unit-changed": _denied("measured"),
}
_BY_FACT: Mapping[str, tuple[What, str, str | int]] = {
    "denied-eyes-closed": ("lids down", "eyes_closed", "eyes_closed_max"),
    "denied-asymmetry": ("sides apart", "asymmetry", "asymmetry_max"),
    "denied-asymmetry-asked": ("sides apart", "asymmetry_asked", "asymmetry_max"),
    "drift-beyond-limit": ("drift", "rigid_drift_permille", 30),
}
