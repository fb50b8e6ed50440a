"""A picture, looked at for its title: what file it is, which faces it shows, and its fingerprint."""

from typing import Any

from countenance.core.records.asset import Asset, FaceBox
from countenance.edit.photo import boxes_of
from countenance.errors import NoFaceError
from countenance.request.receive import receive_asset
from countenance.settings import Settings


def look(data: bytes, room: Any, settings: Settings) -> tuple[Asset, tuple[FaceBox, ...], str]:
    """Asset, numbered faces and fingerprint of a picture, which is only held in memory.

    Raises:
        TooLargeError, UnsupportedMediaError: as the file is.
        NoFaceError: no face is found.
    """
    asset = receive_asset(data, max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    pixels = room.images.decode(data, asset.media_type).pixels
    found = boxes_of(room.engine.detect(pixels.to(settings.device)))
    if not found:
        raise NoFaceError("no face was found in the picture", hint="give a picture that shows a face")
    return asset, found, room.fingerprinter.fingerprint(pixels)
