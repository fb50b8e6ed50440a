"""The image port: bytes to pixels and back, with what must stay beside the pixels."""

from dataclasses import dataclass
from typing import Literal, Protocol

from jaxtyping import Float
from torch import Tensor

from countenance.media.tensors import Frames

Alpha = Float[Tensor, "frames 1 h w"]
"""Opacity, [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A decoded picture: upright pixels, opacity, bits a sample, colour profile and print density.

    Samples are exact: k/255 where `bits` is 8, k/65535 where it is 16. They stay in the profile's own colours.
    Orientation is applied to the pixels and reset; incoming names, GPS and thumbnails are not kept.
    """

    pixels: Frames
    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None
    bits: Literal[8, 16] = 8
    alpha: Alpha | None = None

    @property
    def levels(self) -> int:
        """The number of the brightest level."""
        return (1 << self.bits) - 1


class ImageCodec(Protocol):
    """Decodes and encodes stills."""

    def decode(self, data: bytes, media_type: str) -> Picture:
        """Pixels of checked bytes. Raises UnsupportedMediaError."""
        ...

    def encode(self, picture: Picture, media_type: str, *, xmp: bytes) -> bytes:
        """A file with the picture's profile and one XMP packet, no thumbnail."""
        ...
