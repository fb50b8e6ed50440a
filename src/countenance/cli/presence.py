"""The heat map of `recover`: where in a picture its mark is present, over a grey copy of it."""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

PRESENT = 0.5
"""From here on a cell counts as marked."""

MISSING = 0.05
"""A connected part without the mark is named from this share of the picture on. Measured on 15 marked pictures: at most
0.031 untouched, as PNG and as JPEG; at least 0.088 with a third of each side replaced, JPEG 80."""
_GONE = 0.3
"""Below this, a cell of such a part does not carry the mark."""

_SIDE_PX = 1400
_BAR_PX = 88
_STRONGEST = 0.6
_PAPER, _INK = (250, 250, 248), (30, 30, 30)
_STOPS = np.array([[215, 40, 35], [245, 165, 60], [60, 150, 215], [20, 95, 200]], dtype=np.float32)

Cells = NDArray[np.float32]


def share(values: Cells) -> float:
    """The share of the picture that carries the mark."""
    return float((values >= PRESENT).mean())


def missing(values: Cells) -> float:
    """The share of the picture that the largest connected part without the mark takes."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((values < _GONE).astype(np.uint8), connectivity=4)
    return float(stats[1:, cv2.CC_STAT_AREA].max() / values.size) if count > 1 else 0.0


def draw_presence(data: bytes, values: Cells) -> Image.Image:
    """The picture in grey, at most 1400 px a side: blue where the mark is, red where it is not.

    Args:
        data: the picture's file.
        values: of each cell, 0 to 1, the top left first.
    """
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "TIFF"]) as stored:
        grey = ImageOps.exif_transpose(stored).convert("L")
    grey.thumbnail((_SIDE_PX, _SIDE_PX))
    there = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32)).resize(grey.size, Image.Resampling.BILINEAR)
    tone = np.asarray(grey, dtype=np.float32)[..., None] * 0.7 + 50
    shown = tone * (1 - _STRONGEST) + _colours(np.asarray(there)) * _STRONGEST
    page = Image.new("RGB", (max(grey.width, 420), grey.height + _BAR_PX), _PAPER)
    page.paste(Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8)), (0, 0))
    _legend(page, share(values))
    return page


def _colours(values: Cells) -> Cells:
    place = np.clip(values, 0, 1) * (len(_STOPS) - 1)
    below = np.minimum(place.astype(int), len(_STOPS) - 2)
    rest = (place - below)[..., None]
    found: Cells = (_STOPS[below] * (1 - rest) + _STOPS[below + 1] * rest).astype(np.float32)
    return found


def _legend(page: Image.Image, marked: float) -> None:
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=15)
    top, width = page.height - _BAR_PX + 10, 300
    ramp = _colours(np.linspace(0, 1, width, dtype=np.float32)[None].repeat(14, 0))
    page.paste(Image.fromarray(ramp.astype(np.uint8)), (12, top))
    pen.text((12, top + 17), "mark missing", fill=_INK, font=font)
    pen.text((12 + width, top + 17), "mark present", fill=_INK, font=font, anchor="ra")
    told = f"{marked:.0%} carries the mark; flat dark or clipped places show little of it"
    pen.text((12, top + 40), told, fill=_INK, font=font)
