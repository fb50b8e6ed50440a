"""`units:` and `parts:` of a release: how far each movement of the face may change, as one table of limits.

A part stands for every unit that moves it. What `units:` names besides may only narrow the part, never widen it.
"""

from collections.abc import Mapping

from countenance.core import facs
from countenance.core.records.terms import Limit
from countenance.errors import ConfigError
from countenance.request.forms.kinds import ByName, Key, Share, Table

_BOUNDS = Table(
    {
        "min": Key(Share(-1, 0), "the most that it may be weakened, from -1 to 0; 0 where absent"),
        "max": Key(Share(0, 1), "the most that it may be strengthened, from 0 to 1; 0 where absent"),
        "at_most": Key(Share(0, 1), "the most that the finished face may show of it, whatever the picture showed"),
    },
    lambda **bounds: Limit(
        min_permille=bounds.get("min", 0),
        max_permille=bounds.get("max", 0),
        absolute_max_permille=bounds.get("at_most"),
    ),
)
UNITS = ByName(names=facs.NAMES, what="an action unit", of=_BOUNDS)
PARTS = ByName(names=tuple(facs.PARTS), what="a part of the face", of=_BOUNDS)
_PART_OF = {unit: part for part, units in facs.PARTS.items() for unit in units}


def limits(units: Mapping[str, Limit], parts: Mapping[str, Limit]) -> dict[str, Limit]:
    """One limit for each unit that may change. A unit, or one side of it, keeps the `at_most` of what it narrows.

    Raises:
        ConfigError: a unit is wider than its part; it names the unit.
    """
    merged = {unit: parts[part] for part in parts for unit in facs.PARTS[part]}
    for name in sorted(units, key=lambda name: (name != facs.plain(name), name)):  # a plain unit before its sides
        merged[name] = _narrowed(name, units[name], merged, parts)
    return {name: merged[name] for name in facs.NAMES if name in merged}


def _narrowed(name: str, own: Limit, merged: Mapping[str, Limit], parts: Mapping[str, Limit]) -> Limit:
    part = _PART_OF[facs.plain(name)]
    above = parts.get(part)
    if above is not None and not _within(own, above):
        raise ConfigError(
            f"`units.{name}` is wider than `parts.{part}`", hint="a unit may only narrow what its part allows"
        )
    plain = merged.get(facs.plain(name))
    if own.absolute_max_permille is None and plain is not None:
        return own.model_copy(update={"absolute_max_permille": plain.absolute_max_permille})
    return own


def _within(own: Limit, above: Limit) -> bool:
    most, cap = own.absolute_max_permille, above.absolute_max_permille
    return (
        own.min_permille >= above.min_permille
        and own.max_permille <= above.max_permille
        and (most is None or cap is None or most <= cap)
    )
