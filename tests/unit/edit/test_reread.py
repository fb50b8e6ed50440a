from pathlib import Path

import torch
from safetensors.torch import load_file

from countenance.edit.face.pose import estimate_pose
from countenance.edit.reread import canonical_change, unit_changes

BASIS = Path(__file__).parents[3] / "models/expression-basis/basis.safetensors"


def test_a_shift_and_turn_of_the_whole_face_is_no_change(sitter, engine) -> None:
    before = sitter.reading.landmarks
    turn = torch.tensor([[0.999, -0.0447], [0.0447, 0.999]])
    after = before.clone()
    after[:, :2] = 1.01 * before[:, :2] @ turn + 3
    pose = estimate_pose(before, engine.basis.mean, engine.basis.stable)
    found = unit_changes(before, after, pose, engine.basis)
    assert all(abs(found[unit]) < engine.errors[unit] / 2 for unit in found)
    shifted = unit_changes(before, before + torch.tensor([3.0, -2.0, 1.0]), pose, engine.basis)
    assert max(abs(value) for value in shifted.values()) <= 1


def test_one_side_is_told_from_the_other(sitter, engine) -> None:
    before = sitter.reading.landmarks
    pose = estimate_pose(before, engine.basis.mean, engine.basis.stable)
    tensors = load_file(BASIS)
    smile = tensors["responses"][tensors["reader_numbers"].tolist().index(12)]
    right = (engine.basis.mean[:, :1] < 0).float()
    after = before.clone()
    after[:468, :2] += smile * right * pose.scale * torch.tensor([1.0, -1.0]) * 0.5
    found = unit_changes(before, after, pose, engine.basis)
    assert found["AU12R"] > 350
    assert abs(found["AU12L"]) < 100
    assert 150 < found["AU12"] < 350


def test_what_a_unit_shows_on_average_is_read_as_that_unit_alone(engine) -> None:
    tensors = load_file(BASIS)
    readers = torch.stack(list(engine.basis.readers.values()))[:, 0]
    read = torch.einsum("upc,vpc->uv", readers.double(), tensors["responses"].double())
    assert torch.allclose(read, torch.eye(len(read), dtype=torch.float64), atol=1e-3)


def test_motion_is_the_same_in_a_turned_face(engine) -> None:
    mean = engine.basis.mean
    push = torch.zeros(468, 3)
    push[:, :2] = torch.linspace(-0.05, 0.05, 936).reshape(468, 2)
    cos, sin = 0.866, 0.5
    turn = torch.tensor([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
    before, after = (shape @ turn.T * 100 * torch.tensor([1.0, -1.0, -1.0]) for shape in (mean, mean + push))
    pose = estimate_pose(before, mean, engine.basis.stable)
    assert abs(pose.yaw_deg) > 25
    assert torch.allclose(canonical_change(before, after, pose), push[:, :2], atol=1e-3)
