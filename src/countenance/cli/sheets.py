"""Sheets of stamped pictures: every cell small, with words across the face that cannot simply be taken away again.

Eyes, brows and mouth are left clear: they are what is to be judged. Forehead, cheeks, nose and chin are not, so that no
face can be cut out without words on it.

The words lie at an angle and an offset, and with a strength, that a hash of the cell decides and that vary over it, so
that neither subtracting a known pattern nor averaging the cells removes them.
"""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont, PngImagePlugin

from countenance.core import digest
from countenance.edit.ports import Box
from countenance.wiring.cells import Cell, Drawn

_GAP, _CAPTION, _HEAD = 14, 46, 60
_MOST_WIDE_PX = 1600
_PAPER, _INK, _FAINT = (250, 250, 248), (30, 30, 30), (110, 110, 110)

Pixels = NDArray[np.uint8]


def draw_sheet(cells: Sequence[Cell], *, stamp: str, title: str, about: str) -> Drawn:
    """The sheet as a PNG file whose text says `about` too.

    Args:
        cells: the pictures, before their stamp.
        stamp: the words across every picture.
        title: the line above them.
        about: what the sheet is, in the picture and in the file's text.
    """
    stamped = [stamp_across(cell.pixels, stamp, cell.features) for cell in cells]
    width = max(picture.shape[1] for picture in stamped)
    height = max(picture.shape[0] for picture in stamped)
    columns = max(1, min(len(cells), (_MOST_WIDE_PX - _GAP) // (width + _GAP)))
    rows = -(-len(cells) // columns)
    size = (max(columns * (width + _GAP) + _GAP, 420), _HEAD + rows * (height + _CAPTION + _GAP) + _GAP)
    page = Image.new("RGB", size, _PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((_GAP, 8), title, fill=_INK, font=ImageFont.load_default(size=20))
    pen.text((_GAP, 34), about, fill=_FAINT, font=ImageFont.load_default(size=13))
    placed = []
    for number, (cell, picture) in enumerate(zip(cells, stamped, strict=True)):
        left = _GAP + number % columns * (width + _GAP)
        top = _HEAD + number // columns * (height + _CAPTION + _GAP)
        page.paste(Image.fromarray(picture), (left, top))
        _caption(pen, cell, left, top + height + 4)
        placed.append(((left, top, left + picture.shape[1], top + picture.shape[0]), picture))
    return Drawn(data=_png(page, about), cells=placed)


def stamp_across(pixels: Pixels, words: str, clear: Sequence[Box] = ()) -> Pixels:
    """The picture with words over all of it but the boxes to be kept clear, at an angle, in lines of light and dark."""
    height, width = pixels.shape[:2]
    draws = np.random.default_rng(int(digest.of_pixels(pixels.shape, pixels.tobytes())[7:], 16))
    light, dark = _lines(words, width, height, draws)
    strength = (_uneven(width, height, draws) * _outside(clear, width, height))[..., None]
    out = pixels.astype(np.float32)
    out += (235 - out) * light[..., None] * strength
    out += (15 - out) * dark[..., None] * strength
    return np.clip(np.round(out), 0, 255).astype(np.uint8)


def _outside(clear: Sequence[Box], width: int, height: int) -> NDArray[np.float32]:
    """1, and 0 in rounded boxes, with a soft edge."""
    mask = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(mask)
    for x0, y0, x1, y1 in clear:
        if x0 < x1 and y0 < y1:
            pen.rounded_rectangle((x0, y0, x1, y1), radius=min(x1 - x0, y1 - y0) / 2, fill=0)
    soft = mask.filter(ImageFilter.GaussianBlur(min(width, height) / 80))
    found: NDArray[np.float32] = np.asarray(soft, dtype=np.float32)
    return found / np.float32(255)


def _lines(
    words: str, width: int, height: int, draws: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Masks in [0, 1] of the lines that are light, and of those that are dark, by turns."""
    side, letters = int(1.6 * max(width, height)), max(12, round(min(width, height) / 11))
    font, angle = ImageFont.load_default(size=letters), float(draws.uniform(24, 36))
    masks = (Image.new("L", (side, side), 0), Image.new("L", (side, side), 0))
    pens = [ImageDraw.Draw(mask) for mask in masks]
    for row, top in enumerate(range(0, side, round(letters * 1.5))):
        left = -int(draws.integers(0, side // 2))
        pens[row % 2].text((left, top), f"{words}   " * 8, fill=255, font=font)
    light, dark = (_middle(mask.rotate(angle, Image.Resampling.BICUBIC), width, height) for mask in masks)
    return light, dark


def _middle(mask: Image.Image, width: int, height: int) -> NDArray[np.float32]:
    left, top = (mask.width - width) // 2, (mask.height - height) // 2
    found: NDArray[np.float32] = np.asarray(mask.crop((left, top, left + width, top + height)), dtype=np.float32)
    return found / np.float32(255)


def _uneven(width: int, height: int, draws: np.random.Generator) -> NDArray[np.float32]:
    """A strength that varies smoothly over the picture, from 0.35 to 0.65."""
    coarse = Image.fromarray((draws.random((6, 6)) * 255).astype(np.uint8))
    smooth: NDArray[np.float32] = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)
    return np.float32(0.35) + smooth * np.float32(0.3 / 255)


def _caption(pen: ImageDraw.ImageDraw, cell: Cell, left: int, top: int) -> None:
    units = "  ".join(f"{name} {value / 1000:+.2f}" for name, value in cell.units.items())
    pen.text((left, top), cell.label, fill=_INK, font=ImageFont.load_default(size=16))
    pen.text((left, top + 21), units, fill=_FAINT, font=ImageFont.load_default(size=12))


def _png(page: Image.Image, about: str) -> bytes:
    text, out = PngImagePlugin.PngInfo(), io.BytesIO()
    text.add_text("Description", about)
    page.save(out, "PNG", pnginfo=text)
    return out.getvalue()
