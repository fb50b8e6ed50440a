"""Who is rendered, with which expression, in which light: people who do not exist, and action units that are known."""

from dataclasses import dataclass, field
from itertools import count

import numpy as np

MACRO = "macrodetails/"
DETAILS = (
    "nose/nose-hump", "nose/nose-width3", "nose/nose-point-width", "nose/nose-scale-vert", "mouth/mouth-scale-horiz",
    "mouth/mouth-lowerlip-volume", "mouth/mouth-upperlip-volume", "chin/chin-width", "chin/chin-height",
    "head/head-scale-horiz", "forehead/forehead-scale-vert", "?/cheek-volume", "?/cheek-bones", "?/eye-scale",
    "?/eye-bag", "?/eye-height2",
)  # fmt: skip
"""Shapes by which people differ: each a pair `-incr`, `-decr`; `?/` ones on both sides."""
HEADS = ("oval", "round", "square", "rectangular", "diamond", "triangular")
DETAIL = 0.45
"""Largest share of a detail."""


@dataclass(frozen=True)
class Person:
    """One made-up person. Colours are linear RGB."""

    name: str
    people: dict[str, float]
    sex: str
    old: float
    heavy: float
    skin: tuple[float, float, float]
    lips: tuple[float, float, float]
    iris: tuple[float, float, float]
    hair: tuple[float, float, float]
    length: float
    """Of the hair, metres."""
    seed: int
    tone: str

    def mix(self) -> dict[str, float]:
        """Shares of the targets."""
        rng = np.random.default_rng(self.seed)
        out = {f"head/head-{HEADS[self.seed % len(HEADS)]}": 0.35}
        for people, share in self.people.items():
            for age, part in (("old", self.old), ("young", 1 - self.old)):
                out[f"{MACRO}{people}-{self.sex}-{age}"] = share * part
        for age, part in (("old", self.old), ("young", 1 - self.old)):
            for weight, much in (("maxweight", self.heavy), ("averageweight", 1 - self.heavy)):
                out[f"{MACRO}universal-{self.sex}-{age}-averagemuscle-{weight}"] = part * much
        for detail in DETAILS:
            share = rng.uniform(-DETAIL, DETAIL)
            name = f"{detail}-{'incr' if share > 0 else 'decr'}"
            folder = "cheek" if "cheek" in name else "eyes"
            for one in [name.replace("?/", f"{folder}/{s}-") for s in "lr"] if "?/" in name else [name]:
                out[one] = abs(share)
        out[f"asym/asym-mouth-{1 + self.seed % 2}-l"] = 0.12
        out[f"asym/asym-brown-{1 + self.seed % 2}-r"] = 0.15
        return {name: share for name, share in out.items() if share > 0}


PEOPLE = (
    Person(
        "anna", {"caucasian": 1}, "female", 0.0, 0.2, (0.62, 0.40, 0.31), (0.46, 0.17, 0.145), (0.07, 0.13, 0.17),
        (0.20, 0.11, 0.045), 0.028, 1, "light",
    ),
    Person(
        "boris", {"caucasian": 0.85, "asian": 0.15}, "male", 0.75, 0.5, (0.55, 0.32, 0.23), (0.38, 0.16, 0.13),
        (0.10, 0.10, 0.06), (0.30, 0.29, 0.28), 0.014, 2, "light",
    ),
    Person(
        "chiyo", {"asian": 0.9, "caucasian": 0.1}, "female", 0.25, 0.3, (0.50, 0.285, 0.185), (0.38, 0.13, 0.11),
        (0.03, 0.017, 0.01), (0.012, 0.009, 0.008), 0.03, 3, "middle",
    ),
    Person(
        "dilip", {"asian": 0.4, "caucasian": 0.35, "african": 0.25}, "male", 0.1, 0.3, (0.32, 0.175, 0.105),
        (0.22, 0.085, 0.065), (0.03, 0.016, 0.008), (0.011, 0.008, 0.007), 0.018, 4, "middle",
    ),
    Person(
        "efua", {"african": 1}, "female", 0.6, 0.6, (0.17, 0.083, 0.048), (0.13, 0.045, 0.036), (0.022, 0.011, 0.006),
        (0.05, 0.045, 0.04), 0.012, 5, "dark",
    ),
    Person(
        "femi", {"african": 0.95, "caucasian": 0.05}, "male", 0.0, 0.3, (0.088, 0.043, 0.026), (0.075, 0.028, 0.023),
        (0.018, 0.009, 0.005), (0.008, 0.007, 0.006), 0.007, 6, "dark",
    ),
)  # fmt: skip

SINGLE = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 22, 24, 25, 26, 27, 28, 43)
STRENGTHS = (400, 700, 1000)
ONE_SIDED = ("AU12L", "AU2R", "AU43L")
MIXED = (
    ("smile", {"AU6": 400, "AU12": 600}),
    ("open smile", {"AU6": 500, "AU12": 700, "AU25": 500}),
    ("surprise", {"AU1": 700, "AU2": 700, "AU5": 500, "AU26": 500}),
    ("sad", {"AU1": 700, "AU4": 400, "AU15": 600}),
    ("angry", {"AU4": 700, "AU7": 500, "AU24": 500}),
)
OTHER = ("cheekPuff", "jawLeft", "mouthRight", "eyeLookOutLeft+eyeLookInRight")
"""Face units that are no action unit of the tables: what they are taken for."""
HARD = (4, 6, 12, 15, 25, 26, 43)
"""Of `SINGLE`, what is rendered in hard light too."""
COVERED = {
    "glasses": ({}, {"AU12": 600}, {"AU4": 700}),
    "hand": ({}, {"AU1": 700, "AU2": 700}),
    "cup": ({}, {"AU4": 700}),
}


@dataclass(frozen=True)
class Shot:
    """One picture: action units in permille, or face units by name, in a light, with something over the face."""

    person: str
    name: str
    light: str
    cover: str = ""
    units: dict[str, int] = field(default_factory=dict)
    other: dict[str, float] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Name of its files."""
        return "_".join(filter(None, (self.person, self.light, self.cover, self.name.replace(" ", "-"))))


def shots(person: Person, number: int) -> list[Shot]:
    """All of a person. Strengths go round with the person's number, so that each unit is seen at each strength."""
    turn = count(number)

    def one(unit: str) -> dict[str, int]:
        return {unit: STRENGTHS[next(turn) % len(STRENGTHS)]}

    found = []
    for light in ("soft", "hard"):
        numbers = SINGLE if light == "soft" else HARD
        sets = [("neutral", {}), *((f"AU{n}", one(f"AU{n}")) for n in numbers)]
        if light == "soft":
            sets += [(unit, one(unit)) for unit in ONE_SIDED]
        sets += MIXED if light == "soft" else MIXED[1:3]
        found += [Shot(person.name, name, light, "", units) for name, units in sets]
        for cover, choices in COVERED.items():
            for units in choices if light == "soft" else choices[:1]:
                found.append(Shot(person.name, "+".join(units) or "neutral", light, cover, units))
    for name in OTHER:
        found.append(Shot(person.name, name, "soft", "", {}, dict.fromkeys(name.split("+"), 0.8)))
    return found
