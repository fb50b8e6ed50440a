"""The dark line where closed lids meet, and lashes that point down from it."""

import torch

from countenance.edit.warp.eyes.frame import Eye, Grid
from countenance.edit.warp.eyes.lid import Lid, outwards
from countenance.edit.warp.grid import smooth_step
from countenance.media.tensors import Image

SPACING = 0.011
"""Between lashes, inter-ocular units."""
LENGTH = 0.06
THICK = 0.0045
NEIGHBOURS = 3
"""Lashes to each side that may cross a pixel."""


def lash_shade(eye: Eye, lid: Lid, picture: Image) -> Grid:
    """What to multiply the lid by, [0, 1]: the line along the rim, and lashes below it."""
    outer = outwards(eye)
    down = eye.under_upper / eye.unit
    amount = smooth_step((outer - 0.03) / 0.3) * smooth_step((1.0 - outer) / 0.14)
    dark = lash_dark(eye, lid, picture)
    uneven = 0.75 + 0.25 * torch.sin(outer * 61.0) * torch.sin(outer * 23.0 + 1.0)
    came = smooth_step((eye.lowered / eye.unit - 0.025) / 0.05)
    line = torch.exp(-(((down - 0.001) / (0.0085 * uneven)) ** 2)) * (0.3 + 0.5 * dark) * uneven * amount
    shade = 0.16 * torch.exp(-down.clamp_min(0) / 0.02) * (down > 0) * amount
    lashes = torch.zeros_like(down)
    rows = torch.nonzero(((down > -0.01) & (down < LENGTH) & (amount > 0)).any(1)).flatten()
    if lid.shut and rows.numel():
        band = slice(int(rows[0]), int(rows[-1]) + 1)
        lashes[band] = _lashes(eye, outer[band], down[band]) * (1.1 * dark * lid.shut) * amount[band]
    cover = (1 - (1 - line) * (1 - lashes)).clamp(0, 0.85)
    return torch.where(
        lid.share + cover + shade > 0, 1 - came * (1 - (1 - cover) * (1 - shade)), torch.ones_like(cover)
    )


def lash_dark(eye: Eye, lid: Lid, picture: Image) -> float:
    """How dark this person's lashes are against the skin, from the rim of the open lid."""
    x0, y0, x1, y1 = eye.box
    depth = eye.under_upper_before / eye.unit
    rim = (depth > -0.016) & (depth < -0.002) & (eye.along > 0.15) & (eye.along < 0.9)
    light = picture[:, y0:y1, x0:x1].mean(0)[rim]
    if not light.numel():
        return 0.3
    ratio = float(light.mean() / lid.low.mean(0)[rim].mean().clamp_min(0.02))
    return max(0.2, min(0.85, 1.15 - ratio))


def _lashes(eye: Eye, outer: Grid, down: Grid) -> Grid:
    """Cover of lashes: each starts on the rim, leans outwards and tapers; places and lengths are fixed by number."""
    place = outer * eye.span / eye.unit
    count = eye.span / eye.unit / SPACING
    cover = torch.zeros_like(outer)
    first = torch.floor(place / SPACING)
    soft = 0.6 / eye.unit
    for step in range(-NEIGHBOURS, NEIGHBOURS + 1):
        number = first + step
        jitter, other = _hash(number, 12.9898), _hash(number, 78.233)
        root = (number + jitter) * SPACING
        share = (number / count).clamp(0, 1)
        length = LENGTH * (0.45 + 0.55 * share) * (0.6 + 0.4 * other)
        t = (down / length).clamp(0, 1)
        lean = (share - 0.45) * 0.9 + 0.25 * (jitter - 0.5)
        side = (place - root - lean * length * t * (0.6 + 0.4 * t)).abs()
        thick = THICK * (1 - 0.75 * t)
        here = ((thick / 2 + soft - side) / (2 * soft)).clamp(0, 1) * (thick / (thick + soft)).clamp(0, 1)
        within = (down > -0.002) & (down < length) & (share > 0) & (share < 1)
        cover = torch.maximum(cover, here * smooth_step(3 * t - 0.2) * (1 - 0.5 * t) * within)
    return cover


def _hash(number: Grid, factor: float) -> Grid:
    """A fixed value in [0, 1) for each whole number."""
    return torch.frac((torch.sin(number * factor) * 437.585).abs())
