"""Smooth pictures on the working grid: resampling, blur, and filling of holes."""

import math

import torch
import torch.nn.functional as nn
from jaxtyping import Bool, Float
from torch import Tensor

Layer = Float[Tensor, "layers h w"]


def blur(layer: Layer, sigma_px: float) -> Layer:
    """Gaussian blur, edges repeated."""
    radius = max(1, math.ceil(3 * sigma_px))
    taps = torch.arange(-radius, radius + 1, device=layer.device, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (taps / max(sigma_px, 1e-3)) ** 2)
    kernel = kernel / kernel.sum()
    stack = layer[:, None]
    stack = nn.conv2d(nn.pad(stack, (radius, radius, 0, 0), mode="replicate"), kernel[None, None, None])
    return nn.conv2d(nn.pad(stack, (0, 0, radius, radius), mode="replicate"), kernel[None, None, :, None])[:, 0]


def fill(layer: Layer, known: Bool[Tensor, "h w"]) -> Layer:
    """Values outside `known` from the known ones around them: a pyramid of averages, coarse under fine."""
    weight = known[None].to(layer.dtype)
    return _pull(layer * weight, weight)


def _pull(summed: Layer, weight: Float[Tensor, "1 h w"]) -> Layer:
    height, width = summed.shape[1:]
    here = summed / weight.clamp_min(1e-6)
    if max(height, width) <= 2:
        return here
    half = nn.avg_pool2d(torch.cat([summed, weight])[None], 2, ceil_mode=True, count_include_pad=False)[0]
    below = _pull(half[:-1], half[-1:])
    above = nn.interpolate(below[None], scale_factor=2, mode="bilinear", align_corners=False)[0][:, :height, :width]
    return torch.where(weight >= 1, here, here * weight + above * (1 - weight))


def resize(layer: Layer, size: tuple[int, int], mode: str = "bilinear") -> Layer:
    """The same picture on another number of pixels."""
    return nn.interpolate(layer[None], size, mode=mode, align_corners=False)[0]


def smooth_step(value: Tensor) -> Tensor:
    """0 below 0, 1 above 1, and smooth between."""
    t = value.clamp(0, 1)
    return t * t * (3 - 2 * t)
