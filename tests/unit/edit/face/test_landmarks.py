import pytest
import torch
from torch import Tensor

from countenance.edit.face.detector import Detection
from countenance.edit.face.graph import Graph
from countenance.edit.face.landmarks import MAX_SPREAD, MIN_FACE_LOGIT, Reading, eye_distance, landmarks


def test_a_portrait_is_believed_and_its_points_lie_where_the_detector_says(reading: Reading, face: Detection) -> None:
    assert reading.face_logit > 2 * MIN_FACE_LOGIT
    assert reading.spread < MAX_SPREAD / 2
    assert reading.points.shape == (478, 3)
    eyes = torch.tensor(face.keypoints[:2])
    assert float((reading.points[[468, 473], :2] - eyes).norm(dim=1).max()) < 0.15 * eye_distance(reading.points)


def test_irises_lie_between_the_lids_and_lips_in_order(reading: Reading) -> None:
    y = reading.points[:, 1]
    assert y[159] < y[468] < y[145]
    assert y[386] < y[473] < y[374]
    assert y[0] < y[13] <= y[14] + 1
    assert y[14] < y[17] < y[152]


def test_the_same_picture_gives_the_same_points(
    portrait: Tensor, face: Detection, mesh: Graph, reading: Reading
) -> None:
    assert torch.equal(landmarks(portrait, face, mesh).points, reading.points)


def test_points_follow_a_shifted_picture(portrait: Tensor, face: Detection, mesh: Graph, reading: Reading) -> None:
    box = tuple(side - shift for side, shift in zip(face.box, (31, 17, 31, 17), strict=True))
    moved = landmarks(portrait[:, 17:, 31:], box, mesh)
    drift = (moved.points - reading.points)[:, :2] + torch.tensor([31, 17])
    assert float(drift.square().sum(1).mean().sqrt()) < 0.5


def test_a_mirrored_picture_gives_the_mirrored_width(
    portrait: Tensor, face: Detection, mesh: Graph, reading: Reading
) -> None:
    left, top, right, bottom = face.box
    width = portrait.shape[2]
    mirrored = landmarks(portrait.flip(2), (width - right, top, width - left, bottom), mesh)
    assert abs(eye_distance(mirrored.points) / eye_distance(reading.points) - 1) < 0.02
    assert abs(float(width - mirrored.points[1, 0] - reading.points[1, 0])) < 3


def test_what_is_no_face_is_not_believed(mesh: Graph) -> None:
    noise = torch.rand(3, 300, 300, generator=torch.Generator().manual_seed(2))
    found = landmarks(noise, (50.0, 50.0, 250.0, 250.0), mesh)
    assert found.face_logit < MIN_FACE_LOGIT


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_bare_box_serves_for_a_face_at_any_right_angle(
    portrait: Tensor, mesh: Graph, reading: Reading, turns: int
) -> None:
    turned = portrait.rot90(turns, (1, 2))
    middle = torch.tensor([portrait.shape[2] / 2, portrait.shape[1] / 2])
    quarter = torch.tensor([[0.0, -1.0], [1.0, 0.0]])  # anticlockwise on the picture: (x, y) -> (y, -x)
    expected = (reading.points[:, :2] - middle) @ torch.linalg.matrix_power(quarter, turns) + middle
    (left, top), (right, bottom) = expected.amin(0).tolist(), expected.amax(0).tolist()
    found = landmarks(turned, (left, top, right, bottom), mesh)
    assert float((found.points[:, :2] - expected).norm(dim=1).mean()) < 1.5
