import dataclasses

import torch

from countenance.edit.face.pose import Pose
from countenance.edit.face.view import VIEW_PX, to_picture, to_view, view_map, view_of

POSE = Pose(
    scale=100.0,
    rotation=torch.eye(3),
    translation=torch.tensor([300.0, -250.0, 0.0]),
    yaw_deg=0.0,
    pitch_deg=0.0,
    roll_deg=0.0,
    residual=0.0,
)


def test_the_view_holds_the_face_upright_in_its_middle() -> None:
    view = view_map(POSE)
    middle = to_picture(torch.tensor([[VIEW_PX / 2, VIEW_PX / 2]]), view)
    assert torch.allclose(middle, torch.tensor([[300.0, 250.0 + 46.0]]), atol=1e-3)
    corner = to_picture(torch.zeros(1, 2), view)
    assert torch.allclose(corner, middle - 160, atol=1e-3)


def test_to_the_view_and_back() -> None:
    turn = torch.tensor([[0.8, 0.6, 0.0], [-0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    view = view_map(dataclasses.replace(POSE, rotation=turn, roll_deg=36.87))
    at = torch.tensor([[10.0, 20.0], [200.0, 30.0], [128.0, 250.0]])
    assert torch.allclose(to_view(to_picture(at, view), view), at, atol=1e-2)


def test_the_picture_is_cut_at_any_size_and_black_beyond_its_rim() -> None:
    picture = torch.full((3, 500, 600), 0.5)
    view = view_of(picture, POSE)
    assert view.shape == (3, VIEW_PX, VIEW_PX)
    assert torch.allclose(view[:, 64:-64, 64:-64], torch.tensor(0.5), atol=1e-5)
    beyond = view_of(picture, dataclasses.replace(POSE, translation=torch.tensor([0.0, -250.0, 0.0])))
    assert float(beyond[:, :, 0].max()) == 0.0
