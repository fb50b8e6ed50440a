"""A visible label in the picture: the EU's words, or the Chinese text of GB 45438-2025.

Letters are at least 5 % of the picture's shorter side high, as GB 45438-2025 asks; the EU's words are drawn as large.
White on a dark plate, from outlines that lie beside this file, so that no font needs to be installed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from countenance.core.records.decision import Permit
from countenance.core.records.market import LabelKind
from countenance.core.records.recipe import DrawnLabel
from countenance.marks.label.place import Box, around, free_corner
from countenance.media.ports import Picture
from countenance.media.tensors import Frames

TEXTS = MappingProxyType({"eu": "AI MODIFIED", "cn": "AI合成"})
"""GB 45438-2025 asks for `AI` (or its Chinese words) together with `made` or `synthesised`: an edited face is the
latter."""
LEAST_SHARE = 0.05
_PADDING = 0.45
"""Of the letters' height, around them on the plate."""
_PLATE, _INK = 0.08, 1.0
_DRAWN_AT_PX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A picture with its labels."""

    picture: Picture
    labels: tuple[DrawnLabel, ...]


def label_photo(picture: Picture, permit: Permit, region: Sequence[tuple[int, int]]) -> Labelled:
    """The picture with the labels that the permit names, each in a corner of its own; the same one where none is.

    Raises:
        InputError: no corner is free.
    """
    pixels = picture.pixels
    height, width = pixels.shape[-2:]
    faces = [(face.x0_px, face.y0_px, face.x1_px, face.y1_px) for face in (permit.face, *permit.others)]
    taken: list[Box] = [*faces, *([around(region)] if region else [])]
    drawn = []
    for kind in permit.labels or ():
        plate = plate_of(kind, min(height, width))
        size = (plate.shape[1], plate.shape[0])
        box = free_corner(size, (width, height), taken, margin=round(0.02 * min(height, width)))
        pixels = _laid(pixels, plate, box, picture.levels)
        taken.append(box)
        drawn.append(DrawnLabel(kind=kind, text=TEXTS[kind], box_px=box))
    return Labelled(picture=replace(picture, pixels=pixels), labels=tuple(drawn))


def plate_of(kind: LabelKind, shorter_side_px: int) -> np.ndarray:
    """The label as grey values h w in [0, 1], for a picture with that shorter side."""
    text = TEXTS[kind]
    letters = math.ceil(LEAST_SHARE * shorter_side_px)
    font = _font(math.ceil(letters * _DRAWN_AT_PX / _lowest(text)) + 1)
    x0, y0, x1, y1 = (int(side) for side in font.getbbox(text))
    padding = math.ceil(_PADDING * letters)
    image = Image.new("L", (x1 - x0 + 2 * padding, y1 - y0 + 2 * padding), 0)
    ImageDraw.Draw(image).text((padding - x0, padding - y0), text, 255, font)
    ink = np.asarray(image, dtype=np.float32) / 255
    return _PLATE + (_INK - _PLATE) * ink


@cache
def _lowest(text: str) -> int:
    """Height in px of the ink of the lowest letter, at the size of 200."""
    font = _font(_DRAWN_AT_PX)
    boxes = [font.getmask(letter).getbbox() for letter in text if letter != " "]
    return int(min(box[3] - box[1] for box in boxes if box))


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(__file__).with_name("label.otf")), size, layout_engine=ImageFont.Layout.BASIC)


def _laid(pixels: Frames, plate: np.ndarray, box: Box, levels: int) -> Frames:
    out = pixels.clone()
    x0, y0, x1, y1 = box
    grey = torch.from_numpy(plate).to(pixels)
    out[..., y0:y1, x0:x1] = (grey * levels).round() / levels
    return out
