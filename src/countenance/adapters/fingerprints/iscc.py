"""ISCC Image-Code (ISO 24138:2024), 256 bits: the code that other people's registries and tools know.

As a soft binding, `io.iscc.v0` holds the code's own bytes, header and body, without a checksum or a prefix. Only the
Image-Code is bound: Data-Code and Instance-Code are about bytes, and those the manifest binds hard.

The picture is made grey and 32 x 32 px, bicubic, as the standard asks. Its trimming of one-coloured borders is left
out: the mark's own noise in a white studio background would decide where the border ends.
"""

import re
from dataclasses import dataclass

import iscc_lib
from PIL import Image

from countenance.errors import UncheckedError
from countenance.marks.ports import Fingerprinter
from countenance.media.tensors import Frames

_SIDE = 32
_BITS = 256
_HEADER = "2107"
"""Main type Content, subtype Image, version 0, length 256 bits."""
_TEXT = re.compile(rf"{_HEADER}[0-9a-f]{{64}}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCode:
    """See `Fingerprinter`. Crops of more than a few per cent and flips are not found."""

    algorithm: str = "io.iscc.v0"

    def fingerprint(self, pixels: Frames) -> str:
        """Return 68 hexadecimal digits: the code's two header bytes, and 32 of its body."""
        levels = (pixels[0].detach() * 255).round().clamp(0, 255).byte()
        picture = Image.fromarray(levels.permute(1, 2, 0).cpu().numpy()).convert("L")
        small = picture.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
        body = iscc_lib.iscc_decode(iscc_lib.gen_image_code_v0(small.tobytes(), bits=_BITS).iscc)[4]
        return f"{_HEADER}{body.hex()}"

    def distance(self, a: str, b: str) -> int:
        """Return the number of differing bits, 0 to 256.

        Raises:
            UncheckedError: one of them is no Image-Code of 256 bits.
        """
        return (_number(a) ^ _number(b)).bit_count()


def build() -> Fingerprinter:
    """Entry point `iscc`."""
    return ImageCode()


def _number(text: str) -> int:
    if not _TEXT.fullmatch(text):
        raise UncheckedError("an Image-Code is 68 hexadecimal digits", hint="compare fingerprints of one algorithm")
    return int(text, 16)
