"""Pictures for people: numbered faces, and a sheet of before, after and heat map."""

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from countenance.core.records.asset import FaceBox
from countenance.errors import ConfigError, StoreError

_SIDE_PX = 900
_HEAT_FROM_LEVELS = 6.0
"""Differences up to the watermark's own, a few levels of 255, are not drawn."""
_HEAT_FULL_LEVELS = 60.0


def draw_faces(data: bytes, faces: Sequence[FaceBox]) -> Image.Image:
    """The picture, at most 900 px a side, with each face's box and number."""
    image = _open(data)
    scale = min(1.0, _SIDE_PX / max(image.size))
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=28)
    for face in faces:
        box = [value * scale for value in (face.x0_px, face.y0_px, face.x1_px, face.y1_px)]
        pen.rectangle(box, outline=(255, 210, 0), width=3)
        pen.rectangle((box[0], box[1], box[0] + 30, box[1] + 34), fill=(255, 210, 0))
        pen.text((box[0] + 7, box[1]), str(face.number), fill=(0, 0, 0), font=font)
    return image


def heat_map(before: bytes, after: bytes) -> Image.Image:
    """Where and how strongly two pictures of one size differ, over a grey copy of the first."""
    one, two = (np.asarray(_open(data), dtype=np.float32) for data in (before, after))
    if one.shape != two.shape:
        raise ConfigError("the two pictures differ in size", hint="compare an edit with its own original")
    difference = np.abs(one - two).max(axis=-1)
    heat = np.clip((difference - _HEAT_FROM_LEVELS) / (_HEAT_FULL_LEVELS - _HEAT_FROM_LEVELS), 0, 1)[..., None] ** 0.6
    grey = np.repeat(one.mean(axis=-1, keepdims=True), 3, axis=-1) * 0.6 + 60
    colour = np.concatenate([np.full_like(heat, 255), 230 * (1 - heat), 40 * (1 - heat)], axis=-1)
    shown = np.where(heat > 0, grey * (1 - heat * 0.8 - 0.2 * (heat > 0)) + colour * (heat * 0.8 + 0.2), grey)
    return Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8))


def sheet(before: bytes, after: bytes) -> Image.Image:
    """Before, after and heat map, side by side, with captions."""
    side, bar, gap = 620, 44, 12
    panels = ((_open(before), "before"), (_open(after), "after"), (heat_map(before, after), "what changed"))
    page = Image.new("RGB", (3 * side + 4 * gap, side + bar + 2 * gap), (250, 250, 248))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=22)
    for index, (picture, caption) in enumerate(panels):
        left = gap + index * (side + gap)
        fitted = ImageOps.contain(picture, (side, side), Image.Resampling.LANCZOS)
        page.paste(fitted, (left + (side - fitted.width) // 2, gap + bar + (side - fitted.height) // 2))
        pen.text((left + 4, gap + 6), caption, fill=(30, 30, 30), font=font)
    return page


def save_picture(image: Image.Image, path: Path, *, replace: bool) -> None:
    """Write a PNG, all or nothing.

    Raises:
        ConfigError: it exists and `replace` is false.
        StoreError: it cannot be written.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        if path.exists() and not replace:
            raise ConfigError(f"`{path}` exists already", hint="choose another --out, or --force to replace it")
        image.save(fresh, "PNG")
        fresh.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise StoreError(f"the picture cannot be written: {error.strerror}", hint="check the folder") from error


def _open(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "TIFF"]) as stored:
        return ImageOps.exif_transpose(stored).convert("RGB")
