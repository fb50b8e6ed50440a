"""What a watermark and a fingerprint must be able to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from countenance.media.tensors import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One word that may be in the pixels. Whether it is, only the check key tells, and that is not in this room."""

    info: tuple[int, ...]
    """65 information bits, still whitened."""
    certainty_permille: int
    """Share of the soft weight that agrees with the word. No proof: noise has a word at 970 or so too."""
    path: str
    """How it was found: direct, orient, sync or sync-again."""


class WatermarkCodec(Protocol):
    """Puts coded bits into pixels and lists the words that may be in them."""

    @property
    def name(self) -> str:
        """The plug-in's name, as settings write it."""

    @property
    def version(self) -> str:
        """Changes whenever an older reader could no longer read the mark."""

    @property
    def algorithm(self) -> str:
        """C2PA soft-binding algorithm name."""

    @property
    def weights(self) -> Mapping[str, str]:
        """Model name to the SHA-256 of its weights."""

    def embed(self, pixels: Frames, coded: Sequence[int], tile_key: bytes, *, seed: int, levels: int = 255) -> Frames:
        """Return the marked pixels, every value exactly k/levels; the same inputs give the same bytes on one machine.

        Args:
            pixels: frames 3 h w, sRGB in [0, 1].
            coded: 100 coded bits (`core.payload.encode`).
            tile_key: at least 16 bytes; whoever holds it can read marks, and remove them.
            seed: of the stochastic rounding.
            levels: the number of the brightest level.

        Raises:
            UnsupportedMediaError: a side under 64 px, fewer px than 128 x 128, or one side over 12 times the other.
        """

    def candidates(self, pixels: Frames, tile_key: bytes, *, deep: bool) -> Iterator[Candidate]:
        """Yield words lazily, cheap attempts first; the caller stops as soon as its check holds.

        Args:
            pixels: frames 3 h w; frames are read together, as copies of one mark.
            tile_key: the key of the mark.
            deep: search for scale, rotation and stretch too.

        Raises:
            UnsupportedMediaError: as in `embed`.
        """


class Fingerprinter(Protocol):
    """Tells whether two pictures look alike. A match may block or queue something, never grant it."""

    @property
    def algorithm(self) -> str:
        """C2PA soft-binding algorithm name."""

    def fingerprint(self, pixels: Frames) -> str:
        """Return the fingerprint of the first frame, as text."""

    def distance(self, a: str, b: str) -> int:
        """Return the number of differing bits.

        Raises:
            UncheckedError: one of them is no fingerprint of this algorithm.
        """
