"""What a watermark and a fingerprint must be able to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from jaxtyping import Float
from torch import Tensor

from countenance.core.payload import Format
from countenance.media.tensors import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One word that may be in the pixels. Whether it is, only the check key tells, and that is not in this room."""

    info: tuple[int, ...]
    """Information bits, still whitened; their number is the payload version's."""
    certainty_permille: int
    """Share of the soft weight that agrees with the word. No proof: noise has a word at 970 or so too."""
    clearness_permille: int | None = None
    """Cosine between what lies in the picture and what the word puts there. This does tell a mark from noise: at
    most 531 in 5,576 readings of unmarked crops, 608 and more in crops of marked portraits to 15 %. None: version 1."""
    path: str
    """How it was found: direct, orient, subtracted, upright, lattice, part, sync or sync-again; `unframed` where the
    codec does not tell in which framing the mark lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Where in a picture a mark is present."""

    values: Float[Tensor, "rows columns"]
    """For each cell of the picture, all of one size, the top left first: 0 is not there, 1 is as clear as anywhere."""
    path: str
    """How the mark was found, as in `Candidate`."""


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

    @property
    def payload(self) -> Format:
        """The version of the word that it carries."""

    @property
    def keyed(self) -> bool:
        """Whether the tile key decides where the bits lie.

        If not, anyone can read them, and a new mark may replace one that is there.
        """

    def algorithm_of(self, info: Sequence[int]) -> str:
        """Return the C2PA name under which a word that it read is bound: earlier versions have names of their own."""

    def written(self, info: Sequence[int]) -> str | None:
        """Return the value of the soft binding as the algorithm's own tools write it; None: the id, as bytes."""

    def open_words(self, pixels: Frames) -> tuple[str, ...]:
        """Return what anyone's tools read from the pixels, as they write it, ours or not; nothing from a keyed codec.

        Raises:
            UnsupportedMediaError: as in `candidates`.
        """

    def embed(self, pixels: Frames, coded: Sequence[int], tile_key: bytes, *, seed: int, levels: int = 255) -> Frames:
        """Return the marked pixels, every value exactly k/levels; the same inputs give the same bytes on one machine.

        Args:
            pixels: frames 3 h w, sRGB in [0, 1].
            coded: coded bits (`core.payload.encode`) of this codec's `payload`.
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
            deep: search for crops, scale, rotation, stretch and perspective too.

        Raises:
            UnsupportedMediaError: as in `embed`.
        """

    def presence(self, pixels: Frames, tile_key: bytes, coded: Sequence[int]) -> Heat | None:
        """Return where the mark of a word is; None where it is not found at all.

        Args:
            pixels: frames 3 h w; frames are read together, as copies of one mark.
            tile_key: the key of the mark.
            coded: coded bits of the word that was read, of this codec's `payload`.

        Raises:
            UnsupportedMediaError: as in `candidates`.
            CountenanceError: the coded bits are not of this codec's `payload`, or it does not tell places.
        """

    def framings(
        self, pixels: Frames, tile_key: bytes, coded: Sequence[int], aspects: Sequence[float]
    ) -> Sequence[Frames]:
        """Return what a turned or framed copy shows in each frame in which it may have been marked.

        A codec that does not tell places, or does not find the word, returns nothing.

        Args:
            pixels: frames 3 h w, the first of which is taken.
            tile_key: the key of the mark.
            coded: coded bits of the word that was read; nothing is known of an older version's.
            aspects: width by height that the marked picture may have had.

        Raises:
            UnsupportedMediaError: as in `candidates`.
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
