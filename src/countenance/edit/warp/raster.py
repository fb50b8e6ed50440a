"""Triangles to pixels, without loops over either, and with the same bits every time."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

_SIZES = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 64, 128, 256, 512, 1024)
_BATCH = 4_000_000
_FAR = 2**62
_ID_BITS = 24
_EDGE = 1e-5


def rasterise(
    points: Float[Tensor, "points 2"],
    depth: Float[Tensor, "points"],
    triangles: Int[Tensor, "triangles 3"],
    values: Float[Tensor, "points values"],
    size: tuple[int, int],
) -> tuple[Float[Tensor, "values h w"], Bool[Tensor, "h w"]]:
    """Values of a mesh, interpolated at pixel centres, and where the mesh is. The nearest triangle (least depth) wins.

    Points are in px of the target, origin at the corner of the top-left pixel. A pixel is covered if its centre is.
    The winner is the minimum of integer keys, so the result does not depend on the order of additions or on threads.
    """
    corners = points[triangles]
    keys = _keys(depth[triangles].mean(1))
    height, width = size
    buffer = torch.full((height * width,), _FAR, dtype=torch.int64, device=points.device)
    for chosen, side in _by_size(corners, size):
        pixel, key = _covered(corners[chosen], keys[chosen], side, size)
        buffer.scatter_reduce_(0, pixel, key, "amin")
    pixel = torch.nonzero(buffer != _FAR)[:, 0]
    winner = buffer[pixel] & ((1 << _ID_BITS) - 1)
    weights = _barycentric(corners[winner], (pixel % width)[:, None] + 0.5, (pixel // width)[:, None] + 0.5)[:, 0]
    out = torch.zeros(height * width, values.shape[1], device=points.device)
    out[pixel] = (values[triangles[winner]] * weights[..., None]).sum(1)
    return out.T.reshape(-1, height, width), (buffer != _FAR).reshape(height, width)


def _keys(depth: Float[Tensor, "triangles"]) -> Int[Tensor, "triangles"]:
    near, far = depth.min(), depth.max()
    level = ((depth - near) / (far - near + 1e-9) * 2**30).long()
    return (level << _ID_BITS) | torch.arange(len(depth), device=depth.device)


def _by_size(corners: Tensor, size: tuple[int, int]) -> list[tuple[Tensor, int]]:
    """Groups of triangles that touch the picture, each with the side of a square that holds any of the group."""
    low, high = corners.amin(1).floor(), corners.amax(1).floor()
    extent = (high - low).amax(1) + 1
    bound = torch.tensor([size[1], size[0]], device=corners.device)
    seen = ((high >= 0) & (low < bound)).all(1) & (extent <= _SIZES[-1])
    groups, previous = [], 0
    for side in _SIZES:
        chosen = torch.nonzero(seen & (extent <= side) & (extent > previous))[:, 0]
        groups += [(part, side) for part in torch.split(chosen, max(1, _BATCH // side**2)) if len(part)]
        previous = side
    return groups


def _covered(corners: Tensor, keys: Tensor, side: int, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Flat pixel index and key of every pixel whose centre lies in a triangle."""
    low = corners.amin(1).floor()
    step = torch.arange(side, device=corners.device)
    across, down = step.repeat(side), step.repeat_interleave(side)
    first, right, below = (low.new_tensor([0.5 + dx, 0.5 + dy]) + low for dx, dy in ((0, 0), (1, 0), (0, 1)))
    start, u_step, v_step = (_barycentric(corners, at[:, :1], at[:, 1:])[:, 0, 1:] for at in (first, right, below))
    u, v = (
        start[:, i, None] + (u_step - start)[:, i, None] * across + (v_step - start)[:, i, None] * down for i in (0, 1)
    )
    inside = (u >= -_EDGE) & (v >= -_EDGE) & (u + v <= 1 + _EDGE)
    triangle, pixel = torch.nonzero(inside, as_tuple=True)
    x, y = low[triangle, 0].long() + across[pixel], low[triangle, 1].long() + down[pixel]
    on = (x >= 0) & (y >= 0) & (x < size[1]) & (y < size[0])
    return (y * size[1] + x)[on], keys[triangle][on]


def _barycentric(corners: Tensor, x: Tensor, y: Tensor) -> Float[Tensor, "triangles pixels 3"]:
    a, b, c = (v[:, None] for v in corners.unbind(1))
    area = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    area = torch.where(area.abs() < 1e-9, torch.full_like(area, torch.inf), area)
    u = ((x - a[..., 0]) * (c[..., 1] - a[..., 1]) - (y - a[..., 1]) * (c[..., 0] - a[..., 0])) / area
    v = ((b[..., 0] - a[..., 0]) * (y - a[..., 1]) - (b[..., 1] - a[..., 1]) * (x - a[..., 0])) / area
    flat = area.isinf()
    return torch.stack([torch.where(flat, -1.0, 1 - u - v), torch.where(flat, -1.0, u), v], -1)
