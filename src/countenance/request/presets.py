"""A named expression to explicit action units: what a release and a decision speak of are units, never names.

Which units make an expression follows Ekman and Friesen's EMFACS (happiness 6+12, surprise 1+2+5+26, sadness 1+4+15,
anger 4+5+7+24, disgust 9+10+17); how much of each is this project's choice, kept moderate so that a preset looks like a
person and not like a mask.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countenance.core import facs
from countenance.errors import ConfigError
from countenance.request.wish import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One named expression: changes in permille, or, where `shown` says so, what the face is to show in the end."""

    name: str
    says: str
    """In a few words, for people."""
    units: Mapping[str, int] = field(default_factory=dict)
    shown: bool = False
    """The units are targets, whatever the face shows now."""
    rest_to_zero: bool = False
    """Every other unit that can be read goes to 0."""

    def wish(self) -> Wish:
        """The preset as a wish."""
        return Wish(
            changes={} if self.shown else dict(self.units),
            targets=dict(self.units) if self.shown else {},
            rest_to_zero=self.rest_to_zero,
        )


_TABLE = (
    Preset(name="closed-mouth-smile", says="corners of the lips up, lips closed", units={"AU12": 500}),
    Preset(name="soft-smile", says="the same, hardly begun", units={"AU12": 300}),
    Preset(name="less-smile", says="corners of the lips down again", units={"AU12": -300}),
    Preset(name="open-smile", says="a smile with the lips apart", units={"AU6": 300, "AU12": 600, "AU25": 500}),
    Preset(
        name="joy",
        says="a broad, open smile that reaches the eyes",
        units={"AU6": 600, "AU12": 800, "AU25": 600, "AU26": 200},
    ),
    Preset(
        name="surprise",
        says="brows up, eyes wide, jaw dropped",
        units={"AU1": 500, "AU2": 500, "AU5": 300, "AU26": 400},
    ),
    Preset(name="brows-up", says="both brows raised", units={"AU1": 400, "AU2": 400}),
    Preset(name="brows-together", says="brows drawn down and together", units={"AU4": 300}),
    Preset(name="frown", says="brows together, corners of the lips a little down", units={"AU4": 300, "AU15": 200}),
    Preset(name="sad", says="inner brows up, corners of the lips down", units={"AU1": 300, "AU4": 200, "AU15": 400}),
    Preset(
        name="angry",
        says="brows down, eyes hard, lips pressed",
        units={"AU4": 600, "AU5": 200, "AU7": 400, "AU24": 300},
    ),
    Preset(name="disgust", says="nose wrinkled, upper lip raised", units={"AU9": 500, "AU10": 300, "AU17": 200}),
    Preset(name="wink-left", says="the person's left eye closed", units={"AU6L": 300, "AU43L": 1000}),
    Preset(name="wink-right", says="the person's right eye closed", units={"AU6R": 300, "AU43R": 1000}),
    Preset(name="eyes-closed", says="both eyes closed", units={"AU43": 1000}),
    Preset(name="eyes-wide", says="upper lids raised", units={"AU5": 500}),
    Preset(name="neutral", says="every unit that can be read goes to 0", rest_to_zero=True),
    Preset(
        name="relaxed-brow",
        says="brows neither raised nor drawn together",
        units={"AU1": 0, "AU2": 0, "AU4": 0},
        shown=True,
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _TABLE}
"""Expressions by name."""

ALIASES: dict[str, str] = {
    "smile": "closed-mouth-smile",
    "closed-smile": "closed-mouth-smile",
    "wide-eyes": "eyes-wide",
    "closed-eyes": "eyes-closed",
    "happy": "joy",
    "sadness": "sad",
    "anger": "angry",
}
"""Other names for the same."""


def smile(amount_permille: int) -> Wish:
    """Lip corners up (closed mouth), or down again when negative: AU12."""
    return Wish(changes={"AU12": _bounded(amount_permille)})


def brows(amount_permille: int) -> Wish:
    """Inner and outer brow raised together, or lowered when negative: AU1 and AU2."""
    return Wish(changes={"AU1": _bounded(amount_permille), "AU2": _bounded(amount_permille)})


def frown(amount_permille: int) -> Wish:
    """Brows drawn down and together, or apart when negative: AU4. The mouth stays: for it, ask for AU15."""
    return Wish(changes={"AU4": _bounded(amount_permille)})


def preset(name: str) -> Wish:
    """The wish behind a named expression, however its words are joined.

    Raises:
        ConfigError: no such name.
    """
    wanted = "-".join(name.replace("_", "-").replace("-", " ").lower().split())
    found = PRESETS.get(ALIASES.get(wanted, wanted))
    if found is None:
        raise ConfigError(f"`{name}` is not a known expression", hint=f"known: {', '.join((*PRESETS, *ALIASES))}")
    return found.wish()


def _bounded(amount_permille: int) -> int:
    return facs.permille(amount_permille / 1000, of="this expression")
