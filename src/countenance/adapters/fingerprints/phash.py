"""pHash, 256 bits: the lowest frequencies of a 64 x 64 px grey copy, above or below their median.

The usual 64 bits do not tell portraits of one studio apart: see benchmarks/fingerprint.py.

C. Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions*, Hagenberg, 2010.
"""

import re
from dataclasses import dataclass

import imagehash
from PIL import Image

from countenance.errors import UncheckedError
from countenance.marks.ports import Fingerprinter
from countenance.media.tensors import Frames

_SIDE = 16
_TEXT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerceptualHash:
    """See `Fingerprinter`. Crops of more than a few per cent and flips are not found."""

    algorithm: str = "org.countenance.phash256.1"

    def fingerprint(self, pixels: Frames) -> str:
        """Return 64 hexadecimal digits."""
        levels = (pixels[0].detach() * 255).round().clamp(0, 255).byte()
        picture = Image.fromarray(levels.permute(1, 2, 0).cpu().numpy())
        return str(imagehash.phash(picture, hash_size=_SIDE))

    def distance(self, a: str, b: str) -> int:
        """Return the number of differing bits, 0 to 256.

        Raises:
            UncheckedError: one of them is not 64 hexadecimal digits.
        """
        return (_number(a) ^ _number(b)).bit_count()


def build() -> Fingerprinter:
    """Entry point `phash`."""
    return PerceptualHash()


def _number(text: str) -> int:
    if not _TEXT.fullmatch(text):
        raise UncheckedError("a pHash is 64 hexadecimal digits", hint="compare fingerprints of one algorithm")
    return int(text, 16)
