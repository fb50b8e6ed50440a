"""Grain like the photograph's, from a hash of the place: the same picture always gets the same grain."""

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.ports import Box


def grain(box: Box, like: Tensor) -> Float[Tensor, "h w"]:
    """Noise of mean 0 and standard deviation 1 at the pixels of a box: the sum of four uniform hashes."""
    x0, y0, x1, y1 = box
    x = torch.arange(x0, x1, device=like.device, dtype=torch.int64)
    y = torch.arange(y0, y1, device=like.device, dtype=torch.int64)[:, None]
    total = torch.zeros(y1 - y0, x1 - x0, device=like.device)
    for salt in range(4):
        value = (x * 73856093) ^ (y * 19349663) ^ (salt * 83492791 + 12345)
        value = (value * 0x5851F42D + 0x14057B7E) & 0x7FFFFFFF
        value = ((value ^ (value >> 13)) * 0x2C1B3C6D) & 0x7FFFFFFF
        total += ((value ^ (value >> 15)) & 0xFFFF).float() / 0xFFFF - 0.5
    return total * 3**0.5
