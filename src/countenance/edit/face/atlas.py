"""The face laid flat: every face's picture warped to one frame, so that the same cell is the same place on any face."""

import math

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.media.tensors import Image, Landmarks, Shape

CELLS = 64
"""Cells of the atlas for one inter-ocular unit: a wire frame of 1.5 mm is one and a half cells wide."""
EXTENT = (-1.25, 1.25, -2.0, 1.0)
"""Canonical x0, x1, y0, y1 of the atlas; its first row is y1. The origin lies between the eyes."""
_COARSE = 8  # cells between the places where the spline is computed; between them it is as good as straight
_SMOOTHING = 1e-3
_EVERY = 3  # every third mesh point carries the spline: enough for places, and it smooths

Atlas = Float[Tensor, "3 rows columns"]


def flatten(image: Image, landmarks: Landmarks, mean: Shape) -> tuple[Atlas, Float[Tensor, "rows columns"]]:
    """Colours of the face on the atlas, black where the picture ends, and where that is (1, else 0).

    Args:
        image: sRGB in [0, 1].
        landmarks: where the mesh points are in the picture, px.
        mean: the mean neutral face, which the atlas shows.
    """
    at = places(landmarks, mean)
    across = float((landmarks[263, :2] - landmarks[33, :2]).norm()) / float((mean[263, :2] - mean[33, :2]).norm())
    block = 2 ** max(0, math.floor(math.log2(max(across / CELLS, 1.0))))
    height, width = image.shape[1:]
    x0, y0 = (int(v) // block * block for v in at.flatten(0, 1).amin(0).floor().clamp_min(0).tolist())
    x1, y1 = (int(v) + 2 * block for v in at.flatten(0, 1).amax(0).ceil().tolist())
    gone = ((at < 0) | (at > at.new_tensor([width, height]))).any(-1).float()
    part = image[:, y0 : min(y1, height), x0 : min(x1, width)]
    if not part.numel():
        return image.new_zeros(3, *at.shape[:2]), gone
    part = nn.pad(part, (0, -part.shape[2] % block, 0, -part.shape[1] % block))
    small = nn.avg_pool2d(part[None], block)
    grid = (at - at.new_tensor([x0, y0])) * 2 / at.new_tensor([small.shape[3] * block, small.shape[2] * block]) - 1
    return nn.grid_sample(small, grid[None], mode="bilinear", padding_mode="zeros", align_corners=False)[0], gone


def places(landmarks: Landmarks, mean: Shape) -> Float[Tensor, "rows columns 2"]:
    """Where each cell of the atlas lies in the picture, px: a smoothing thin-plate spline (Duchon 1977)."""
    known, target = mean[::_EVERY, :2].double(), landmarks[: len(mean) : _EVERY, :2].double()
    centre, size = target.mean(0), target.std()
    count = len(known)
    tail = torch.cat([known.new_ones(count, 1), known], 1)
    system = known.new_zeros(count + 3, count + 3)
    system[:count, :count] = _kernel(known, known) + _SMOOTHING * torch.eye(count).to(known)
    system[:count, count:], system[count:, :count] = tail, tail.T
    right = torch.cat([(target - centre) / size, known.new_zeros(3, 2)])
    weights = torch.linalg.solve(system, right)
    coarse = _grid(_COARSE).to(known)
    flat = coarse.reshape(-1, 2)
    rows = torch.cat([_kernel(flat, known), flat.new_ones(len(flat), 1), flat], 1)
    found = ((rows @ weights) * size + centre).reshape(*coarse.shape).permute(2, 0, 1)[None]
    every = nn.interpolate(found, _grid(1).shape[:2], mode="bilinear", align_corners=True)
    return every[0].permute(1, 2, 0).to(landmarks.dtype)


def cell(x: float, y: float) -> tuple[int, int]:
    """Row and column of a canonical place."""
    return round((EXTENT[3] - y) * CELLS), round((x - EXTENT[0]) * CELLS)


def _kernel(a: Float[Tensor, "n 2"], b: Float[Tensor, "m 2"]) -> Float[Tensor, "n m"]:
    squared = torch.cdist(a, b).square()
    return torch.xlogy(squared, squared.clamp_min(1e-12))


def _grid(step: int) -> Float[Tensor, "rows columns 2"]:
    """Canonical places of every `step`-th cell's centre, the outermost included."""
    x0, x1, y0, y1 = EXTENT
    half = 0.5 / CELLS
    columns, rows = (round((high - low) * CELLS / step) for low, high in ((x0, x1), (y0, y1)))
    y, x = torch.meshgrid(
        torch.linspace(y1 - half, y0 + half, rows), torch.linspace(x0 + half, x1 - half, columns), indexing="ij"
    )
    return torch.stack([x, y], -1)
