"""The image port: bytes to pixels and back, with what must stay beside the pixels."""

from dataclasses import dataclass
from typing import Protocol

from countenance.media.tensors import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A decoded picture: upright pixels (8-bit exact, k/255), its colour profile, its print density.

    Orientation is applied to the pixels and reset; incoming names, GPS and thumbnails are not kept.
    """

    pixels: Frames
    icc_profile: bytes | None
    dpi: tuple[float, float] | None


class ImageCodec(Protocol):
    """Decodes and encodes stills."""

    def decode(self, data: bytes, media_type: str) -> Picture:
        """Pixels of checked bytes. Raises UnsupportedMediaError."""
        ...

    def encode(self, picture: Picture, media_type: str, *, xmp: bytes) -> bytes:
        """A file with the picture's profile and one XMP packet, no thumbnail."""
        ...
