"""Draws what only looks as if something lay over a face, for `limits.py`: make-up, beards, wrinkles, light, blur."""

# ruff: noqa: RUF005
import cv2
import numpy as np
from easel import Draw, Easel, hair_colour
from lamp import hard_light


def plain(easel: Easel) -> None:
    """The face as it is."""


def make_up(easel: Easel) -> None:
    rng, points = easel.rng, easel.points
    lips = easel.blank()
    ring = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
    cv2.fillPoly(lips, [np.round(points[ring]).astype(np.int32)], 255, cv2.LINE_AA)
    easel.lay(lips, np.array([[150, 15, 35], [90, 20, 50], [200, 60, 80]][rng.integers(3)], float), 0.7, 2)
    for upper in ([33, 246, 161, 160, 159, 158, 157, 173, 133], [263, 466, 388, 387, 386, 385, 384, 398, 362]):
        shade, liner = easel.blank(), easel.blank()
        lid = np.array([easel.local(p) for p in points[upper]])
        easel.line(shade, lid + [0, -0.07], 0.12)
        colour = np.array([[60, 40, 60], [70, 60, 40], [30, 60, 90]][rng.integers(3)], float)
        easel.lay(cv2.GaussianBlur(shade, (0, 0), 0.03 * easel.unit), colour, 0.55, 2)
        easel.line(liner, lid, 0.03)
        easel.lay(liner, np.array([15, 12, 12]), 0.9)


def beard(easel: Easel) -> None:
    rng, colour, points = easel.rng, hair_colour(easel), easel.points
    mouth = easel.mouth()
    area, lips = easel.blank(), easel.blank()
    rim = [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 425, 391, 2, 165, 205]
    cv2.fillPoly(area, [np.round(points[rim]).astype(np.int32)], 255)
    ring = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
    cv2.fillPoly(lips, [np.round(points[ring]).astype(np.int32)], 255)
    free = 255 - cv2.GaussianBlur(lips, (0, 0), 0.02 * easel.unit)
    area = np.minimum(cv2.GaussianBlur(area, (0, 0), 0.06 * easel.unit), free)
    easel.lay(area, colour, 0.6, 18)
    for _ in range(500):
        place = mouth + [rng.normal(0, 0.45), rng.uniform(-0.3, 0.9)]
        x, y = np.round(easel.at(place)).astype(int)
        if 0 <= y < area.shape[0] and 0 <= x < area.shape[1] and area[y, x] > 128:
            hair = easel.blank()
            easel.line(hair, np.stack([place, place + [rng.normal(0, 0.03), rng.uniform(0.03, 0.12)]]), 0.01)
            easel.lay(hair, colour * rng.uniform(0.4, 1.3), 0.7)


def wrinkles(easel: Easel) -> None:
    dark = easel.skin() * 0.62
    for side in (-1, 1):
        for drop, strength in ((0.24, 0.5), (0.31, 0.35)):
            mask = easel.blank()
            x = np.linspace(0.22, 0.8, 20)
            easel.line(mask, np.stack([side * x, drop - 0.25 * (x - 0.5) ** 2], 1), 0.02)
            easel.lay(cv2.GaussianBlur(mask, (0, 0), 0.012 * easel.unit), dark, strength, 1)
        fold, nose, mouth = easel.blank(), easel.local(easel.points[98 if side < 0 else 327]), easel.mouth()
        bend = [side * 0.5, (nose[1] + mouth[1]) / 2]
        easel.line(fold, np.array([nose + [side * 0.08, 0], bend, mouth + [side * 0.58, 0.1]]), 0.03)
        easel.lay(cv2.GaussianBlur(fold, (0, 0), 0.015 * easel.unit), dark, 0.7, 1)
        frown = easel.blank()
        easel.line(frown, np.array([[side * 0.08, -0.35], [side * 0.06, -0.15]]), 0.025)
        easel.lay(cv2.GaussianBlur(frown, (0, 0), 0.01 * easel.unit), dark, 0.6, 1)
    for height in (-0.5, -0.62, -0.75):
        mask = easel.blank()
        x = np.linspace(-0.6, 0.6, 20)
        easel.line(mask, np.stack([x, height + 0.05 * x**2], 1), 0.02)
        easel.lay(cv2.GaussianBlur(mask, (0, 0), 0.012 * easel.unit), dark, 0.6, 1)


def side_light(easel: Easel) -> None:
    height, width = easel.picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    lean = easel.rng.uniform(-1, 1)
    place = ((x - easel.origin[0]) * np.sign(lean or 1) + (y - easel.origin[1]) * 0.3 * lean) / easel.unit
    easel.picture *= (0.3 + 0.85 / (1 + np.exp(-2.5 * place)))[..., None]


def dim(easel: Easel) -> None:
    easel.picture = easel.picture * 0.3 + easel.rng.normal(0, 4, easel.picture.shape)


def warm_light(easel: Easel) -> None:
    easel.picture *= np.array([1.1, 0.82, 0.55]) if easel.rng.random() < 0.5 else np.array([0.8, 0.95, 1.1])


def grey(easel: Easel) -> None:
    easel.picture[:] = easel.picture @ np.array([[0.3], [0.59], [0.11]])


def soft(easel: Easel) -> None:
    easel.picture = cv2.GaussianBlur(easel.picture, (0, 0), 0.02 * easel.unit)


def coarse_jpeg(easel: Easel) -> None:
    _, data = cv2.imencode(".jpg", np.clip(easel.picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 18])
    easel.picture = cv2.imdecode(data, cv2.IMREAD_COLOR).astype(np.float32)


BARE: dict[str, Draw] = {
    "plain": plain,
    "make-up": make_up,
    "beard": beard,
    "wrinkles": wrinkles,
    "light from the side": side_light,
    "dim": dim,
    "coloured light": warm_light,
    "grey": grey,
    "soft": soft,
    "coarse JPEG": coarse_jpeg,
    "hard light": hard_light,
    "hard light again": hard_light,
}
"""What does not cover."""
