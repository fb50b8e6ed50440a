"""Our mark as the benchmarks use it: a codec, two keys, and whether the id that went in came back out.

Also the mark without its network, which needs no weights: what is left when the reader's eye is a plain filter.
"""

import ast
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from countenance.adapters.models.store import build as build_store
from countenance.adapters.watermarks import spread
from countenance.core import payload
from countenance.marks.ports import WatermarkCodec
from countenance.marks.spread import embed, estimator
from countenance.marks.spread.tile import GAIN_BANDS
from countenance.settings import Settings

Pixels = NDArray[np.uint8]
Layers = Mapping[str, tuple[torch.Tensor, torch.Tensor]]
CHECK_KEY, TILE_KEY = b"check key of the benchmark", b"tile key of the benchmark"
FLAT = torch.ones(GAIN_BANDS)
_CODE = (Path(embed.__file__).parent, Path(payload.__file__), Path(__file__))
_FLOOR_LEVELS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a blind reading gave."""

    mark_id: str | None
    path: str
    tries: int
    seconds: float
    clearness: float = 0.0
    """Cosine between what lies in the picture and what the word puts there."""


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
                return Found(
                    mark_id=found,
                    path=word.path,
                    tries=tries,
                    seconds=time.perf_counter() - began,
                    clearness=(word.clearness_permille or 0) / 1000,
                )
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


def with_network(mark: Ours, **changed: Any) -> Ours:
    """The same mark with an estimator of which something is changed: `layers`, `draw_gains`, `read_gains`."""
    codec = cast("spread.SpreadCodec", mark.codec)
    return replace(mark, codec=spread.SpreadCodec(weights=codec.weights, network=replace(codec.network, **changed)))


def without_network(mark: Ours, **changed: Any) -> Ours:
    """The same mark seen by a filter instead of the network; both ways, since the embedder looks at what it wrote."""
    _let_no_layers_mean_a_filter()
    return with_network(mark, layers={}, **changed)


def bare(device: str = "cpu") -> Ours:
    """The mark without a network and without trained gains: nothing in it was learned."""
    _let_no_layers_mean_a_filter()
    network = estimator.Estimator(layers={}, draw_gains=FLAT, read_gains=FLAT)
    return Ours(name="ours, no network", codec=spread.SpreadCodec(weights={}, network=network), device=device)


def made_of(mark: Ours) -> str:
    """A digest of the mark's weights and of its code, whatever the comments say."""
    files = [path for part in _CODE for path in ([part] if part.is_file() else sorted(part.glob("*.py")))]
    digest = hashlib.sha256(repr(sorted(mark.codec.weights.items())).encode())
    for path in files:
        digest.update(ast.dump(ast.parse(path.read_bytes())).encode())
    return digest.hexdigest()[:16]


def whitened(seen: torch.Tensor) -> torch.Tensor:
    """What the network is given (1 3 h w, Y' from -1 to 1) to a pattern (1 1 h w), by a filter.

    Fine detail over its own strength, and weighted by how strong the mark may be there over how strong the detail is:
    the matched filter for a known pattern in noise of a known local strength.
    """
    luma = (seen[:, :1] + 1) / 2
    levels = luma * 255
    taps = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0], device=seen.device) / 16
    blurred = functional.conv2d(
        functional.pad(levels, (2, 2, 2, 2), mode="replicate"), torch.outer(taps, taps)[None, None]
    )
    detail = levels - blurred
    power = functional.avg_pool2d(functional.pad(detail.square(), (3, 3, 3, 3), mode="replicate"), 7, 1)
    strength = power.sqrt() + _FLOOR_LEVELS
    return (detail / strength).clamp(-2, 2) * embed.perceptual_mask(luma) / strength


@cache
def _let_no_layers_mean_a_filter() -> None:
    """Put the filter where the network is called, for estimators without layers; the product has no such switch."""
    network = estimator._network  # noqa: SLF001

    def either(layers: Layers, seen: torch.Tensor) -> torch.Tensor:
        return network(layers, seen) if layers else whitened(seen)

    patch.object(estimator, "_network", either).start()
