"""The reader's eye: a small U-Net that estimates the mark's pattern at every point of the working grid.

The grid has a fixed area, not a fixed shape, so that the mark has one size whatever the picture's. The network (1.34
million parameters) was trained on random keys: it knows how a mark lies in a picture, not what any mark says. O.
Ronneberger, P. Fischer, T. Brox, *U-Net*, MICCAI 2015. Batch normalisation is folded into the convolutions when the
weights are loaded.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from countenance.errors import BackendError, UnsupportedMediaError
from countenance.marks.spread.tile import GAIN_BANDS, Pattern
from countenance.media.tensors import Frames, Image

GRID_AREA: Final = 65_536
MIN_SIDE_PX: Final = 64
MIN_AREA_PX: Final = 128 * 128  # measured: 128 x 128 px still give the id, 96 x 96 px do not
MAX_ASPECT: Final = 12
MIN_READ_SIDE_PX: Final = 32  # a part of a marked picture may be smaller than a picture can be marked

_STRIDE: Final = 8
_NORM_EPSILON: Final = 1e-5
_WIDTH: Final = {"stem": (3, 24), "d1.0": (24, 48), "d2.0": (48, 96), "d3.0": (96, 128), "u2": (128, 96)} | {
    "u1": (96, 48),
    "u0": (48, 24),
    "f0": (48, 24),
}
_BLOCKS: Final = {"d1.1": 48, "d2.1": 96, "d3.1": 128, "d3.2": 128, "r2": 96, "r1": 48}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimator:
    """The loaded network and the gains trained with it."""

    layers: Mapping[str, tuple[Tensor, Tensor]]
    """Name to weight and bias of a 3 x 3 convolution."""
    draw_gains: Float[Tensor, "10"]
    """How strongly the embedder draws each band of frequency."""
    read_gains: Float[Tensor, "10"]
    """How far the reader trusts each band."""


def load(tensors: Mapping[str, Tensor]) -> Estimator:
    """Make an estimator of a state dict.

    Raises:
        BackendError: a tensor is missing or has the wrong shape.
    """
    layers = {name: _folded(tensors, f"{name}.0", f"{name}.1", *width) for name, width in _WIDTH.items()}
    for name, width in _BLOCKS.items():
        layers[f"{name}.a"] = _folded(tensors, f"{name}.a.0", f"{name}.a.1", width, width)
        layers[f"{name}.b"] = _folded(tensors, f"{name}.b.0", f"{name}.b.1", width, width)
    layers["out"] = (_tensor(tensors, "out.weight", (1, 24, 3, 3)), _tensor(tensors, "out.bias", (1,)))
    draw_gains, read_gains = (_tensor(tensors, name, (GAIN_BANDS,)) for name in ("lg", "dg"))
    return Estimator(layers=layers, draw_gains=_gain(draw_gains), read_gains=_gain(read_gains))


def working_grid(image: Image, area: float = GRID_AREA) -> Float[Tensor, "1 3 h w"]:
    """Return a picture on the working grid: so many px, aspect kept, antialiased bilinear."""
    return shrunk(image, area)[None]


def shrunk(image: Image, area: float) -> Image:
    """Return a picture of so many px in all, aspect kept, antialiased bilinear; it may also be enlarged."""
    height, width = image.shape[-2:]
    scale = math.sqrt(area / (height * width))
    size = (max(_STRIDE, round(height * scale)), max(_STRIDE, round(width * scale)))
    out = functional.interpolate(image[None].float(), size=size, mode="bilinear", antialias=True, align_corners=False)
    return out[0]


def require_room(height: int, width: int) -> None:
    """Refuse a picture that is too small or too long to carry a mark.

    Raises:
        UnsupportedMediaError: a side under 64 px, or one more than 12 times the other.
    """
    if min(height, width) < MIN_SIDE_PX or height * width < MIN_AREA_PX:
        hint = "a mark needs 64 px a side and as many px in all as 128 x 128"
        raise UnsupportedMediaError("the picture is too small for a mark", hint=hint)
    if max(height, width) > MAX_ASPECT * min(height, width):
        raise UnsupportedMediaError(
            "the picture is too long for a mark: one side is over 12 times the other", hint="crop it"
        )


def has_room(height: int, width: int) -> bool:
    """Whether `require_room` lets a picture pass."""
    long, short = max(height, width), min(height, width)
    return short >= MIN_SIDE_PX and height * width >= MIN_AREA_PX and long <= MAX_ASPECT * short


def require_readable(height: int, width: int) -> None:
    """Refuse a picture in which no mark can be found.

    Raises:
        UnsupportedMediaError: a side under 32 px, or one more than 12 times the other.
    """
    long, short = max(height, width), min(height, width)
    if short < MIN_READ_SIDE_PX:
        raise UnsupportedMediaError("the picture is too small to be read", hint="a mark is found from 32 px a side on")
    if long > MAX_ASPECT * short:
        raise UnsupportedMediaError(
            "the picture is too long to be read: one side is over 12 times the other", hint="give a larger part of it"
        )


def luma(grid: Float[Tensor, "frames 3 h w"]) -> Float[Tensor, "frames 1 h w"]:
    """Return Y' of ITU-R BT.601, in [0, 1]."""
    return _luma_chroma(grid)[:, :1]


