"""Cuts square, turned, antialiased crops out of a picture, all in one batch."""

import math

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.media.tensors import Image

Squares = Float[Tensor, "n 4"]
"""Squares in the picture: centre x, centre y, side (px), angle (radians, clockwise on screen)."""
Matrices = Float[Tensor, "n 2 3"]
"""From crop px to picture px, both with the origin at the corner of the top-left pixel."""


def matrices(squares: Squares, size: int) -> Matrices:
    """Maps that put a crop of `size` px on each square."""
    x, y, side, angle = squares.unbind(1)
    scale = side / size
    along, across = scale * torch.cos(angle), scale * torch.sin(angle)
    half = size / 2
    first = torch.stack([along, -across, x - half * (along - across)], 1)
    second = torch.stack([across, along, y - half * (across + along)], 1)
    return torch.stack([first, second], 1)


def cut(image: Image, maps: Matrices, size: int) -> Float[Tensor, "n size size 3"]:
    """Crops of the picture, black outside it, as the perception networks want them (channels last), [0, 1].

    The picture is first averaged over blocks of the power of two below the scale, then sampled 2 x 2 times a crop
    pixel: together an area filter, so that fine texture does not move landmarks.
    """
    block, left, top, area = _averaged(image, maps, size)
    steps = (torch.arange(2 * size, device=image.device, dtype=image.dtype) + 0.5) / 2
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    at = torch.einsum("nij,hwj->nhwi", maps, torch.stack([x, y, torch.ones_like(x)], -1))
    origin = at.new_tensor([left, top])
    extent = at.new_tensor([area.shape[2] * block, area.shape[1] * block])
    grid = (at - origin) * 2 / extent - 1
    source = area[None].expand(len(maps), -1, -1, -1)
    fine = nn.grid_sample(source, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return nn.avg_pool2d(fine, 2).permute(0, 2, 3, 1)


def _averaged(image: Image, maps: Matrices, size: int) -> tuple[int, int, int, Image]:
    """The part of the picture that the crops touch, averaged over blocks: block side, left, top (px), pixels."""
    scale = math.sqrt(float((maps[:, 0, 0] ** 2 + maps[:, 1, 0] ** 2).max()))
    block = 2 ** max(0, math.floor(math.log2(max(scale, 1.0))))
    corners = maps.new_tensor([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]])
    at = torch.einsum("nij,kj->nki", maps, corners).flatten(0, 1)
    (left, top), (right, bottom) = at.amin(0).tolist(), at.amax(0).tolist()
    height, width = image.shape[1:]
    left, right = _span(left, right, block, width)
    top, bottom = _span(top, bottom, block, height)
    part = image[:, top : min(bottom, height), left : min(right, width)]
    part = nn.pad(part, (0, right - left - part.shape[2], 0, bottom - top - part.shape[1]))
    return block, left, top, nn.avg_pool2d(part, block) if block > 1 else part


def _span(low: float, high: float, block: int, size: int) -> tuple[int, int]:
    """A run of whole blocks inside [0, size rounded up] that covers [low, high] with a block to spare; never empty."""
    blocks = -(-size // block)
    first = min(max(math.floor(low / block) - 1, 0), blocks - 1)
    last = min(max(math.ceil(high / block) + 1, first + 1), blocks)
    return first * block, last * block
