"""How much of each action unit lies between two readings of one face."""

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.pose import Pose, to_camera
from countenance.edit.warp.basis import ExpressionBasis
from countenance.media.tensors import Landmarks


def unit_changes(before: Landmarks, after: Landmarks, pose: Pose, basis: ExpressionBasis) -> dict[str, int]:
    """Change of each measurable unit in permille, both sides together (`AU12`) and each alone (`AU12L`, `AU12R`).

    A weighted sum over the motion of all mesh points for each unit. The weights (`basis.readers`) are the best linear
    unbiased estimate (Aitken 1935) of the asked units from what the landmark network showed of rendered edits, whose
    residuals are the noise: it sees brows weakly and drags other points along, so the plain displacements would
    measure wrongly. A shift, turn or scaling of the whole face counts as no change.
    """
    moved = canonical_change(before, after, pose).double()
    found: dict[str, int] = {}
    for number, weights in basis.readers.items():
        both, difference = (weights.double() * moved).sum((1, 2)).tolist()
        found |= {
            f"AU{number}": round(1000 * both),
            f"AU{number}L": round(1000 * (both + difference / 2)),
            f"AU{number}R": round(1000 * (both - difference / 2)),
        }
    return found


def canonical_change(before: Landmarks, after: Landmarks, pose: Pose) -> Float[Tensor, "468 2"]:
    """Motion of the mesh points in the canonical frame (inter-ocular units, x right, y up) by the pose before.

    Both readings are of one picture, so there is no camera to take out. Depth is not believed: what was seen in the
    picture is taken as the projection of motion in the plane of the face.
    """
    seen = to_camera(after[:468] - before[:468])[:, :2] / pose.scale
    level: Tensor = torch.linalg.solve(pose.rotation[:2, :2], seen.T)
    return level.T