@torch.no_grad()
def read_grid(estimator: Estimator, grid: Float[Tensor, "1 3 h w"]) -> Pattern:
    """Estimate the pattern in a picture on the working grid, weighted by the network's own confidence."""
    height, width = grid.shape[-2:]
    padded = functional.pad(grid, (0, -width % _STRIDE, 0, -height % _STRIDE), mode="replicate")
    centred = _luma_chroma(padded) * 2
    centred = torch.cat([centred[:, :1] - 1, centred[:, 1:]], 1).contiguous(memory_format=torch.channels_last)
    return _network(estimator.layers, centred)[0, 0, :height, :width]


def read_frames(estimator: Estimator, frames: Frames, area: float = GRID_AREA) -> Pattern:
    """Estimate the mean pattern of all frames, one frame at a time."""
    patterns = [read_grid(estimator, working_grid(image, area)) for image in frames]
    return torch.stack(patterns).mean(0)


def _network(layers: Mapping[str, tuple[Tensor, Tensor]], x: Tensor) -> Tensor:
    def conv(name: str, t: Tensor, stride: int = 1) -> Tensor:
        weight, bias = (value.to(t.device) for value in layers[name])
        return functional.conv2d(t, weight, bias, stride=stride, padding=1)

    def step(name: str, t: Tensor, stride: int = 1) -> Tensor:
        return functional.silu(conv(name, t, stride))

    def block(name: str, t: Tensor) -> Tensor:
        return functional.silu(t + conv(f"{name}.b", step(f"{name}.a", t)))

    def up(t: Tensor) -> Tensor:
        return functional.interpolate(t, scale_factor=2.0, mode="nearest")

    stem = step("stem", x)
    half = block("d1.1", step("d1.0", stem, 2))
    quarter = block("d2.1", step("d2.0", half, 2))
    eighth = block("d3.2", block("d3.1", step("d3.0", quarter, 2)))
    quarter = block("r2", step("u2", up(eighth)) + quarter)
    half = block("r1", step("u1", up(quarter)) + half)
    return conv("out", step("f0", torch.cat([step("u0", up(half)), stem], 1)))


def _luma_chroma(rgb: Tensor) -> Tensor:
    """Return Y', Cb, Cr of JPEG (ITU-T T.871): Y' in [0, 1], Cb and Cr in [-0.5, 0.5]."""
    rows = [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]
    return torch.einsum("ij,fjhw->fihw", torch.tensor(rows, device=rgb.device), rgb)


def _gain(logarithm: Tensor) -> Tensor:
    return torch.exp(0.8 * torch.tanh(logarithm))


def _folded(tensors: Mapping[str, Tensor], conv: str, norm: str, inputs: int, outputs: int) -> tuple[Tensor, Tensor]:
    weight = _tensor(tensors, f"{conv}.weight", (outputs, inputs, 3, 3))
    parts = ("weight", "bias", "running_mean", "running_var")
    gain, bias, mean, variance = (_tensor(tensors, f"{norm}.{part}", (outputs,)) for part in parts)
    scale = gain / torch.sqrt(variance + _NORM_EPSILON)
    folded = (weight * scale[:, None, None, None]).contiguous(memory_format=torch.channels_last)
    return folded, bias - mean * scale


def _tensor(tensors: Mapping[str, Tensor], name: str, shape: tuple[int, ...]) -> Tensor:
    found = tensors.get(name)
    if found is None or tuple(found.shape) != shape:
        raise BackendError(f"the mark estimator's weights lack `{name}`", hint="check the file with `models list`")
    return found.float()
