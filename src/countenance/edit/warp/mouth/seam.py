"""Where one lip ends and the other begins, or the opening does: found in the picture, near the landmarks' lines."""

from dataclasses import dataclass

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER
from countenance.edit.warp.mouth.frame import MouthFrame
from countenance.media.tensors import Image, Landmarks

SAMPLES = 96
"""Places along the mouth at which its lines are kept."""
STEPS = 33
"""Places across, over twice `REACH`, that are tried for the seam."""
REACH = 0.045
"""How far from the landmarks' line the seam is looked for, in eye distances."""
EDGE_REACH = 0.022
"""The same for the edges of lips that are open."""
RIDGE = 0.007
"""Half width of the dark line between closed lips, in eye distances."""
SHUT = 0.03
"""Lips whose lines are nearer than this everywhere are closed."""
LUMA = (0.2126, 0.7152, 0.0722)
Line = Float[Tensor, "samples"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """v of the lower edge of the upper lip and of the upper edge of the lower lip, from corner to corner."""

    first: float
    """u of the corner on the person's right."""
    last: float
    """u of the other."""
    upper: Line
    lower: Line

    @property
    def shut(self) -> bool:
        """True if the lips touch all along."""
        return bool((self.lower - self.upper).amax() < SHUT)

    def at(self, line: Line, u: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
        """One of the lines at u; beyond a corner, as high as the corner."""
        position = ((u - self.first) / (self.last - self.first)).clamp(0, 1) * (SAMPLES - 1)
        low = position.floor().clamp(max=SAMPLES - 2)
        index = low.long()
        return torch.lerp(line[index], line[index + 1], position - low)


def lines_of(picture: Image, landmarks: Landmarks, frame: MouthFrame) -> Lines:
    """The lines of the lips in a picture. Closed lips have one line, the dark ridge nearest to the landmarks'."""
    upper, lower = (frame.place(landmarks[list(ring), :2]) for ring in (LIPS_UPPER, LIPS_LOWER))
    first, last = float(upper[0, 0]), float(upper[-1, 0])
    u = torch.linspace(first, last, SAMPLES, device=picture.device)
    found = Lines(first=first, last=last, upper=_curve(upper, u), lower=_curve(lower, u))
    if not found.shut:
        upper, lower = (line + _edge(picture, frame, u, line) for line in (found.upper, found.lower))
        return Lines(first=first, last=last, upper=upper, lower=torch.maximum(upper, lower))
    middle = (found.upper + found.lower) / 2
    seam = middle + _ridge(picture, frame, u, middle)
    return Lines(first=first, last=last, upper=seam, lower=seam)


def _curve(points: Float[Tensor, "n 2"], u: Line) -> Line:
    """A monotone lookup of v over u through points, smoothed so that it has no corners but its ends."""
    at = torch.cummax(points[:, 0], 0).values + torch.arange(len(points), device=u.device) * 1e-5
    index = torch.searchsorted(at, u.contiguous()).clamp(1, len(points) - 1)
    share = ((u - at[index - 1]) / (at[index] - at[index - 1])).clamp(0, 1)
    return smooth(torch.lerp(points[index - 1, 1], points[index, 1], share), 4.0)


def smooth(line: Line, sigma: float) -> Line:
    """Gaussian along the line; its ends stay."""
    radius = int(3 * sigma)
    taps = torch.exp(-0.5 * (torch.arange(-radius, radius + 1, device=line.device) / sigma) ** 2)
    ends = torch.cat([2 * line[0] - line[1 : radius + 1].flip(0), line, 2 * line[-1] - line[-radius - 1 : -1].flip(0)])
    return nn.conv1d(ends[None, None], (taps / taps.sum())[None, None])[0, 0]


def _ridge(picture: Image, frame: MouthFrame, u: Line, middle: Line) -> Line:
    """How far from `middle` the darkest thin line runs."""
    away = torch.linspace(-REACH, REACH, STEPS, device=u.device)
    dark = _darkness(picture, frame, u, middle, away)
    ends = (torch.arange(SAMPLES, device=u.device) / (SAMPLES - 1) * 2 - 1).abs() ** 8
    cost = -dark + 0.25 * (away / REACH) ** 2 * (1 + 8 * ends[:, None])
    best = _cheapest(cost)
    return smooth(away[best], 1.6) * (1 - ends)


def _edge(picture: Image, frame: MouthFrame, u: Line, line: Line) -> Line:
    """How far from `line` the strongest change of colour runs: where a lip ends and teeth or the dark begin."""
    away = torch.linspace(-EDGE_REACH, EDGE_REACH, STEPS, device=u.device)
    colours = sampled(picture, frame, u, line[:, None] + away)
    colours = nn.avg_pool2d(colours[None], (5, 1), stride=1, padding=(2, 0), count_include_pad=False)[0]
    change = nn.pad((colours[..., 4:] - colours[..., :-4]).abs().sum(0), (2, 2))
    ends = (torch.arange(SAMPLES, device=u.device) / (SAMPLES - 1) * 2 - 1).abs() ** 8
    cost = -change / change.amax(1).median().clamp_min(1e-3) + 0.6 * (away / EDGE_REACH) ** 2 * (1 + 8 * ends[:, None])
    return smooth(away[_cheapest(cost)], 1.6) * (1 - ends)


def sampled(picture: Image, frame: MouthFrame, u: Line, v: Float[Tensor, "samples n"]) -> Float[Tensor, "3 samples n"]:
    """Colours at places u, v of the frame."""
    at = frame.origin + frame.unit_px * (u[:, None, None] * frame.along + v[..., None] * frame.down)
    scale = torch.tensor([2 / picture.shape[2], 2 / picture.shape[1]], device=u.device)
    return nn.grid_sample(picture[None], (at * scale - 1)[None], align_corners=False, padding_mode="border")[0]


def _darkness(picture: Image, frame: MouthFrame, u: Line, middle: Line, away: Tensor) -> Float[Tensor, "samples steps"]:
    """How much darker each place is than those a little above and below it; the strongest of the mouth is about 1."""
    step = float(away[1] - away[0])
    reach = max(1, round(2.5 * RIDGE / step))
    outer = torch.arange(-STEPS // 2 - reach + 1, STEPS // 2 + reach + 1, device=u.device) * step
    colours = sampled(picture, frame, u, middle[:, None] + outer)
    light = (colours * colours.new_tensor(LUMA)[:, None, None]).sum(0)
    light = nn.avg_pool2d(light[None, None], (5, 1), stride=1, padding=(2, 0), count_include_pad=False)[0, 0]
    light = nn.avg_pool2d(light[None, None], (1, 3), stride=1, padding=(0, 1), count_include_pad=False)[0, 0]
    above, below = light[:, : -2 * reach], light[:, 2 * reach :]
    dark = torch.minimum(above, below) - light[:, reach:-reach]
    return dark / dark.amax(1).median().clamp_min(1e-3)


def _cheapest(cost: Float[Tensor, "samples steps"]) -> Tensor:
    """The path of least cost from corner to corner that moves a step or less from sample to sample (Viterbi)."""
    total, back = cost[0], []
    for row in cost[1:]:
        padded = nn.pad(total[None], (1, 1), value=torch.inf)[0]
        choice = torch.stack([padded[:-2] + 0.05, padded[1:-1], padded[2:] + 0.05])
        total, way = choice.min(0)
        back.append(way - 1)
        total = total + row
    path = [int(total.argmin())]
    steps = torch.stack(back).tolist()
    for way in reversed(steps):
        path.append(path[-1] + way[path[-1]])
    return torch.tensor(path[::-1], device=cost.device)
