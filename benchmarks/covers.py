"""Draws what may cover a face, for `limits.py`. Every kind varies with the seed."""

# ruff: noqa: RUF005
import cv2
import numpy as np
from easel import Draw, Easel, hair_colour


def _lens(easel: Easel, side: int, shape: float, width: float, height: float, drop: float) -> np.ndarray:
    """Outline of a lens: a superellipse, from round to square, an aviator's tip where `drop` is above 0."""
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** (2 / shape) * width
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** (2 / shape) * height
    x = x * (1 - drop * y / height * 0.3)
    return np.stack([side * (0.5 + 0.02 + x), y + 0.06 + easel.rng.uniform(0, 0.01)], 1)


def _glasses(
    easel: Easel, *, thickness: float, colour: np.ndarray, rim: str, tint: float, tint_colour: np.ndarray
) -> None:
    rng = easel.rng
    shape, width = rng.uniform(2, 5), rng.uniform(0.34, 0.43)
    height, drop = width * rng.uniform(0.62, 0.95), float(rng.random() < 0.3)
    shift = np.array([0, rng.uniform(-0.06, 0.06)])
    lenses = [_lens(easel, side, shape, width, height, drop) + shift for side in (-1, 1)]
    glass, frame = easel.blank(), easel.blank()
    for lens in lenses:
        easel.fill(glass, lens)
        if rim == "full":
            easel.line(frame, lens, thickness, closed=True)
        elif rim == "half":
            upper = lens[lens[:, 1] < 0.08 + shift[1]]
            easel.line(frame, upper[np.argsort(upper[:, 0])], thickness)
    inner = 0.52 - width
    x = np.linspace(-inner, inner, 15)
    level = shift[1] + rng.uniform(-0.06, 0.06)
    easel.line(frame, np.stack([x, level - 0.05 * np.cos(x / inner * np.pi / 2)], 1), thickness * 1.1)
    for side in (-1, 1):
        start = side * (0.52 + width)
        easel.line(frame, np.array([[start, level - 0.04], [side * 1.2, level - 0.02]]), thickness * 1.2)
    if tint:
        easel.lay(glass, tint_colour, tint, 1)
    if rng.random() < 0.5 and tint < 0.8:  # a reflection
        glare = easel.blank()
        x0 = rng.uniform(0.3, 0.6)
        easel.fill(glare, np.array([[x0, -0.1], [x0 + 0.1, -0.1], [x0 - 0.05, 0.2], [x0 - 0.15, 0.2]]) + shift)
        easel.lay(np.minimum(glare, glass), np.array([255, 255, 255]), 0.25, 0)
    shadow = easel.blank()
    easel.line(shadow, lenses[0] + [0, 0.05], thickness * 2, closed=True)
    easel.line(shadow, lenses[1] + [0, 0.05], thickness * 2, closed=True)
    easel.lay(cv2.GaussianBlur(shadow, (0, 0), max(1.0, 0.02 * easel.unit)), easel.skin() * 0.6, 0.25, 0)
    easel.lay(frame, colour, 0.97)


METALS = ([60, 60, 65], [150, 120, 60], [90, 60, 40], [35, 30, 30], [120, 120, 125])
PLASTICS = ([15, 15, 18], [60, 35, 20], [110, 20, 25], [25, 40, 90], [90, 85, 80], [20, 45, 30])


def wire(easel: Easel) -> None:
    colour = np.array(METALS[easel.rng.integers(len(METALS))], float)
    _glasses(easel, thickness=easel.rng.uniform(0.018, 0.032), colour=colour, rim="full", tint=0, tint_colour=colour)


def thick(easel: Easel) -> None:
    colour = np.array(PLASTICS[easel.rng.integers(len(PLASTICS))], float)
    _glasses(easel, thickness=easel.rng.uniform(0.045, 0.1), colour=colour, rim="full", tint=0, tint_colour=colour)


def half_rim(easel: Easel) -> None:
    colour = np.array(PLASTICS[easel.rng.integers(len(PLASTICS))], float)
    _glasses(easel, thickness=easel.rng.uniform(0.03, 0.07), colour=colour, rim="half", tint=0, tint_colour=colour)


