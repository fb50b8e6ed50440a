import torch

from countenance.edit.face.pose import estimate_pose
from countenance.edit.reread import align, unit_changes


def test_a_shift_and_turn_of_the_whole_face_is_no_change(sitter, engine) -> None:
    before = sitter.reading.landmarks
    turn = torch.tensor([[0.999, -0.0447], [0.0447, 0.999]])
    after = before.clone()
    after[:, :2] = 1.01 * before[:, :2] @ turn + 3
    pose = estimate_pose(before, engine.basis.mean, engine.basis.stable)
    assert max(abs(v) for v in unit_changes(before, after, pose, engine.basis).values()) <= 1


def test_one_side_is_told_from_the_other(sitter, engine) -> None:
    before = sitter.reading.landmarks
    pose = estimate_pose(before, engine.basis.mean, engine.basis.stable)
    right = (engine.basis.mean[:, :1] < 0).float()
    after = before.clone()
    after[:468, :2] += engine.basis.responses[12] * right * pose.scale * torch.tensor([1.0, -1.0]) * 0.5
    found = unit_changes(before, after, pose, engine.basis)
    assert found["AU12R"] > 350
    assert abs(found["AU12L"]) < 100
    assert 150 < found["AU12"] < 350


def test_align_is_exact_for_a_similarity() -> None:
    points = torch.rand(10, 2)
    moved = points @ torch.tensor([[0.0, 2.0], [-2.0, 0.0]]) + 5
    assert torch.allclose(align(moved, points, torch.arange(10)), points, atol=1e-5)
