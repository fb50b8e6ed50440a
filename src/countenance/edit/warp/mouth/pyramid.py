"""Blending in bands: coarse light over a wide rim, fine texture over a narrow one (Burt and Adelson 1983)."""

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.grid import fill, resize
from countenance.media.tensors import Image

LEVELS = 4
WHOLE = 0.9


def blend(under: Image, over: Image, alpha: Float[Tensor, "h w"], levels: int = LEVELS) -> Image:
    """`over` where alpha is 1, `under` where it is 0, each band of detail blended at its own width.

    What `over` shows past its own part (lips about borrowed teeth) must not colour the bands: the part is continued.
    """
    over = torch.where(alpha > WHOLE, over, fill(over, alpha > WHOLE))
    mask = alpha[None]
    bands = []
    for _ in range(levels):
        if min(under.shape[1:]) < 8:
            break
        size = (under.shape[1], under.shape[2])
        coarse = [_half(layer) for layer in (under, over, mask)]
        fine_under, fine_over = (layer - resize(low, size) for layer, low in zip((under, over), coarse, strict=False))
        bands.append(fine_under * (1 - mask) + fine_over * mask)
        under, over, mask = coarse
    out = under * (1 - mask) + over * mask
    for band in reversed(bands):
        out = band + resize(out, (band.shape[1], band.shape[2]))
    return out


def _half(layer: Tensor) -> Tensor:
    return nn.avg_pool2d(layer[None], 2, ceil_mode=True, count_include_pad=False)[0]
