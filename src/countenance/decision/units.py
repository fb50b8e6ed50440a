"""Action units as facts: what was asked, what the model release allows, what was measured, all in permille."""

from collections.abc import Collection, Mapping, Sequence

from countenance.core import facs
from countenance.core.records.consent import Grant
from countenance.core.records.recipe import Measured
from countenance.core.records.terms import Limit

UnitFacts = dict[str, str | int | bool]


def limit_for(grant: Grant, name: str) -> Limit | None:
    """How far the grant lets that unit change, or None where it does not.

    A side without an entry of its own takes the plain unit's (`AU12L` -> `AU12`). The plain unit needs a plain entry,
    and moves both sides, so it stays inside the entries of the sides too.
    """
    if name not in facs.NAMES:
        return None
    plain = facs.plain(name)
    if name != plain:
        return grant.units.get(name, grant.units.get(plain))
    if name not in grant.units:
        return None
    entries = [grant.units[side] for side in (plain, f"{plain}L", f"{plain}R") if side in grant.units]
    shown = [entry.absolute_max_permille for entry in entries if entry.absolute_max_permille is not None]
    return Limit(
        min_permille=max(entry.min_permille for entry in entries),
        max_permille=min(entry.max_permille for entry in entries),
        absolute_max_permille=min(shown, default=None),
    )


def unit_facts(
    asked: Mapping[str, int],
    grant: Grant | None,
    measured: Measured | None,
    before: Mapping[str, int],
    *,
    watched: Collection[str] = (),
) -> list[UnitFacts]:
    """One set of facts per unit asked for, in order of name, then one per unit that changed unasked, or before.

    `watched`: further units, which the release says something of.
    """
    facts = [_asked(name, asked, grant, measured, before) for name in sorted(asked)]
    if grant is not None:
        seen = set() if measured is None else set(measured.units)
        others = (seen | set(before) | set(watched)) - set(asked)
        facts += [_unasked(name, grant, measured, before) for name in sorted(others)]
    return facts


def _asked(
    name: str, asked: Mapping[str, int], grant: Grant | None, measured: Measured | None, before: Mapping[str, int]
) -> UnitFacts:
    limit = limit_for(grant, name) if grant is not None else None
    return {
        "name": name,
        "asked": asked[name],
        "alone": name == facs.plain(name) or facs.plain(name) not in asked,
        **_bounds(limit),
        **_before(sorted(_sides(name, before))),
        **_reading(name, measured),
    }


def _unasked(name: str, grant: Grant, measured: Measured | None, before: Mapping[str, int]) -> UnitFacts:
    """A unit that nobody asked for and nobody permitted may not change at all: its limits are 0 and 0.

    A plain unit of which only sides are permitted reads as their mean, since perception sees both sides together.
    """
    limit = limit_for(grant, name) or _mean_of_sides(grant, name)
    sides = _sides(name, before)
    mean = sum(sides) // len(sides), -(-sum(sides) // len(sides))
    return {"name": name, "asked": 0, "alone": True, **_bounds(limit), **_before(mean), **_reading(name, measured)}


def _mean_of_sides(grant: Grant, name: str) -> Limit:
    sides = [grant.units.get(f"{name}{side}", Limit()) for side in "LR"]
    return Limit(
        min_permille=sum(side.min_permille for side in sides) // 2,
        max_permille=-(-sum(side.max_permille for side in sides) // 2),
    )


def _sides(name: str, before: Mapping[str, int]) -> list[int]:
    """What was changed before on the unit's side, or on either side of a plain unit, which moves both."""
    plain = facs.plain(name)
    sides = [name] if name != plain else [f"{plain}{side}" for side in "LR"]
    return [before.get(plain, 0) + before.get(side, 0) for side in sides]


def _before(changed: Sequence[int]) -> UnitFacts:
    return {"before_min": changed[0], "before_max": changed[-1]}


def _bounds(limit: Limit | None) -> UnitFacts:
    return {} if limit is None else {"min": limit.min_permille, "max": limit.max_permille}


def _reading(name: str, measured: Measured | None) -> UnitFacts:
    if measured is None:
        return {}
    if name in measured.units:
        unit = measured.units[name]
        return {"measured": unit.value_permille, "error": unit.error_permille}
    return {"unchecked": True} if name in measured.unchecked else {}
