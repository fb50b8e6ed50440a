"""Values of a picture between its pixels, without losing grain: a cubic spline that passes through the pixels.

The kernel is the cubic B-spline plus `LIFT` times its second derivative (the family of Blu, Thevenaz and Unser, "MOMS:
maximal-order interpolation of minimal support", 2001; their best at low frequencies is 1/42). `LIFT` is chosen for the
grain of photographs: a shift there and back costs less than with Lanczos over eight pixels.
"""

import math

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.media.tensors import Image

LIFT = 0.045
REACH = 10
"""Pixels to each side that the coefficients of one depend on: the rest is below 1e-3."""
_RATIO = (4 / 6 - 2 * LIFT) / (1 / 6 + LIFT)
_POLE = (math.sqrt(_RATIO * _RATIO - 4) - _RATIO) / 2
_TAPS = tuple(
    _POLE ** abs(n) / sum(_POLE ** abs(m) for m in range(-REACH, REACH + 1)) for n in range(-REACH, REACH + 1)
)

Coordinates = Float[Tensor, "h w"]


def coefficients(picture: Image) -> Image:
    """Spline coefficients [3, h, w]: what `interpolate` needs to give the picture back at its pixel centres."""
    for axis, pad in ((2, (REACH, REACH, 0, 0)), (1, (0, 0, REACH, REACH))):
        size = picture.shape[axis]
        wide = nn.pad(picture[None], pad, mode="replicate")[0]
        picture = wide.narrow(axis, REACH, size) * _TAPS[REACH]
        for far in range(1, REACH + 1):
            pair = wide.narrow(axis, REACH - far, size) + wide.narrow(axis, REACH + far, size)
            picture.add_(pair, alpha=_TAPS[REACH + far])
    return picture


def interpolate(coefs: Image, x: Coordinates, y: Coordinates) -> Image:
    """The picture at x, y in px, origin at the corner of the top-left pixel; edges repeated.

    Sixteen weights as four bilinear look-ups (Sigg and Hadwiger, "Fast third-order texture filtering", 2005).
    """
    height, width = coefs.shape[1:]
    left, right, share_x = _pairs(x, width)
    upper, lower, share_y = _pairs(y, height)
    top = torch.lerp(_look_up(coefs, right, upper), _look_up(coefs, left, upper), share_x)
    bottom = torch.lerp(_look_up(coefs, right, lower), _look_up(coefs, left, lower), share_x)
    return torch.lerp(bottom, top, share_y)


def _pairs(at: Coordinates, size: int) -> tuple[Coordinates, Coordinates, Coordinates]:
    """Where to look up for the two pixels before and the two after, in [-1, 1], and the share of those before."""
    before = (at - 0.5).floor()
    t = at - 0.5 - before
    s = 1 - t
    outer, far = s * s * s / 6 + LIFT * s, t * t * t / 6 + LIFT * t
    share = outer + (4 - 6 * t * t + 3 * t * t * t) / 6 + LIFT * (3 * t - 2)
    first = before + 0.5 - outer / share
    second = before + 1.5 + far / (1 - share)
    return first * (2 / size) - 1, second * (2 / size) - 1, share


def _look_up(coefs: Image, x: Coordinates, y: Coordinates) -> Image:
    at = torch.stack([x, y], -1)[None]
    return nn.grid_sample(coefs[None], at, mode="bilinear", padding_mode="border", align_corners=False)[0]
