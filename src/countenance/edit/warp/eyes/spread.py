"""Smooth surfaces through what is known: the membrane that solves the Laplace equation, on a pyramid."""

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.grid import blur, resize

Layer = Float[Tensor, "c h w"]
Weight = Float[Tensor, "1 h w"]
SWEEPS = 30


def spread(layer: Layer, weight: Weight) -> Layer:
    """Values where `weight` is 0 from those around where it is 1: averages from coarse to fine."""
    return _pull(layer * weight, weight)


def _pull(summed: Layer, weight: Weight) -> Layer:
    height, width = summed.shape[1:]
    here = summed / weight.clamp_min(1e-6)
    if max(height, width) == 1:
        return here
    half = nn.avg_pool2d(torch.cat([summed, weight])[None], 2, ceil_mode=True, count_include_pad=False)[0]
    below = _pull(half[:-1], half[-1:])
    above = nn.interpolate(below[None], scale_factor=2, mode="bilinear", align_corners=False)[0][:, :height, :width]
    return here * weight + above * (1 - weight)


def membrane(layer: Layer, weight: Weight) -> Layer:
    """The smoothest surface that keeps `layer` where `weight` is 1 (a fixed number of sweeps)."""
    surface = spread(layer, weight)
    for _ in range(SWEEPS):
        wide = nn.pad(surface[None], (1, 1, 1, 1), mode="replicate")[0]
        around = (wide[:, :-2, 1:-1] + wide[:, 2:, 1:-1] + wide[:, 1:-1, :-2] + wide[:, 1:-1, 2:]) / 4
        surface = torch.lerp(around, layer, weight)
    return surface


def low_pass(layer: Layer, sigma_px: float) -> Layer:
    """Gaussian blur, done on fewer pixels where it is wide."""
    height, width = layer.shape[1:]
    step = max(1, int(sigma_px / 2))
    if step == 1:
        return blur(layer, sigma_px)
    small = nn.interpolate(layer[None], (max(1, height // step), max(1, width // step)), mode="area")[0]
    return resize(blur(small, sigma_px / step), (height, width))
