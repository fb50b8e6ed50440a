"""The inside of a mouth that is already open: its pixels stay, upper teeth with the skull, the rest with the jaw."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.grid import smooth_step
from countenance.edit.warp.mouth.frame import MouthFrame
from countenance.edit.warp.mouth.inside import Jaws
from countenance.edit.warp.mouth.layers import take
from countenance.edit.warp.mouth.light import linear, luma
from countenance.edit.warp.mouth.seam import SAMPLES, Lines, sampled, smooth
from countenance.media.tensors import Image

INSET = 0.011
"""What lies nearer to a lip than this is not kept: it has the lip's colour in it. Eye distances."""
SOFT = 0.012
THIN = 0.02
"""Parts that are thinner than this are not kept."""
AFTER = 0.012
"""Below the edge of the upper teeth, what hangs on the jaw begins only after their blurred rim."""
MOST_STRETCH = 1.6
MIRRORED = 0.05
"""Up to where upper teeth go on under a lip that rises."""
UNDER_LIP = 0.55
"""Share of the light, encoded, that is lost there: the lip shades what it lays bare."""
DEPTHS = 25
"""Places from the upper to the lower lip at which the end of the upper teeth is looked for."""
LEAST_STEP = 0.10
"""Least fall of light, encoded, at the edge of the upper teeth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of an open mouth."""

    pixels: Image
    """Encoded."""
    alpha: Float[Tensor, "h w"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What shows between the lips before the edit."""

    edge: Float[Tensor, "samples"]
    """v of the edge of the upper teeth; the upper lip's line where none show."""
    tooth: Float[Tensor, "3"] | None
    """Linear colour of the brightest teeth, if any show."""


def opening_of(picture: Image, frame: MouthFrame, lines: Lines) -> Opening:
    """Looks for upper teeth: bright below the lip, with the largest fall of light at their edge."""
    u = torch.linspace(lines.first, lines.last, SAMPLES, device=picture.device)
    share = torch.linspace(0.0, 1.0, DEPTHS, device=u.device)
    v = lines.upper[:, None] + (lines.lower - lines.upper)[:, None] * share
    colours = sampled(picture, frame, u, v)
    light = luma(colours)
    mean = light.cumsum(1) / torch.arange(1, DEPTHS + 1, device=u.device)
    fall = mean[:, 3:-3] - light[:, 6:]
    step, index = fall.max(1)
    found = step > LEAST_STEP
    bright = mean[:, -3] > 0.35
    part = torch.where(found, share[index + 3], bright.float())
    part = smooth(_median(part, 11), 2.5)
    middle = colours[:, SAMPLES // 4 : -SAMPLES // 4, 3:-3].flatten(1)
    level = luma(middle)
    tooth = linear(middle[:, (level >= level.quantile(0.75)) & (level <= level.quantile(0.95))].mean(1))
    teeth = bool(luma(tooth[:, None])[0] > 0.1) and bool(tooth.amin() / tooth.amax() > 0.45)
    return Opening(edge=torch.lerp(lines.upper, lines.lower, part), tooth=tooth if teeth else None)


def _median(line: Float[Tensor, "samples"], width: int) -> Float[Tensor, "samples"]:
    half = width // 2
    padded = torch.cat([line[:1].expand(half), line, line[-1:].expand(half)])
    return padded.unfold(0, width, 1).median(1).values


def keep(
    picture: Image, frame: MouthFrame, lines: Lines, opening: Opening, jaws: Jaws, under: Float[Tensor, "h w"]
) -> tuple[Kept, ...]:
    """The parts that are kept, the lower first: what hangs on the jaw moves as it does, seen at the front teeth.

    `under` is how far each place lies below the upper lip's edge as it is after the edit, in eye distances.
    """
    here = frame.pixels()
    lower = lower_part(picture, frame, lines, opening, here - _jaw_motion(frame, jaws))
    return lower, upper_part(picture, frame, lines, opening, here, under)


def lower_part(
    picture: Image, frame: MouthFrame, lines: Lines, opening: Opening, source: Float[Tensor, "h w 2"]
) -> Kept:
    """What lies below the edge of the upper teeth, sampled at places in px."""
    place = frame.place(source)
    u, v = place[..., 0], place[..., 1]
    edge, low = lines.at(opening.edge, u), lines.at(lines.lower, u) - INSET
    within = torch.minimum(torch.minimum(v - edge - AFTER, low - v), _ends(u, lines))
    alpha = smooth_step(within / SOFT + 0.5) * smooth_step((low - edge - 1.5 * THIN) / THIN)
    return Kept(pixels=take(picture, source), alpha=alpha)


def upper_part(
    picture: Image,
    frame: MouthFrame,
    lines: Lines,
    opening: Opening,
    source: Float[Tensor, "h w 2"],
    under: Float[Tensor, "h w"],
) -> Kept:
    """Upper teeth, sampled at places in px. Their edge stays; a lip that rises lays more of them bare.

    What it lays bare was never seen: the crowns are drawn out up to it by `MOST_STRETCH` at most, then go on mirrored,
    in the lip's shade.
    """
    place = frame.place(source)
    u, v = place[..., 0], place[..., 1]
    edge, high = lines.at(opening.edge, u), lines.at(lines.upper, u) + INSET
    shown, wanted = edge - high, edge - (v - under) - INSET
    drawn = (shown / wanted.clamp_min(1e-3)).clamp(1 / MOST_STRETCH, 1)
    reached = edge - (edge - v) * torch.where(v < edge, drawn, 1.0)
    bare = (high - reached).clamp_min(0)
    source = source + ((reached + 2 * bare - v) * frame.unit_px)[..., None] * frame.down
    within = torch.minimum(torch.minimum(edge - v, shown.clamp(max=MIRRORED) - bare), _ends(u, lines))
    alpha = smooth_step(within / SOFT + 0.5) * smooth_step(shown / THIN)
    return Kept(pixels=take(picture, source) * (1 - UNDER_LIP * smooth_step(bare / MIRRORED)), alpha=alpha)


def _ends(u: Float[Tensor, "h w"], lines: Lines) -> Float[Tensor, "h w"]:
    return torch.minimum(u - lines.first, lines.last - u) - 2 * INSET


def _jaw_motion(frame: MouthFrame, jaws: Jaws) -> Float[Tensor, "2"]:
    """Px by which the edge of the lower incisors moves on the picture."""
    skull, jaw, place = jaws.skull, jaws.jaw, jaws.lower
    moved = (jaw.turn - skull.turn) @ place + jaw.shift - skull.shift
    return (moved[0] * frame.along - moved[1] * frame.down) * frame.unit_px
