"""What a release says of a unit beside its limits: how much may show at all, what was denied, what was approved."""

from collections.abc import Mapping, Sequence

from countenance.core import facs
from countenance.core.records.consent import Grant
from countenance.core.records.decision import EditRequest
from countenance.core.records.recipe import Measured
from countenance.decision.units import UnitFacts, limit_for


def with_terms(
    units: Sequence[UnitFacts],
    request: EditRequest,
    grant: Grant,
    measured: Measured | None,
    approved: Mapping[str, int] | None,
) -> list[UnitFacts]:
    """The facts about each unit, with these beside them.

    Args:
        units: the facts from `unit_facts`.
        request: what is asked for, perhaps as what the face is to show in the end.
        grant: what the release permits.
        measured: what was read from the finished pixels.
        approved: the changes that the person approved for this picture, where there is an approval.
    """
    barred = denied_units(grant)
    per_picture = approved if grant.approval == "per-picture" else None
    return [
        {
            **unit,
            **_at_all(unit, request, grant, measured, approved),
            "denied": any(bars(one, str(unit["name"])) for one in barred),
            **({} if per_picture is None else {"approved": _most(per_picture, str(unit["name"]))}),
        }
        for unit in units
    ]


def denied_units(grant: Grant) -> set[str]:
    """The units of which the person denied any change."""
    named = {one.unit for one in grant.denied or () if one.test == "unit" and one.unit is not None}
    return named & set(facs.NAMES)


def bars(denied: str | None, name: str | None) -> bool:
    """Whether a denied unit is about this one: it covers its sides, and a denied side the whole, which moves it."""
    if denied is None or name is None:
        return False
    return name == denied or facs.plain(name) == denied or name == facs.plain(denied)


def covers(approved: Mapping[str, int], asked: Mapping[str, int]) -> bool:
    """Whether each change asked for lies between nothing and what was approved."""
    most = {name: _most(approved, name) for name in asked}
    return all(min(0, most[name]) <= change <= max(0, most[name]) for name, change in asked.items())


def _at_all(
    unit: UnitFacts,
    request: EditRequest,
    grant: Grant,
    measured: Measured | None,
    approved: Mapping[str, int] | None,
) -> UnitFacts:
    """What the face shows in the end of a unit that was asked for, where the release limits that.

    Where nobody can read it, what counts is whether the person themself said yes to this change of this picture.
    """
    name = str(unit["name"])
    limit = limit_for(grant, name) if name in request.units else None
    if limit is None or limit.absolute_max_permille is None:
        return {"absolute": False}
    change = request.units[name]
    facts: UnitFacts = {
        "absolute": True,
        "absolute_max": limit.absolute_max_permille,
        "at_least": max(change, (request.targets or {}).get(name, change)),
    }
    if measured is None:
        return facts
    shown = (measured.shown or {}).get(name)
    if shown is None:
        return facts | {"person_agreed": approved is not None and covers(approved, {name: change})}
    return facts | {"shown": shown.value_permille, "shown_error": shown.error_permille}


def _most(approved: Mapping[str, int], name: str) -> int:
    """A side that the approval does not name takes the plain unit's; what is not named at all was not approved."""
    return approved.get(name, approved.get(facs.plain(name), 0))