def rimless(easel: Easel) -> None:
    colour = np.array(METALS[easel.rng.integers(len(METALS))], float)
    _glasses(
        easel,
        thickness=easel.rng.uniform(0.016, 0.028),
        colour=colour,
        rim="none",
        tint=0.04,
        tint_colour=np.array([255, 255, 255]),
    )


def tinted(easel: Easel) -> None:
    colour = np.array(METALS[easel.rng.integers(len(METALS))], float)
    tint = np.array([[90, 60, 30], [40, 50, 60], [60, 40, 70]][easel.rng.integers(3)], float)
    _glasses(
        easel,
        thickness=easel.rng.uniform(0.018, 0.05),
        colour=colour,
        rim="full",
        tint=easel.rng.uniform(0.4, 0.65),
        tint_colour=tint,
    )


def sunglasses(easel: Easel) -> None:
    colour = np.array(PLASTICS[easel.rng.integers(3)], float)
    _glasses(
        easel,
        thickness=easel.rng.uniform(0.02, 0.08),
        colour=colour,
        rim="full",
        tint=easel.rng.uniform(0.85, 1),
        tint_colour=np.array([18, 18, 20]),
    )


def _finger(easel: Easel, start: np.ndarray, end: np.ndarray, width: float, colour: np.ndarray) -> None:
    for share, light in ((1.12, 0.45), (1.0, 0.75), (0.8, 0.92), (0.55, 1.02), (0.3, 1.08)):
        mask = easel.blank()
        easel.line(mask, np.stack([start, end]), width * share)
        blurred = cv2.GaussianBlur(mask, (0, 0), max(0.7, 0.03 * easel.unit * (share < 1.1)))
        easel.lay(blurred, colour * light, 0.9 if share > 0.9 else 0.6, 3)


def hand(easel: Easel) -> None:
    rng, mouth = easel.rng, easel.mouth()
    colour = easel.skin() * rng.uniform(0.8, 1.1)
    side, lean = rng.choice([-1, 1]), rng.uniform(-0.5, 0.5)
    centre = mouth + [rng.uniform(-0.1, 0.1), rng.uniform(-0.1, 0.1)]
    width = rng.uniform(0.2, 0.26)
    along = np.array([np.cos(lean), np.sin(lean)]) * side
    for n in range(4):
        middle = centre + [0, (n - 1.2) * width * 0.95]
        _finger(easel, middle - along * 1.6, middle + along * (0.45 + 0.08 * (n in (1, 2))), width, colour)


def fist(easel: Easel) -> None:
    """A hand at the chin."""
    rng, mouth = easel.rng, easel.mouth()
    colour = easel.skin() * rng.uniform(0.8, 1.1)
    centre = mouth + [rng.uniform(-0.15, 0.15), rng.uniform(0.32, 0.45)]
    for n in range(4):
        middle = centre + [(n - 1.5) * 0.24, 0.05 * abs(n - 1.5)]
        _finger(easel, middle + [0, 0.9], middle, 0.25, colour)


def mask(easel: Easel) -> None:
    rng = easel.rng
    cloths = [[120, 165, 200], [235, 238, 240], [25, 25, 28], [200, 120, 140], [70, 90, 60]]
    colour = np.array(cloths[rng.integers(5)], float)
    rim = [234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454]
    local = np.array([easel.local(p) for p in easel.points[rim]])
    top = easel.local(easel.points[5])[1] * rng.uniform(0.55, 1.0)
    over = [[0.85, top + 0.25], [0.3, top + 0.02], [0, top], [-0.3, top + 0.02], [-0.85, top + 0.25]]
    outline = np.concatenate([local[4:-4] * [1.05, 1.04], over])
    layer = easel.blank()
    easel.fill(layer, outline)
    easel.lay(layer, colour, 1, 3)
    for n in range(3):
        fold = easel.blank()
        y = top + 0.35 + 0.22 * n
        easel.line(fold, np.array([[-0.7, y + 0.03], [0, y], [0.7, y + 0.03]]), 0.02)
        easel.lay(np.minimum(fold, layer), colour * 0.75, 0.7)
    for side in (-1, 1):
        string = easel.blank()
        easel.line(string, np.array([[side * 0.83, top + 0.3], [side * 1.25, 0.1]]), 0.025)
        easel.lay(string, colour * 0.95)


