"""The heat map of `verify --against`: what differs, over a grey copy, with the signed region outlined."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from countenance.verify.against import Compared, Levels, Reach, fine_px

_SIDE_PX = 1400
_FULL_LEVELS = 64.0
_BAR_PX = 96
_SHOWN_FROM = 0.75
"""Share of a fine cell's tolerance from which the mean around a pixel is drawn."""
_LINE = (70, 190, 255)
_PAPER, _INK = (250, 250, 248), (30, 30, 30)
_STOPS = np.array([[255, 225, 60], [255, 130, 20], [220, 20, 30], [120, 0, 60]], dtype=np.float32)


def draw_heat(compared: Compared) -> Image.Image:
    """Where and how much the pictures differ, beyond what mark and codec may do, at most 1400 px a side."""
    step = max(1, -(-max(compared.region.shape) // _SIDE_PX))
    heat = _beyond(compared, step)
    grey = compared.original.mean(-1)[::step, ::step][: heat.shape[0], : heat.shape[1]] * 0.55 + 70
    shown = np.where((heat > 0)[..., None], _colours(heat), grey[..., None])
    picture = Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8))
    page = Image.new("RGB", (picture.width, picture.height + _BAR_PX), _PAPER)
    page.paste(picture, (0, 0))
    outline = [(x / step, y / step) for x, y in compared.polygon]
    ImageDraw.Draw(page).line([*outline, outline[0]], fill=_LINE, width=2)
    _legend(page, compared.allowed)
    return page


def _beyond(compared: Compared, step: int) -> NDArray[np.float32]:
    """By how many levels each block of step x step px differs, alone or with what is around, beyond mark and codec."""
    height, width = compared.region.shape
    places = np.arange(0, height, step), np.arange(0, width, step)

    def blocks(each: np.ufunc) -> Levels:
        found: Levels = each.reduceat(each.reduceat(compared.difference, places[0], axis=0), places[1], axis=1)
        return found

    alone = np.maximum(blocks(np.maximum), -blocks(np.minimum)).max(-1)
    mean = np.abs(_mean(blocks(np.add) / np.float32(step * step), fine_px(compared.region.shape) // (2 * step))).max(-1)
    allowed, least = compared.allowed, np.float32(_SHOWN_FROM * compared.allowed.fine)
    found: NDArray[np.float32] = np.where(alone > allowed.pixel, alone, np.where(mean > least, mean, np.float32(0)))
    return found


def _mean(values: Levels, reach: int) -> Levels:
    """Mean over all places up to `reach` away, by running sums; the edges count on."""
    for axis in (0, 1):
        room = [(reach + 1, reach) if side == axis else (0, 0) for side in range(3)]
        sums, size, width = np.cumsum(np.pad(values, room, mode="edge"), axis), values.shape[axis], 2 * reach + 1
        values = (np.take(sums, range(width, width + size), axis) - np.take(sums, range(size), axis)) / np.float32(
            width
        )
    return values


def _colours(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    place = np.clip(levels / _FULL_LEVELS, 0, 1) * (len(_STOPS) - 1)
    below = np.minimum(place.astype(int), len(_STOPS) - 2)
    share = (place - below)[..., None]
    found: NDArray[np.float32] = _STOPS[below] * (1 - share) + _STOPS[below + 1] * share
    return found


def _legend(page: Image.Image, allowed: Reach) -> None:
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=15)
    top, width = page.height - _BAR_PX + 10, min(300, page.width - 40)
    ramp = _colours(np.linspace(0, _FULL_LEVELS, width, dtype=np.float32)[None].repeat(14, 0))
    page.paste(Image.fromarray(ramp.astype(np.uint8)), (12, top))
    for levels in (0, 16, 32, 48, 64):
        mark = f"{levels}" if levels < _FULL_LEVELS else f"{levels}+ levels of 255"
        pen.text((12 + width * levels / _FULL_LEVELS, top + 17), mark, fill=_INK, font=font)
    around = _SHOWN_FROM * allowed.fine
    told = f"grey: no more than mark and codec do (a pixel {allowed.pixel:.0f}, the mean around it {around:.0f})"
    pen.text((12, top + 38), told, fill=_INK, font=font)
    pen.text((12, top + 57), "blue: the signed region", fill=_INK, font=font)
