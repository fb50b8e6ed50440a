"""The named expressions: `presets`."""

from typing import TYPE_CHECKING

import typer

from countenance.cli.outcome import decimals
from countenance.cli.state import state_of

if TYPE_CHECKING:
    from countenance.request.presets import Preset


def presets(context: typer.Context) -> None:
    """List the named expressions with their action units; each is a --preset, and a word of --prompt."""
    from countenance.request.presets import ALIASES, PRESETS  # noqa: PLC0415

    rows = [
        {
            "name": one.name,
            "also": [alias for alias, name in ALIASES.items() if name == one.name],
            "says": one.says,
            "units": decimals(one.units),
            "target": one.shown or one.rest_to_zero,
        }
        for one in PRESETS.values()
    ]
    lines = [f"  {one.name:<19}{_units(one):<42}{one.says}" for one in PRESETS.values()]
    state_of(context).answer({"schema": "countenance.presets/1", "presets": rows}, "\n".join(lines))


def _units(one: "Preset") -> str:
    if one.rest_to_zero:
        return "all to 0"
    if one.shown:
        return ", ".join(f"{name} to {value / 1000:g}" for name, value in one.units.items())
    return ", ".join(f"{name} {value / 1000:+g}" for name, value in one.units.items())
