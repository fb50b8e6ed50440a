"""Copies that are not RGB: a grey, CMYK or palette picture carries the mark too, and may be looked at as RGB."""

from countenance.errors import UnsupportedMediaError
from countenance.request.files.bounds import TAKES
from countenance.request.sniff import media_type_of, sniff
from countenance.settings import Settings
from countenance.wiring.plugins import load


def to_look_at(data: bytes, settings: Settings) -> tuple[bytes, bool]:
    """The file, or what shows the same in RGB where its colours are others; and whether it is the latter.

    Raises:
        InputError: damaged, too large, or no picture that can be looked at.
    """
    try:
        sniff(data, max_pixels=settings.max_pixels)
    except UnsupportedMediaError as error:
        media_type = media_type_of(data)
        if media_type is None or error.hint != TAKES:
            raise
        return load("images", "vips")().in_rgb(data, media_type, max_pixels=settings.max_pixels), True
    return data, False
