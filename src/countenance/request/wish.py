"""What somebody wants of a face: changes of action units, or what it is to show in the end. Pure.

A request and a decision know changes only, so a wish for an end is turned into changes first, with a reading of the
face: change = target - present.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countenance.core import facs
from countenance.errors import ConfigError

NOISE_PERMILLE = 150
"""Mean error of reading how strong an expression is from one picture. What is found below it is no expression: nothing
for `neutral` to take away, and nothing for `--like` to copy."""
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Changes and targets in permille by action unit; no unit stands in both."""

    changes: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, int] = field(default_factory=dict)
    rest_to_zero: bool = False
    """Every other unit that can be read, and that shows, goes to 0."""

    @property
    def needs_reading(self) -> bool:
        """Whether the face must be read before it is known what is asked for."""
        return bool(self.targets) or self.rest_to_zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One unit of a wish with targets, in permille."""

    unit: str
    present: int
    target: int

    @property
    def change(self) -> int:
        """What to ask for: nothing where 0 is wanted and no more than the noise of the reading shows."""
        return 0 if self.target == 0 and self.present <= NOISE_PERMILLE else self.target - self.present


def combine(*parts: Wish) -> Wish:
    """Several wishes as one: `--smile 0.3 --brows 0.2`. Beside `rest_to_zero`, every change is a target.

    Raises:
        ConfigError: two of them name the same action unit.
    """
    changes: dict[str, int] = {}
    targets: dict[str, int] = {}
    for part in parts:
        named = {*part.changes, *part.targets}
        twice = sorted(named & {*changes, *targets})
        if twice:
            raise ConfigError(f"`{twice[0]}` is asked for twice", hint="name each action unit once")
        changes |= part.changes
        targets |= part.targets
    whole = Wish(changes=changes, targets=targets, rest_to_zero=any(part.rest_to_zero for part in parts))
    return as_targets(whole) if whole.rest_to_zero else whole


def as_targets(wish: Wish) -> Wish:
    """The wish with its changes taken as what the face is to show.

    Raises:
        ConfigError: one of them is negative: a face shows no less than nothing.
    """
    below = sorted(name for name, value in wish.changes.items() if value < 0)
    if below:
        raise ConfigError(
            f"{below[0]} {wish.changes[below[0]] / 1000:+.2f} is no target",
            hint="a target is what the face is to show, from 0 to 1; leave out --target to ask for a change",
        )
    return Wish(targets={**wish.targets, **wish.changes}, rest_to_zero=wish.rest_to_zero)


def steps(wish: Wish, present: Mapping[str, int]) -> tuple[Step, ...]:
    """The targets of a wish beside what the face shows, in order of the unit table.

    Args:
        wish: what is wanted; its changes do not count here.
        present: units that were read on the face, in permille; their names are those that can be read.

    Raises:
        ConfigError: a target for a unit that cannot be read.
    """
    blind = sorted(set(wish.targets) - set(present), key=facs.NAMES.index)
    if blind:
        raise ConfigError(
            f"{', '.join(blind)} cannot be read in one picture, so no target can be set",
            hint=f"targets: {', '.join(sorted(present, key=facs.NAMES.index))}; ask for the others as changes",
        )
    targets = dict(wish.targets)
    if wish.rest_to_zero:
        taken = {facs.plain(name) for name in targets}
        shown = apart(present)
        targets |= {name: 0 for name in shown if facs.plain(name) not in taken}
    return tuple(
        Step(unit=name, present=min(max(present[name], 0), _MOST), target=targets[name])
        for name in sorted(targets, key=facs.NAMES.index)
    )


def changes_of(wish: Wish, present: Mapping[str, int]) -> dict[str, int]:
    """Everything that a wish asks for, as changes.

    Raises:
        ConfigError: a target for a unit that cannot be read.
    """
    return {**wish.changes, **{step.unit: step.change for step in steps(wish, present)}}


def likeness(shown: Mapping[str, int], present: Mapping[str, int], *, intensity_permille: int) -> Wish:
    """Changes that carry one face's expression over to another: intensity * (shown - present).

    Only numbers travel. Differences that are no larger than the noise of the readings are left out.

    Args:
        shown: units read on the face to be like.
        present: units read on the face to be changed.
        intensity_permille: 1 to 1000.

    Raises:
        ConfigError: the faces show the same, or the intensity is out of range.
    """
    if not 0 < intensity_permille <= _MOST:
        raise ConfigError("the intensity is not above 0 and up to 1", hint="give for example --intensity 0.5")
    ours, theirs = (dict(_bounded(units)) for units in (present, shown))
    both = set(ours) & set(theirs)
    differ = {name: theirs[name] - ours[name] for name in both}
    changes = {
        name: round(value * intensity_permille / _MOST)
        for name, value in apart(differ).items()
        if abs(value) > NOISE_PERMILLE
    }
    if not any(changes.values()):
        raise ConfigError("the two faces show the same, as far as can be read", hint="`countenance faces` shows it")
    return Wish(changes=dict(sorted(changes.items(), key=lambda item: facs.NAMES.index(item[0]))))


def apart(units: Mapping[str, int]) -> dict[str, int]:
    """Each movement once: by side where both sides are known and differ by more than the noise, else as a whole."""
    chosen: dict[str, int] = {}
    for plain in facs.UNITS:
        sides = [side for side in (f"{plain}L", f"{plain}R") if side in units]
        differ = len(sides) == 2 and abs(units[sides[0]] - units[sides[1]]) > NOISE_PERMILLE
        if plain in units and not differ:
            chosen[plain] = units[plain]
        else:
            chosen |= {side: units[side] for side in sides}
    return chosen


def _bounded(units: Mapping[str, int]) -> dict[str, int]:
    return {name: min(max(value, 0), _MOST) for name, value in units.items()}
