"""Our mark as the benchmarks use it: a codec, two keys, and whether the id that went in came back out."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from countenance.adapters.models.store import build as build_store
from countenance.adapters.watermarks import spread
from countenance.core import payload
from countenance.marks.ports import WatermarkCodec
from countenance.settings import Settings

Pixels = NDArray[np.uint8]
CHECK_KEY, TILE_KEY = b"check key of the benchmark", b"tile key of the benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a blind reading gave."""

    mark_id: str | None
    path: str
    tries: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """One version of the mark."""

    name: str
    codec: WatermarkCodec
    device: str

    def draw(self, rng: np.random.Generator) -> str:
        """A random id of this version."""
        version = self.codec.payload
        return f"{int(rng.integers(0, 1 << version.id_bits)):0{version.digits}x}"

    def embed(self, pixels: Pixels, mark_id: str, *, seed: int) -> Pixels:
        """h w 3 to h w 3."""
        coded = payload.encode_text(mark_id, CHECK_KEY)
        return array_of(self.codec.embed(self._frames(pixels), coded, TILE_KEY, seed=seed))

    def find(self, pixels: Pixels, *, deep: bool = True) -> Found:
        """Read blind: without the original, the id or the attack."""
        began = time.perf_counter()
        tries = 0
        for tries, word in enumerate(self.codec.candidates(self._frames(pixels), TILE_KEY, deep=deep), 1):
            found = payload.open_text(word.info, CHECK_KEY)
            if found is not None:
                return Found(mark_id=found, path=word.path, tries=tries, seconds=time.perf_counter() - began)
        return Found(mark_id=None, path="", tries=tries, seconds=time.perf_counter() - began)

    def _frames(self, pixels: Pixels) -> torch.Tensor:
        frames = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float() / 255
        return frames.to(self.device)


def array_of(frames: torch.Tensor) -> Pixels:
    """1 3 h w to h w 3."""
    return (frames[0].permute(1, 2, 0) * 255).round().to(torch.uint8).cpu().numpy()


def ours(device: str = "cpu") -> Ours:
    """The version that this program writes."""
    settings = Settings.load({})
    codec = spread.build(build_store(settings.models, settings.model_cache))
    return Ours(name=f"ours, version {codec.payload.version}", codec=codec, device=device)
