"""The eyeball: it stays where it is while lids move, and what a raised lid uncovers is completed from what shows."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.warp.eyes.frame import Eye, Grid
from countenance.edit.warp.eyes.iris import complete_iris
from countenance.edit.warp.eyes.spread import spread
from countenance.edit.warp.grid import smooth_step
from countenance.media.tensors import Image

UPPER_EDGE = (0.006, 0.022)
"""Depth under the upper rim, inter-ocular units, between which the lid with lashes and their shade gives way."""
NEARER = 0.012
"""A lid far down takes none of the ball's old surroundings along: the ball then reaches this much further up."""
LOWER_EDGE = (0.002, 0.012)
LASHES = (0.018, 0.034)
"""Depth under the upper rim where lashes and their roots hide the ball: all of it, none of it."""
SHADED = 0.07
"""Depth under the upper rim to which the lid's shade reaches."""
SHADE = 0.48
"""Loss of light right under the upper lid, in encoded values."""
LOWERED = 0.45
"""Share of the shade that a lid casts anew on its way down: its lashes, then drawn, take the rest."""
LASH_SHADE = 0.3
"""Further loss of light under lashes that hang over the ball: lights mirrored in it do not shine through them."""
RIM = (0.97, 1.06)
"""The rim of the iris: radius between which it passes into the white."""


def ball_share(eye: Eye) -> Grid:
    """How much of each pixel is eyeball after the lids moved; exactly 0 and 1 away from the rims."""
    down = _ramp((eye.under_upper_before - eye.under_upper) / eye.unit, (0.02, 0.05))
    open_ = _ramp(eye.gap / eye.unit, (0.005, 0.025))
    upper = _ramp(eye.under_upper / eye.unit + NEARER * down * open_, UPPER_EDGE)
    lower = _ramp(eye.over_lower / eye.unit, LOWER_EDGE)
    return upper * lower


def ball(eye: Eye, picture: Image, iris: Float[Tensor, "5 2"]) -> Image:
    """The eyeball in the eye's box: the picture itself where the ball showed, else completed, in the lid's shade.

    Deeper than the shade, and where the rims moved less than a hair, these are the picture's own bits.
    """
    x0, y0, x1, y1 = eye.box
    seen = picture[:, y0:y1, x0:x1]
    hidden, relit = _hidden(eye), _relit(eye)
    if float((hidden * ball_share(eye)).amax()) > 0:
        bare = seen / _light(eye.under_upper_before, eye.unit)
        whole = _completed(eye, bare, iris) * _light(eye.under_upper_before, eye.unit)
        seen = torch.where(hidden > 0, torch.lerp(seen, whole, hidden), seen)
    return torch.where(relit != 1, (seen * relit).clamp(0, 1), seen)


def _ramp(value: Grid, edge: tuple[float, float]) -> Grid:
    return smooth_step((value - edge[0]) / (edge[1] - edge[0]))


def _hidden(eye: Eye) -> Grid:
    """Where a lid lay on the ball, and no longer does."""
    upper = 1 - _ramp(eye.under_upper_before / eye.unit, LASHES)
    lower = 1 - _ramp(eye.over_lower_before / eye.unit, (0.008, 0.016))
    away = ((eye.under_upper - eye.under_upper_before) / (0.012 * eye.unit) - 0.1).clamp(0, 1)
    down = ((eye.over_lower - eye.over_lower_before) / (0.012 * eye.unit) - 0.1).clamp(0, 1)
    return torch.maximum(upper * away, lower * down)


def _light(depth: Grid, unit: float) -> Grid:
    """Share of the light that reaches the ball at a depth under the upper rim."""
    return 1 - SHADE * (1 - depth / (SHADED * unit)).clamp(0, 1) ** 1.5


def _relit(eye: Eye) -> Grid:
    """The change of light as the shade follows the upper rim: exactly 1 where the rim keeps still."""
    raised = eye.under_upper - eye.under_upper_before
    moved = _ramp(raised.abs() / eye.unit, (0.006, 0.016))
    change = _light(eye.under_upper, eye.unit) / _light(eye.under_upper_before, eye.unit)
    change = torch.where(raised < 0, 1 + LOWERED * (change - 1), change)
    lashes = _ramp(-raised / eye.unit, (0.025, 0.07)) * (1 - _ramp(eye.under_upper / eye.unit, (0.008, 0.030)))
    change = change * (1 - LASH_SHADE * lashes)
    return torch.where(moved > 0, 1 + (change - 1) * moved, torch.ones_like(change))


def _completed(eye: Eye, bare: Image, iris: Float[Tensor, "5 2"]) -> Image:
    """The ball without lids and their shade: white filled in from the white that shows, the iris from its own ring."""
    inside = (eye.under_upper_before > LASHES[1] * eye.unit) & (eye.over_lower_before > 0.014 * eye.unit)
    centre = iris[0] - iris.new_tensor(eye.box[:2])
    reach = (iris[1:] - iris[0]).norm(dim=1)
    radius = float(torch.maximum((reach[0] + reach[2]) / 2, reach.mean()))
    x = torch.arange(bare.shape[2], device=bare.device) + 0.5 - centre[0]
    y = (torch.arange(bare.shape[1], device=bare.device) + 0.5 - centre[1])[:, None]
    away = torch.sqrt(x**2 + y**2) / radius
    white = _white(bare, inside & (eye.along > 0.08) & (eye.along < 0.92) & (away > RIM[1] + 0.06))
    disc = complete_iris(bare, inside, centre, radius)
    return torch.lerp(disc, white, _ramp(away, RIM))


def _white(bare: Image, known: Bool[Tensor, "h w"]) -> Image:
    """The white of the eye: its brighter part, spread over the rest."""
    light = bare.mean(0)
    seen = light[known]
    if seen.numel() == 0:
        return bare
    order = seen.sort().values
    bright = known & (light >= order[int(0.3 * len(order))])
    return spread(bare, bright[None].float())
