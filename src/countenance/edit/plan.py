"""From what was asked to what may be rendered on one face."""

from collections.abc import Mapping


def plan_expression(target: Mapping[str, int], limits: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """The target, cut to the limits, units in order of name, in permille.

    A limit is (lowest, highest) change; a unit without one is not rendered. The plan lies between zero and the
    target, so a limit never adds anything.
    """
    plan = {unit: _towards_zero(value, limits.get(unit, (0, 0))) for unit, value in sorted(target.items())}
    return {unit: value for unit, value in plan.items() if value}


def _towards_zero(value: int, limit: tuple[int, int]) -> int:
    low, high = limit
    return min(value, max(high, 0)) if value > 0 else max(value, min(low, 0))
