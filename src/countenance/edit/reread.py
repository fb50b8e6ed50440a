"""How much of each action unit lies between two readings of one face."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from countenance.edit.face.pose import Pose, to_camera
from countenance.edit.warp.basis import ExpressionBasis, side_weight
from countenance.media.tensors import Landmarks, Shape

RIDGE = 0.05
"""Penalty on every unit, as a share of the mean strength of the whole ones: units that the landmarks show weakly (AU4)
are measured too small rather than seen where there are none."""


def unit_changes(before: Landmarks, after: Landmarks, pose: Pose, basis: ExpressionBasis) -> dict[str, int]:
    """Change of each measurable unit in permille, both sides together (`AU12`) and each alone (`AU12L`, `AU12R`).

    Joint regularised least squares of the paired difference of the two readings on what the landmark network shows
    of each unit at intensity 1 (`basis.responses`: it is half blind to brows, so the plain displacements would
    measure too little). Whole units and sided ones are two separate fits.
    """
    moved = canonical_change(before, after, pose, basis.stable)
    names = [f"AU{n}" for n in basis.responses]
    whole = torch.stack(list(basis.responses.values()))
    sided = torch.cat([whole * side_weight(basis.mean, side) for side in "LR"])
    penalty = RIDGE * float(whole.double().square().sum((1, 2)).mean())
    found = dict(zip(names, _fit(whole, moved, penalty), strict=True))
    found |= dict(zip([name + side for side in "LR" for name in names], _fit(sided, moved, penalty), strict=True))
    return {name: round(1000 * value) for name, value in found.items()}


def _fit(shapes: Float[Tensor, "units 468 2"], moved: Float[Tensor, "468 2"], penalty: float) -> list[float]:
    units = shapes.double().flatten(1)
    gram = units @ units.T + penalty * torch.eye(len(units), dtype=torch.float64, device=units.device)
    solved: list[float] = torch.linalg.solve(gram, units @ moved.double().flatten()).tolist()
    return solved


def canonical_change(
    before: Landmarks, after: Landmarks, pose: Pose, stable: Int[Tensor, " n"]
) -> Float[Tensor, "468 2"]:
    """Motion of the mesh points in the canonical frame (inter-ocular units, x right, y up) by the pose before.

    The later reading is first laid on the earlier one by the similarity of the stable points, so that a shift of the
    whole mesh counts as none. Depth is not believed: motion is taken as lying in the picture.
    """
    flat = align(after[:468, :2], before[:468, :2], stable) - before[:468, :2]
    level: Shape = to_camera(torch.cat([flat, torch.zeros_like(flat[:, :1])], 1))
    return (level @ pose.rotation / pose.scale)[:, :2]


def align(points: Float[Tensor, "n 2"], onto: Float[Tensor, "n 2"], stable: Int[Tensor, " m"]) -> Float[Tensor, "n 2"]:
    """Points after the similarity (turn, scale, shift) that takes their stable ones nearest to the others'."""
    a, b = torch.view_as_complex(points.contiguous()), torch.view_as_complex(onto.contiguous())
    a0, b0 = a[stable].mean(), b[stable].mean()
    from_, to = a[stable] - a0, b[stable] - b0
    turn = (from_.conj() * to).sum() / (from_.conj() * from_).sum()
    return torch.view_as_real((a - a0) * turn + b0)
