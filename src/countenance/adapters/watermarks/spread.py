"""The structured spread-spectrum mark with the learned estimator."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from countenance.marks.ports import Candidate, WatermarkCodec
from countenance.marks.spread import embed, estimator, extract
from countenance.media.tensors import Frames

_MODEL = "mark-estimator"


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
    version: str = "1"
    algorithm: str = "org.countenance.mark.spread1"

    def embed(self, pixels: Frames, coded: Sequence[int], tile_key: bytes, *, seed: int, levels: int = 255) -> Frames:
        """See `WatermarkCodec.embed`."""
        return embed.embed(pixels, coded, tile_key, self.network, seed=seed, levels=levels)

    def candidates(self, pixels: Frames, tile_key: bytes, *, deep: bool) -> Iterator[Candidate]:
        """See `WatermarkCodec.candidates`."""
        return extract.candidates(pixels, tile_key, self.network, deep=deep)


def build(store: WeightStore) -> WatermarkCodec:
    """Entry point `spread`.

    Raises:
        BackendError: the weights are absent, or not the ones that this codec needs.
    """
    tensors, _ = store.load(_MODEL)
    return SpreadCodec(weights={_MODEL: store.digest(_MODEL)}, network=estimator.load(tensors))
