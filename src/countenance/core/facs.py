"""The action-unit table: the FACS units that a release can name.

Numbers and names after Ekman, Friesen and Hager, *Facial Action Coding System* (2002). Intensities here are
changes in permille, from -1000 to 1000; 1000 is this project's scale, not a certified FACS score.
"""

from dataclasses import dataclass

from countenance.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One action unit: `sided` says that left and right can differ."""

    number: int
    name: str
    muscles: str
    sided: bool = True


_TABLE = (
    Unit(number=1, name="inner brow raiser", muscles="frontalis, pars medialis"),
    Unit(number=2, name="outer brow raiser", muscles="frontalis, pars lateralis"),
    Unit(number=4, name="brow lowerer", muscles="corrugator supercilii, depressor supercilii, procerus"),
    Unit(number=5, name="upper lid raiser", muscles="levator palpebrae superioris"),
    Unit(number=6, name="cheek raiser", muscles="orbicularis oculi, pars orbitalis"),
    Unit(number=7, name="lid tightener", muscles="orbicularis oculi, pars palpebralis"),
    Unit(number=9, name="nose wrinkler", muscles="levator labii superioris alaeque nasi"),
    Unit(number=10, name="upper lip raiser", muscles="levator labii superioris"),
    Unit(number=12, name="lip corner puller", muscles="zygomaticus major"),
    Unit(number=14, name="dimpler", muscles="buccinator"),
    Unit(number=15, name="lip corner depressor", muscles="depressor anguli oris"),
    Unit(number=16, name="lower lip depressor", muscles="depressor labii inferioris"),
    Unit(number=17, name="chin raiser", muscles="mentalis", sided=False),
    Unit(number=18, name="lip pucker", muscles="incisivi labii", sided=False),
    Unit(number=20, name="lip stretcher", muscles="risorius"),
    Unit(number=22, name="lip funneler", muscles="orbicularis oris", sided=False),
    Unit(number=24, name="lip pressor", muscles="orbicularis oris", sided=False),
    Unit(number=25, name="lips part", muscles="depressor labii, relaxed mentalis or orbicularis oris", sided=False),
    Unit(number=26, name="jaw drop", muscles="masseter, relaxed temporalis", sided=False),
    Unit(number=27, name="mouth stretch", muscles="pterygoids, digastric", sided=False),
    Unit(number=28, name="lip suck", muscles="orbicularis oris", sided=False),
    Unit(number=43, name="eye closure", muscles="relaxed levator palpebrae superioris"),
)

UNITS: dict[str, Unit] = {f"AU{unit.number}": unit for unit in _TABLE}
"""Every unit by its plain name, `AU12`."""

NAMES: tuple[str, ...] = tuple(
    name for plain, unit in UNITS.items() for name in ((plain, f"{plain}L", f"{plain}R") if unit.sided else (plain,))
)
"""Every name that may be asked for: `AU12`, and `AU12L`, `AU12R` where sides can differ (the person's own)."""

PARTS: dict[str, tuple[str, ...]] = {
    "brows": ("AU1", "AU2", "AU4"),
    "eyes": ("AU5", "AU7", "AU43"),
    "nose": ("AU9",),
    "cheeks": ("AU6",),
    "mouth": ("AU10", "AU12", "AU14", "AU15", "AU16", "AU18", "AU20", "AU22", "AU24", "AU25", "AU28"),
    "jaw": ("AU17", "AU26", "AU27"),
}
"""The units by the part of the face that they move, as people name it; each unit in one part."""


def plain(name: str) -> str:
    """The unit without its side: `AU12L` -> `AU12`."""
    return name.rstrip("LR")


def parse_units(text: str) -> dict[str, int]:
    """Units as people write them: `AU12=0.5,AU4=-0.2` -> permille.

    Raises:
        ConfigError: unknown unit, bad number, out of -1 to 1, or a unit named twice.
    """
    units: dict[str, int] = {}
    for part in (piece.strip() for piece in text.split(",")):
        name, equals, number = part.partition("=")
        name = name.strip().upper()
        if not equals or name not in NAMES:
            raise ConfigError(
                f"`{part}` is not an action unit with a change", hint="write for example AU12=0.5,AU4=-0.2"
            )
        if name in units:
            raise ConfigError(f"`{name}` is asked for twice", hint="name each action unit once")
        units[name] = permille(number, of=name)
    return units


def permille(number: str | float, *, of: str) -> int:
    """A change from -1 to 1 as permille.

    Raises:
        ConfigError: not a number, or outside -1 to 1.
    """
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not -1 <= value <= 1:
        raise ConfigError(f"`{number}` is not a change for {of}", hint="give a number from -1 to 1")
    return round(value * 1000)
