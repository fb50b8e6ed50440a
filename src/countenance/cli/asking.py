"""From the options by which people ask for an expression to changes of action units, and what to show of the way."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from countenance.cli.state import State
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from countenance.request.prompt import Understood
    from countenance.request.wish import Step, Wish
    from countenance.wiring.faces import SeenFace


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options that say which expression is wanted, as they were typed."""

    au: str | None = None
    smile: str | None = None
    brows: str | None = None
    frown: str | None = None
    preset: str | None = None
    prompt: str | None = None
    target: bool = False
    like: str | None = None
    like_face: int | None = None
    intensity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What they mean."""

    units: "Mapping[str, int]"
    """Changes in permille, none of them zero."""
    shown: "Mapping[str, Any]"
    """The way to them, for the JSON."""
    targets: "Mapping[str, int]"
    """What the face is to show in the end, where that was wished for."""


def meaning(state: State, asked: Asked, wish: "Wish", data: bytes, face: int | None) -> Meant:
    """The changes behind a wish; where the face must be read for it, it is.

    Raises:
        ConfigError: nothing, or nothing that is known, is asked for.
        InputError: the face cannot be read.
    """
    from countenance.request.receive import asked as without_zeros  # noqa: PLC0415
    from countenance.request.wish import changes_of, combine, steps  # noqa: PLC0415

    shown = _prompted(state, asked.prompt)
    present: Mapping[str, int] = {}
    if wish.needs_reading or asked.like is not None:
        present = _seen(state, data, face, option="--face").units
    if asked.like is not None:
        wish = combine(wish, _likeness(state, asked, present))
    found = steps(wish, present)
    if found:
        state.say(_steps_text(found))
        shown["targets"] = {
            one.unit: {"present": one.present / 1000, "target": one.target / 1000, "change": one.change / 1000}
            for one in found
        }
        if not (wish.changes or any(one.change for one in found)):
            raise ConfigError("the face shows that already, as far as can be read", hint="see `countenance faces`")
    units = without_zeros(changes_of(wish, present))
    return Meant(units=units, shown=shown, targets={one.unit: one.target for one in found if one.unit in units})


def wish_of(asked: Asked) -> "Wish":
    """The options as one wish, but for `--like`, which needs pictures.

    Raises:
        ConfigError: not an expression, an action unit named twice, or a target below 0.
    """
    from countenance.core import facs  # noqa: PLC0415
    from countenance.request import presets, wish  # noqa: PLC0415

    if asked.like is None and (asked.intensity is not None or asked.like_face is not None):
        raise ConfigError("--intensity and --like-face belong to --like", hint="name the picture with --like PHOTO")
    parts = [
        wish.Wish(changes=facs.parse_units(asked.au)) if asked.au is not None else None,
        presets.smile(facs.permille(asked.smile, of="--smile")) if asked.smile is not None else None,
        presets.brows(facs.permille(asked.brows, of="--brows")) if asked.brows is not None else None,
        presets.frown(facs.permille(asked.frown, of="--frown")) if asked.frown is not None else None,
        presets.preset(asked.preset) if asked.preset is not None else None,
        _said(asked) if asked.prompt is not None else None,
    ]
    whole = wish.combine(*(part for part in parts if part is not None))
    return wish.as_targets(whole) if asked.target else whole


def _said(asked: Asked) -> "Wish":
    from countenance.request.prompt import understand  # noqa: PLC0415

    understood = understand(str(asked.prompt))
    if asked.target and understood.compares:
        raise ConfigError("less and more are changes, not targets", hint="leave out --target")
    return understood.wish


def _likeness(state: State, asked: Asked, present: "Mapping[str, int]") -> "Wish":
    """The other picture is read in memory; only numbers of it remain."""
    from countenance.core import facs  # noqa: PLC0415
    from countenance.request.wish import likeness  # noqa: PLC0415

    intensity = facs.permille(asked.intensity, of="--intensity") if asked.intensity is not None else 1000
    other = _seen(state, state.read(str(asked.like)), asked.like_face, option="--like-face")
    return likeness(other.units, present, intensity_permille=intensity)


def _seen(state: State, data: bytes, face: int | None, *, option: str) -> "SeenFace":
    from countenance.wiring.faces import see_face  # noqa: PLC0415

    return see_face(data, state.room, state.settings, number=face, option=option)


def _prompted(state: State, prompt: str | None) -> dict[str, Any]:
    from countenance.request.prompt import understand  # noqa: PLC0415

    if prompt is None:
        return {}
    understood = understand(prompt)
    for line in _understood_lines(understood):
        state.say(line)
    return {"understood": list(understood.said)}


def _understood_lines(understood: "Understood") -> list[str]:
    return [f"understood: {said}" for said in understood.said]


def _steps_text(found: "Sequence[Step]") -> str:
    lines = [f"  {'unit':<7}{'present':>9}{'target':>9}{'change':>9}"]
    lines += [
        f"  {one.unit:<7}{one.present / 1000:>9.2f}{one.target / 1000:>9.2f}{one.change / 1000:>+9.2f}" for one in found
    ]
    return "\n".join(lines)
