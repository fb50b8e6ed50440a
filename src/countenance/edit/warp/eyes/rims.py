"""Which mesh points lie on the rims of the lids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rims:
    """Mesh points of one eye, from the picture's left to its right; both rims share the corners."""

    side: str
    """The person's own: L is image right."""
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    fold: tuple[int, ...]
    """Over the upper rim, about at the crease, one to each point between the corners."""
    iris: tuple[int, ...]
    """Centre, then four points of the rim of the iris."""
    outer: int
    """The corner away from the nose: 0 is the first point, 1 the last."""


EYES = (
    Rims(
        side="R",
        upper=(33, 246, 161, 160, 159, 158, 157, 173, 133),
        lower=(33, 7, 163, 144, 145, 153, 154, 155, 133),
        fold=(247, 30, 29, 27, 28, 56, 190),
        iris=(468, 469, 470, 471, 472),
        outer=0,
    ),
    Rims(
        side="L",
        upper=(362, 398, 384, 385, 386, 387, 388, 466, 263),
        lower=(362, 382, 381, 380, 374, 373, 390, 249, 263),
        fold=(414, 286, 258, 257, 259, 260, 467),
        iris=(473, 474, 475, 476, 477),
        outer=1,
    ),
)
