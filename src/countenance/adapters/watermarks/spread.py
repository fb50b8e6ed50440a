"""The structured spread-spectrum mark with the learned estimator: version 2 is written, 1 and 2 are read."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from countenance.core.payload import V1, V2, Format
from countenance.marks.ports import Candidate, Heat, WatermarkCodec
from countenance.marks.spread import embed, estimator, extract, framings, presence
from countenance.marks.spread.sight import Sight
from countenance.media.tensors import Frames

_MODEL = "mark-estimator"
_FIRST = "org.countenance.mark.spread1"


class WeightStore(Protocol):
    """The part of the model store that is needed here."""

    def load(self, name: str) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Return a model's tensors and the metadata of its file."""

    def digest(self, name: str) -> str:
        """Return the digest of a model's file, `sha256:<hex>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadCodec:
    """See `WatermarkCodec`; everything is in `countenance.marks`."""

    weights: Mapping[str, str]
    network: estimator.Estimator
    name: str = "spread"
    version: str = "2"
    algorithm: str = "org.countenance.mark.spread2"
    payload: Format = V2
    keyed: bool = True
    seen: MutableMapping[Frames, Sight] = field(default_factory=WeakIdKeyDictionary, repr=False, compare=False)

    def embed(self, pixels: Frames, coded: Sequence[int], tile_key: bytes, *, seed: int, levels: int = 255) -> Frames:
        """See `WatermarkCodec.embed`."""
        return embed.embed(pixels, coded, tile_key, self.network, seed=seed, levels=levels)

    def candidates(self, pixels: Frames, tile_key: bytes, *, deep: bool) -> Iterator[Candidate]:
        """See `WatermarkCodec.candidates`."""
        yield from extract.read(self._sight(pixels), tile_key, deep=deep)

    def presence(self, pixels: Frames, tile_key: bytes, coded: Sequence[int]) -> Heat | None:
        """See `WatermarkCodec.presence`."""
        return presence.presence(self._sight(pixels), tile_key, coded)

    def framings(
        self, pixels: Frames, tile_key: bytes, coded: Sequence[int], aspects: Sequence[float]
    ) -> Sequence[Frames]:
        """See `WatermarkCodec.framings`; nothing of a mark of version 1, whose tiles do not tell places."""
        if len(coded) != V2.code_bits:
            return ()
        return framings.framings(self._sight(pixels), tile_key, coded, aspects)

    def algorithm_of(self, info: Sequence[int]) -> str:
        """See `WatermarkCodec.algorithm_of`."""
        return _FIRST if len(info) == V1.info_bits else self.algorithm

    def written(self, info: Sequence[int]) -> str | None:
        """See `WatermarkCodec.written`."""
        del info
        return None

    def open_words(self, pixels: Frames) -> tuple[str, ...]:
        """See `WatermarkCodec.open_words`."""
        del pixels
        return ()

    def _sight(self, pixels: Frames) -> Sight:
        """What the network sees: looked at once, for as long as the caller keeps the picture."""
        sight = self.seen.get(pixels)
        if sight is None:
            sight = self.seen[pixels] = Sight(pixels, self.network)
        return sight


def build(store: WeightStore, version: str | None = None) -> WatermarkCodec:
    """Entry point `spread`. There is one version, whichever is asked for.

    Raises:
        BackendError: the weights are absent, or not the ones that this codec needs.
    """
    del version
    tensors, _ = store.load(_MODEL)
    return SpreadCodec(weights={_MODEL: store.digest(_MODEL)}, network=estimator.load(tensors))
