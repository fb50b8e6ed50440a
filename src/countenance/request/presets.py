"""A named expression to explicit action units: what a release and a decision speak of are units, never names.

Which units make an expression follows Ekman and Friesen's EMFACS (happiness 6+12, sadness 1+4+15); how much of each is
this project's choice, kept moderate so that a preset looks like a person and not like a mask.
"""

from countenance.core import facs
from countenance.errors import ConfigError

PRESETS: dict[str, dict[str, int]] = {
    "soft-smile": {"AU12": 300},
    "smile": {"AU12": 500},
    "less-smile": {"AU12": -300},
    "open-smile": {"AU6": 300, "AU12": 600, "AU25": 500},
    "brows-up": {"AU1": 400, "AU2": 400},
    "brows-together": {"AU4": 300},
    "frown": {"AU4": 300, "AU15": 200},
    "sad": {"AU1": 300, "AU4": 200, "AU15": 400},
    "surprise": {"AU1": 500, "AU2": 500, "AU5": 300, "AU26": 400},
}
"""Expressions by name, in permille. An engine may not render each of them: that is said after the decision."""


def smile(amount_permille: int) -> dict[str, int]:
    """Lip corners up (closed mouth), or down again when negative: AU12."""
    return {"AU12": _bounded(amount_permille)}


def brows(amount_permille: int) -> dict[str, int]:
    """Inner and outer brow raised together, or lowered when negative: AU1 and AU2."""
    return {"AU1": _bounded(amount_permille), "AU2": _bounded(amount_permille)}


def frown(amount_permille: int) -> dict[str, int]:
    """Brows drawn down and together, or apart when negative: AU4. The mouth stays: for it, ask for AU15."""
    return {"AU4": _bounded(amount_permille)}


def preset(name: str) -> dict[str, int]:
    """The action units of a named expression.

    Raises:
        ConfigError: no such name.
    """
    if name not in PRESETS:
        raise ConfigError(f"`{name}` is not a known expression", hint=f"known: {', '.join(PRESETS)}")
    return dict(PRESETS[name])


def combine(*parts: dict[str, int]) -> dict[str, int]:
    """Several wishes as one: `--smile 0.3 --brows 0.2`.

    Raises:
        ConfigError: two of them name the same action unit.
    """
    units: dict[str, int] = {}
    for part in parts:
        twice = sorted(set(units) & set(part))
        if twice:
            raise ConfigError(f"`{twice[0]}` is asked for twice", hint="name each action unit once")
        units |= part
    return units


def _bounded(amount_permille: int) -> int:
    return facs.permille(amount_permille / 1000, of="this expression")