def scarf(easel: Easel) -> None:
    rng = easel.rng
    colour, other = rng.uniform(20, 230, 3), rng.uniform(20, 230, 3)
    top = easel.local(easel.points[5])[1] + rng.uniform(-0.25, 0.25)
    layer = easel.blank()
    edge = [[-1.4, top], [-0.5, top - 0.08], [0, top - 0.14], [0.5, top - 0.08], [1.4, top]]
    easel.fill(layer, np.array([*edge, [1.5, 2.6], [-1.5, 2.6]]))
    easel.lay(layer, colour, 1, 6)
    stripes = easel.blank()
    for n in range(12):
        easel.line(stripes, np.array([[-1.5, top + 0.2 * n], [0, top + 0.2 * n + 0.12], [1.5, top + 0.2 * n]]), 0.05)
    easel.lay(np.minimum(stripes, layer), other if rng.random() < 0.5 else colour * 0.8, 0.6, 6)


def microphone(easel: Easel) -> None:
    rng, mouth = easel.rng, easel.mouth()
    side = rng.choice([-1, 1])
    centre = mouth + [side * rng.uniform(0.0, 0.25), rng.uniform(0.05, 0.3)]
    radius, grey = rng.uniform(0.22, 0.36), rng.uniform(20, 110)
    stick = easel.blank()
    easel.line(stick, np.stack([centre, centre + [side * 0.5, 2.2]]), radius * 1.1)
    easel.lay(stick, np.array([30, 30, 32]))
    ball = easel.blank()
    x, y = np.round(easel.at(centre)).astype(int)
    cv2.circle(ball, (int(x), int(y)), round(radius * easel.unit), 255, -1, cv2.LINE_AA)
    easel.lay(ball, np.array([grey, grey, grey]), 1, 14)


def _strands(easel: Easel, roots: np.ndarray, tips: np.ndarray, colour: np.ndarray) -> None:
    for root, tip in zip(roots, tips, strict=True):
        mask = easel.blank()
        bend = easel.rng.normal(0, 0.04, 2)
        t = np.linspace(0, 1, 12)[:, None]
        easel.line(mask, root * (1 - t) + tip * t + 4 * t * (1 - t) * bend, easel.rng.uniform(0.01, 0.03))
        easel.lay(mask, colour * easel.rng.uniform(0.6, 1.4), 0.9)


def bangs(easel: Easel) -> None:
    rng, colour = easel.rng, hair_colour(easel)
    end = rng.uniform(-0.3, -0.05)
    x = np.linspace(-0.95, 0.95, 130) + rng.normal(0, 0.02, 130)
    roots = np.stack([x * 0.9, np.full(130, -1.5)], 1)
    _strands(easel, roots, np.stack([x, end + rng.normal(0, 0.05, 130)], 1), colour)


def hair_over_eye(easel: Easel) -> None:
    rng, colour = easel.rng, hair_colour(easel)
    side = rng.choice([-1, 1])
    x = side * np.linspace(0.2, 1.1, 60)
    roots = np.stack([x * 0.5, np.full(60, -1.4)], 1)
    _strands(easel, roots, np.stack([x + side * 0.25, rng.uniform(0.1, 1.0, 60)], 1), colour)


def hair_over_mouth(easel: Easel) -> None:
    rng, colour, mouth = easel.rng, hair_colour(easel), easel.mouth()
    side = rng.choice([-1, 1])
    count = 45
    roots = np.stack([side * rng.uniform(0.7, 1.2, count), rng.uniform(0.2, 0.6, count)], 1)
    tips = mouth + np.stack([-side * rng.uniform(0.0, 0.5, count), rng.uniform(-0.1, 0.5, count)], 1)
    _strands(easel, roots, tips, colour)


def hand_over_eye(easel: Easel) -> None:
    rng = easel.rng
    colour, side = easel.skin() * rng.uniform(0.8, 1.1), rng.choice([-1, 1])
    for n in range(4):
        middle = np.array([side * 0.5, 0.02 + (n - 1.5) * 0.24])
        _finger(easel, middle + [side * 1.6, 0.3], middle - [side * 0.2, 0.0], 0.25, colour)


