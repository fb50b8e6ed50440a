"""The pose of a face, from its stable points and the mean neutral face, and its shape without pose."""

import dataclasses

import torch
from jaxtyping import Float, Int
from torch import Tensor

from countenance.errors import EngineError
from countenance.media.tensors import Landmarks, Shape

MESH_POINTS = 468


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """`camera = scale * rotation @ canonical + translation`; camera is px, +x right, +y up, +z to the viewer.

    Attributes:
        scale: px for an inter-ocular unit.
        rotation: [3, 3].
        translation: [3], px; y is minus the picture's y.
        yaw_deg: positive where the face looks to the picture's right.
        pitch_deg: positive where it looks up.
        roll_deg: positive where it is turned clockwise on the picture.
        residual: root mean square distance of the stable points after fitting, in inter-ocular units.
    """

    scale: float
    rotation: Float[Tensor, "3 3"]
    translation: Float[Tensor, " 3"]
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    residual: float


def estimate_pose(points: Landmarks, neutral_mean: Shape, stable: Int[Tensor, " n"]) -> Pose:
    """Least-squares similarity of `neutral_mean` to the points (Umeyama 1991, doi:10.1109/34.88573).

    Args:
        points: [478, 3] px.
        neutral_mean: [468, 3] in the canonical frame.
        stable: indices of points that no expression moves, at least three not in a line.

    Raises:
        EngineError: the stable points fall together, so that no pose fits.
    """
    target, source = to_camera(points)[stable].double(), neutral_mean[stable].double()
    target_mean, source_mean = target.mean(0), source.mean(0)
    target, source = target - target_mean, source - source_mean
    u, singular, vh = torch.linalg.svd(target.T @ source / len(source))
    sign = torch.ones(3, dtype=singular.dtype, device=singular.device)
    sign[2] = torch.sign(torch.linalg.det(u) * torch.linalg.det(vh))  # a rotation, never a mirror
    variance = source.square().sum(-1).mean()
    scale = (singular * sign).sum() / variance
    if not float(scale) > 0 or not float(singular[1]) > 0:
        raise EngineError("no pose fits this face")
    rotation = u @ torch.diag(sign) @ vh
    residual = (target - scale * source @ rotation.T).square().sum(-1).mean().sqrt() / scale
    yaw, pitch, roll = _angles(rotation)
    return Pose(
        scale=float(scale),
        rotation=rotation.to(points.dtype),
        translation=(target_mean - scale * rotation @ source_mean).to(points.dtype),
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        residual=float(residual),
    )


def canonical_shape(points: Landmarks, pose: Pose) -> Shape:
    """The mesh without its pose: [468, 3], inter-ocular units, +x right, +y up, +z to the viewer."""
    return ((to_camera(points)[:MESH_POINTS] - pose.translation) / pose.scale) @ pose.rotation


def to_camera(points: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
    """Picture px (y down, smaller z nearer) -> y up, z to the viewer; its own inverse."""
    return points * points.new_tensor([1.0, -1.0, -1.0])


def _angles(rotation: Float[Tensor, "3 3"]) -> tuple[float, float, float]:
    """Yaw, pitch, roll in degrees of `rotation = turn_y(yaw) turn_x(-pitch) turn_z(-roll)`."""
    yaw = torch.atan2(rotation[0, 2], rotation[2, 2])
    pitch = torch.asin(rotation[1, 2].clamp(-1, 1))
    roll = -torch.atan2(rotation[1, 0], rotation[1, 1])
    return tuple(torch.rad2deg(torch.stack([yaw, pitch, roll])).tolist())
