"""Takes pixels from where the field says, at the picture's own resolution, band by band."""

from collections.abc import Iterator

import torch
import torch.nn.functional as nn
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.warp.field import LEAST_PX, Field
from countenance.edit.warp.grid import resize
from countenance.edit.warp.kernel import REACH, coefficients, interpolate
from countenance.media.tensors import Image

LEAST_GAIN = 0.001
"""Smaller changes of light (under a third of an 8 bit step at white) count as none."""
BAND_PX = 1_000_000
"""About how many pixels are worked on at once."""
_EDGE = 6
"""Px by which the picture is continued, so that a spline near its edge passes through its pixels."""
_RIM = 3
"""Grid rows beyond a band that its upsampling looks at."""


def sample(
    picture: Image, field: Field, factor: Float[Tensor, "3 rows columns"]
) -> Iterator[tuple[tuple[int, int, int, int], Image, Bool[Tensor, "h w"]]]:
    """The picture after warp and gain, in bands of `field.box`: part of the picture, its pixels [0, 1], where changed.

    Spline in the encoded values, which `factor` multiplies. Bands in which nothing changes are left out.
    """
    x0, y0, x1, y1 = field.box
    rows = max(1, BAND_PX // max(1, x1 - x0) // field.cell_px)
    for first in range(0, field.flow.shape[1], rows):
        low, high = max(0, first - _RIM), min(field.flow.shape[1], first + rows + _RIM)
        flow = _enlarge(field.flow[:, low:high], field.cell_px, "bicubic")
        light = _enlarge(factor[:, low:high], field.cell_px, "bilinear")
        skip = (first - low) * field.cell_px
        top = y0 + first * field.cell_px
        bottom = min(y1, top + rows * field.cell_px)
        flow = flow[:, skip : skip + bottom - top, : x1 - x0]
        light = light[:, skip : skip + bottom - top, : x1 - x0]
        changed = (flow.abs().amax(0) > LEAST_PX) | ((light - 1).abs().amax(0) > LEAST_GAIN)
        if bool(changed.any()):
            columns = torch.nonzero(changed.any(0))[:, 0]
            left, right = int(columns[0]), int(columns[-1]) + 1
            box = (x0 + left, top, x0 + right, bottom)
            part = _fetch(picture, flow[..., left:right], box) * light[..., left:right]
            yield box, part.clamp_(0, 1), changed[:, left:right]


def _fetch(picture: Image, flow: Float[Tensor, "2 h w"], box: tuple[int, int, int, int]) -> Image:
    x0, y0, x1, y1 = box
    reach = int(flow.abs().max()) + REACH + 2
    left, top = max(0, x0 - reach), max(0, y0 - reach)
    source = picture[:, top : y1 + reach, left : x1 + reach]
    coefs = coefficients(nn.pad(source[None], (_EDGE,) * 4, mode="replicate")[0])
    x = flow[0] + torch.arange(x0 - left, x1 - left, device=flow.device) + (_EDGE + 0.5)
    y = flow[1] + (torch.arange(y0 - top, y1 - top, device=flow.device) + (_EDGE + 0.5))[:, None]
    return interpolate(coefs, x, y)


def _enlarge(layer: Float[Tensor, "layers rows columns"], cell_px: int, mode: str) -> Float[Tensor, "layers h w"]:
    if cell_px == 1:
        return layer
    return resize(layer, (layer.shape[1] * cell_px, layer.shape[2] * cell_px), mode)