def _thing(easel: Easel, centre: np.ndarray, least: float) -> None:
    """Anything at all: a rectangle, an ellipse, a bar or everything beyond a line, of any colour and pattern."""
    rng, layer = easel.rng, easel.blank()
    kind, turn = rng.integers(4), rng.uniform(0, np.pi)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    if kind == 0:  # everything beyond a line that runs past the centre, outwards
        out = centre / max(float(np.linalg.norm(centre)), 1e-6) + rng.normal(0, 0.3, 2)
        out /= np.linalg.norm(out)
        along = np.array([-out[1], out[0]])
        edge = centre - out * rng.uniform(0.03, 0.25)
        ends = edge - 4 * along, edge + 4 * along
        easel.fill(layer, np.array([*ends, ends[1] + 4 * out, ends[0] + 4 * out]))
    else:
        size = least * rng.uniform(0.9, 2.2, 2)
        angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        power = 2 / (2 if kind == 1 else 8)
        round_ = np.stack([np.sign(f(angle)) * np.abs(f(angle)) ** power for f in (np.cos, np.sin)], 1)
        if kind == 3:
            size = np.array([3.0, least * rng.uniform(0.5, 1.1)])
        easel.fill(layer, centre + (round_ * size) @ axes)
    greys = np.full(3, rng.uniform(5, 70)), np.full(3, rng.uniform(180, 250))
    colour = (easel.skin() * rng.uniform(0.65, 1.15), rng.uniform(5, 250, 3), *greys)[rng.integers(4)]
    easel.lay(layer, colour, 1, rng.choice([0.5, 3, 12]))
    if rng.random() < 0.5:
        lines = easel.blank()
        for n in range(-10, 11):
            middle = centre + axes[1] * n * 0.16
            easel.line(lines, np.stack([middle - 4 * axes[0], middle + 4 * axes[0]]), rng.uniform(0.02, 0.08))
        easel.lay(np.minimum(lines, layer), colour * rng.uniform(0.5, 1.3), 0.7, 2)


def thing_on_eye(easel: Easel) -> None:
    _thing(easel, np.array([easel.rng.choice([-0.5, 0.5]), 0]) + easel.rng.normal(0, 0.06, 2), 0.2)


def thing_on_brow(easel: Easel) -> None:
    _thing(easel, np.array([easel.rng.choice([-0.45, 0.45]), -0.4]) + easel.rng.normal(0, 0.06, 2), 0.2)


def thing_on_mouth(easel: Easel) -> None:
    _thing(easel, easel.mouth() + easel.rng.normal(0, 0.12, 2), 0.2)


def thing_on_chin(easel: Easel) -> None:
    _thing(easel, easel.mouth() + [easel.rng.normal(0, 0.15), easel.rng.uniform(0.3, 0.45)], 0.22)


EYES, MOUTH, BROWS = "eyes", "mouth", "brows"
COVERS: dict[str, tuple[Draw, str]] = {
    "thin wire": (wire, EYES),
    "thick frame": (thick, EYES),
    "half rim": (half_rim, EYES),
    "rimless": (rimless, EYES),
    "tinted": (tinted, EYES),
    "sunglasses": (sunglasses, EYES),
    "hair over an eye": (hair_over_eye, EYES),
    "hand over an eye": (hand_over_eye, EYES),
    "hair over the brows": (bangs, BROWS),
    "hand over the mouth": (hand, MOUTH),
    "hand at the chin": (fist, MOUTH),
    "mask": (mask, MOUTH),
    "scarf": (scarf, MOUTH),
    "microphone": (microphone, MOUTH),
    "hair over the mouth": (hair_over_mouth, MOUTH),
    "a thing over an eye": (thing_on_eye, EYES),
    "a thing over a brow": (thing_on_brow, BROWS),
    "a thing over the mouth": (thing_on_mouth, MOUTH),
    "a thing over the chin": (thing_on_chin, MOUTH),
}
"""What covers, and what it covers."""
