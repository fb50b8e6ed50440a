import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.edit.face.pose import canonical_shape, estimate_pose, to_camera
from countenance.errors import EngineError

SHAPE = torch.randn(468, 3, generator=torch.Generator().manual_seed(3))
STABLE = torch.arange(0, 468, 30)


def from_canonical(shape, pose):
    """Canonical points -> picture px, the way back."""
    return to_camera(shape @ pose.rotation.T * pose.scale + pose.translation)


def _turned(yaw: float, pitch: float, roll: float) -> torch.Tensor:
    a, b, c = (math.radians(v) for v in (yaw, -pitch, -roll))
    y = torch.tensor([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    x = torch.tensor([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    z = torch.tensor([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    return y @ x @ z


def _points(rotation: torch.Tensor, scale: float) -> torch.Tensor:
    camera = SHAPE @ rotation.T * scale + torch.tensor([500.0, -400.0, 20.0])
    return torch.cat([to_camera(camera), torch.zeros(10, 3)])


@settings(max_examples=40, deadline=None)
@given(st.floats(-85, 85), st.floats(-60, 60), st.floats(-170, 170), st.floats(5, 2000))
def test_finds_the_pose_that_was_given(yaw: float, pitch: float, roll: float, scale: float) -> None:
    points = _points(_turned(yaw, pitch, roll), scale)
    pose = estimate_pose(points, SHAPE, STABLE)
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx((yaw, pitch, roll), abs=0.05)
    assert pose.scale == pytest.approx(scale, rel=1e-3)
    assert pose.residual < 1e-3
    shape = canonical_shape(points, pose)
    assert torch.allclose(shape, SHAPE, atol=5e-3)
    assert torch.allclose(from_canonical(shape, pose), points[:468], atol=1e-2)


def test_yaw_is_positive_towards_picture_right_and_pitch_upwards() -> None:
    nose = torch.tensor([[0.0, 0.0, 1.0]])
    right = from_canonical(nose, estimate_pose(_points(_turned(30, 0, 0), 100), SHAPE, STABLE))
    up = from_canonical(nose, estimate_pose(_points(_turned(0, 30, 0), 100), SHAPE, STABLE))
    assert float(right[0, 0]) > 540
    assert float(up[0, 1]) < 360


def test_a_mirrored_face_is_not_fitted_by_a_mirror() -> None:
    points = _points(torch.eye(3), 100) * torch.tensor([-1.0, 1.0, 1.0])
    pose = estimate_pose(points, SHAPE, STABLE)
    assert float(torch.linalg.det(pose.rotation)) == pytest.approx(1, abs=1e-4)
    assert pose.residual > 0.3


def test_points_that_fall_together_have_no_pose() -> None:
    with pytest.raises(EngineError):
        estimate_pose(torch.zeros(478, 3), SHAPE, STABLE)
