"""Light and dark that come with a unit, measured or drawn, in a face atlas."""

from collections.abc import Mapping

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import ExpressionBasis, side_weight, split_unit
from countenance.edit.warp.grid import blur

GAIN_PER_UNIT = 0.7
"""Share of the smile map that goes with intensity 1: it was fitted to smiles, open ones included, of a wider unit."""
FADING = 0.45
"""Share of a gain that a negative smile takes back; the person's own folds are taken back by `creases`."""
COLOUR = (0.80, 1.04, 1.14)
"""Red, green and blue shares of a gain: shade on skin is redder than the skin, as light has passed through it."""
GAMMA = 2.2
WIDE = 7.0
"""Blur in atlas px that parts folds from the broad light of what fills out."""
AROUND = 5.0
"""Blur in atlas px from a drawn fold to where the person's own may lie."""

Atlas = Float[Tensor, "atlas atlas"]


def atlas_gain(plan: Mapping[str, int], basis: ExpressionBasis) -> Atlas:
    """Log gain in linear light over the face atlas for a plan in permille."""
    total = torch.zeros_like(next(iter(basis.gains.values())))
    for unit, permille in sorted(plan.items()):
        number, side = split_unit(unit)
        if number in basis.gains:
            total = total + basis.gains[number] * _amount(number, permille) * _side(total, side, basis)
    return total


def atlas_folds(plan: Mapping[str, int], basis: ExpressionBasis) -> Atlas:
    """Where a plan folds skin (up to 1 and more) and smooths it (down to -1), about the lines of the units' maps."""
    total = torch.zeros_like(next(iter(basis.gains.values())))
    for unit, permille in sorted(plan.items()):
        number, side = split_unit(unit)
        if number in basis.gains:
            valley = blur((-basis.gains[number]).clamp_min(0)[None], AROUND)[0]
            region = (2 * valley / valley.max().clamp_min(1e-6)).clamp(0, 1)
            total = total + region * (permille / 1000) * _side(total, side, basis)
    return total.clamp(-1, 2)


def broad(atlas: Atlas) -> Atlas:
    """The part of a gain that no fold makes."""
    return blur(atlas[None], WIDE)[0]


def _amount(number: int, permille: int) -> float:
    """Drawn folds come with a unit; only a smile's measured light can be taken away, in part."""
    if number == 12:
        return permille / 1000 * GAIN_PER_UNIT * (1 if permille > 0 else FADING)
    return max(permille, 0) / 1000


def _side(atlas: Atlas, side: str, basis: ExpressionBasis) -> Atlas:
    width = atlas.shape[1]
    x0, x1 = basis.extent[:2]
    x = (torch.arange(width, device=atlas.device) + 0.5) / width * (x1 - x0) + x0
    return side_weight(x[:, None], side)[:, 0].expand_as(atlas)


def look_up(
    atlases: Float[Tensor, "layers atlas atlas"], place: Float[Tensor, "2 h w"], basis: ExpressionBasis
) -> Float[Tensor, "layers h w"]:
    """Atlases at canonical places x, y; 0 outside."""
    x0, x1, y0, y1 = basis.extent
    at = torch.stack([(place[0] - x0) / (x1 - x0), (y1 - place[1]) / (y1 - y0)], -1) * 2 - 1
    return nn.grid_sample(atlases[None], at[None], mode="bilinear", padding_mode="zeros", align_corners=False)[0]


def multiplier(gain: Float[Tensor, "h w"]) -> Float[Tensor, "3 h w"]:
    """What to multiply sRGB-encoded red, green and blue by for a log gain in linear light (gamma taken as 2.2)."""
    share = torch.tensor(COLOUR, device=gain.device)[:, None, None]
    return torch.exp(gain * share / GAMMA)
