"""How a lip looks at its free edge once the lips have parted."""

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.mouth.layers import Lip
from countenance.media.tensors import Image

UNDER = 0.022
"""How far up the upper lip's edge turns out of the light, in eye distances."""
MOIST = 0.016
"""Width of the moist inner rim of the lower lip."""

LINE = 0.007
"""Half width of the dark line between closed lips."""


def upper_edge(lip: Lip, parted: Float[Tensor, "h w"]) -> Image:
    """The upper lip rolls under: darker and redder to its edge."""
    near = torch.exp(-lip.inside.clamp_min(0) / UNDER) * parted
    return lip.colours * (1 - near * _share(lip.colours, (0.22, 0.34, 0.32)))


def lower_edge(lip: Lip, parted: Float[Tensor, "h w"]) -> Image:
    """The lower lip's inner rim is moist: a little deeper in colour, with a thin light line before it."""
    inside = lip.inside.clamp_min(0)
    near = torch.exp(-((inside / MOIST) ** 2)) * parted
    line = torch.exp(-(((inside - 1.1 * MOIST) / (0.45 * MOIST)) ** 2)) * parted
    line = line * (0.6 + 0.4 * torch.sin(23 * lip.u) * torch.sin(57 * lip.u + 1))
    return lip.colours * (1 - near * _share(lip.colours, (0.16, 0.26, 0.24))) * (1 + 0.05 * line)


def _share(like: Tensor, values: tuple[float, float, float]) -> Tensor:
    return like.new_tensor(values)[:, None, None]


def contact(lips: Image, upper: Lip, lower: Lip, apart: Float[Tensor, "h w"]) -> Image:
    """The dark line where lips that were apart have met; `apart` is 0 where they touch, 1 where they do not."""
    near = torch.where(upper.alpha > 0.5, upper.inside, lower.inside).clamp_min(0)
    line = torch.exp(-((near / LINE) ** 2)) * 0.45 + torch.exp(-((near / (3 * LINE)) ** 2)) * 0.15
    between = torch.minimum(upper.ends, lower.ends)
    return lips * (1 - (line * (1 - apart) * between) * _share(lips, (0.85, 1.0, 1.0)))
