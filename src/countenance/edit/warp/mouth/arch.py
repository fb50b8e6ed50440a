"""Where a line of sight meets a row of teeth: the row as an upright wall along the dental arch."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

MM = 1 / 61.0
"""Canonical units of a millimetre: 63 mm between the pupils are 1.03 eye distances."""
BEND = 0.8
SCALE = 3.0314
"""Of the beta function of arch breadth and depth: Braun et al. 1998, Angle Orthodontist 68:29."""
PLANE = 0.16
"""Rise of the edges per length back: the occlusal plane tips down to the front by about 9 degrees against the face."""
STEPS = 513
Grid = Float[Tensor, "*n"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From the canonical frame to the picture: `camera = turn @ point + shift`, in eye distances, y up."""

    turn: Float[Tensor, "3 3"]
    shift: Float[Tensor, "3"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a line of sight meets."""

    along: Grid
    """Millimetres along the arch from its middle, positive to the person's left."""
    up: Grid
    """Millimetres above the edge of the incisors."""
    back: Grid
    """Millimetres behind the incisors."""
    normal: Float[Tensor, "*n 2"]
    """x, z of the arch's outward direction."""
    beyond: Grid
    """How far past the last place in sight, in millimetres on the picture; 0 where the arch is met."""


def arch_line(breadth: float, depth: float, like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Length along the arch, x and z in millimetres; z is 0 in front."""
    share = torch.linspace(-0.4995, 0.4995, STEPS, device=like.device, dtype=torch.float32)
    x = share * breadth
    z = SCALE * depth * ((0.5 + share) * (0.5 - share)) ** BEND - depth
    steps = torch.hypot(x.diff(), z.diff())
    along = torch.cat([steps.new_zeros(1), steps.cumsum(0)])
    return along - along[STEPS // 2], x, z - z[STEPS // 2]


def meet(at: Float[Tensor, "*n 2"], view: View, middle: Float[Tensor, "3"], breadth: float, depth: float) -> Seen:
    """Where lines of sight through camera places x, y meet the arch whose front is at `middle` (canonical).

    A wall that stands upright projects to lines x + k y = const, so the place along the arch is one lookup.
    """
    along, x, z = arch_line(breadth, depth, at)
    turn = view.turn
    wall = torch.stack([x * MM + middle[0], z * MM + middle[2]])
    shear = turn[0, 1] / turn[1, 1]
    across = (turn[0, 0] - shear * turn[1, 0]) * wall[0] + (turn[0, 2] - shear * turn[1, 2]) * wall[1]
    wanted = (at[..., 0] - view.shift[0]) - shear * (at[..., 1] - view.shift[1])
    first, last = _in_sight(across)
    path, value = across[first : last + 1].contiguous(), wanted.clamp(across[first], across[last]).contiguous()
    index = torch.searchsorted(path, value).clamp(1, len(path) - 1)
    share = ((value - path[index - 1]) / (path[index] - path[index - 1]).clamp_min(1e-6)).clamp(0, 1)

    def look(table: Tensor) -> Tensor:
        part = table[first : last + 1]
        return torch.lerp(part[index - 1], part[index], share)

    depth_here = look(wall[1])
    up = (at[..., 1] - view.shift[1] - turn[1, 0] * look(wall[0]) - turn[1, 2] * depth_here) / turn[1, 1]
    back = (middle[2] - depth_here) / MM
    tangent = torch.stack([look(torch.gradient(x)[0]), look(torch.gradient(z)[0])], -1)
    tangent = tangent / tangent.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    return Seen(
        along=look(along),
        up=(up - middle[1]) / MM - PLANE * back,
        back=back,
        normal=torch.stack([-tangent[..., 1], tangent[..., 0]], -1),
        beyond=(wanted - value).abs() / MM,
    )


def _in_sight(across: Float[Tensor, "steps"]) -> tuple[int, int]:
    """First and last step of the part about the middle that is seen from outside."""
    half = STEPS // 2
    rising = (across.diff() > 1e-6).tolist()
    first = last = half
    while first > 0 and rising[first - 1]:
        first -= 1
    while last < STEPS - 1 and rising[last]:
        last += 1
    return (first, last) if first < last else (half, half + 1)
