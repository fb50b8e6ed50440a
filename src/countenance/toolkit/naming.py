"""Operators and persons by the names that people use for them, where only one has that name."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from countenance.core.records.consent import DepictedPerson, Operator
from countenance.errors import ConfigError

_Named = TypeVar("_Named", Operator, DepictedPerson)


def operator_named(active: Iterable[Operator], wanted: str) -> Operator:
    """The only one of these operators with this name; capitals and spaces do not count.

    Raises:
        ConfigError: none, or several.
    """
    named = [one for one in active if _alike(one.name, wanted)]
    return _only(named, wanted, "operator", "`countenance operator list` shows them")


def person_named(persons: Iterable[DepictedPerson], wanted: str) -> DepictedPerson:
    """The only one of these persons with this alias.

    Raises:
        ConfigError: none, or several.
    """
    named = [one for one in persons if _alike(one.alias, wanted)]
    return _only(named, wanted, "depicted person", "`countenance person list` shows them")


def _alike(name: str, wanted: str) -> bool:
    return name.casefold().split() == wanted.casefold().split()


def _only(found: Sequence[_Named], wanted: str, what: str, hint: str) -> _Named:
    if not found:
        raise ConfigError(f"`{wanted}` is no {what} here", hint=hint)
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise ConfigError(f"`{wanted}` is the name of {len(found)} {what}s", hint=f"name one by id: {ids}")
    return found[0]
