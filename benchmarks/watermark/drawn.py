"""Pictures that hide nothing, drawn by formula: no noise, no texture. Levels of 255, not yet rounded."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
HEIGHT_PX, WIDTH_PX = 960, 1280
_STARS = 60


def sky() -> Plane:
    """A clear sky by day: paler towards the horizon."""
    down, across = _places()
    return _coloured(down + 0.05 * across, (62, 118, 196), (186, 211, 236))


def wall() -> Plane:
    """An even grey wall, a little darker towards the corners."""
    down, across = _places()
    return _coloured((down - 0.5) ** 2 + (across - 0.5) ** 2, (158, 157, 154), (120, 119, 117))


def skin() -> Plane:
    """Soft light on a round form in the colours of skin, with slow blotches of redness."""
    down, across = _places()
    light = np.clip(1.1 - 1.3 * ((down - 0.4) ** 2 + (across - 0.35) ** 2), 0, 1)
    red = 0.5 + 0.25 * np.sin(7 * across + 3 * down) + 0.25 * np.sin(5 * down - 4 * across)
    shade = _coloured(light, (96, 58, 45), (226, 178, 152))
    shade[..., 1] -= 5 * red
    shade[..., 2] -= 3 * red
    return shade


def night() -> Plane:
    """A night sky: nearly black above, a faint glow below, some stars."""
    down, across = _places()
    picture = _coloured(down**2 + 0.03 * across, (9, 11, 20), (44, 42, 50))
    rng = np.random.default_rng(11)
    for top, left, light in zip(
        rng.integers(2, HEIGHT_PX - 2, _STARS), rng.integers(2, WIDTH_PX - 2, _STARS), rng.uniform(90, 230, _STARS),
        strict=True,
    ):  # fmt: skip
        picture[top, left] = light
        for near in ((top - 1, left), (top + 1, left), (top, left - 1), (top, left + 1)):
            picture[near] = np.maximum(picture[near], 0.35 * light)
    return picture


DRAWN: dict[str, Callable[[], Plane]] = {
    "clear sky": sky,
    "grey wall": wall,
    "smooth skin": skin,
    "night sky": night,
}


def _places() -> tuple[Plane, Plane]:
    down, across = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    return down / HEIGHT_PX, across / WIDTH_PX


def _coloured(share: Plane, start: tuple[int, int, int], end: tuple[int, int, int]) -> Plane:
    part = np.clip(share, 0, 1)[..., None]
    return np.asarray((1 - part) * np.array(start) + part * np.array(end))
