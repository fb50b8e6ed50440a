import torch
import torch.nn.functional as nn
from torch import Tensor

from countenance.edit.face.detector import Detection, _merged, detect
from countenance.edit.face.graph import Graph


def test_one_face_with_its_key_points_inside(face: Detection) -> None:
    left, top, right, bottom = face.box
    (right_eye, left_eye, nose, mouth, *_ears) = face.keypoints
    assert 0.8 < face.score <= 1
    assert all(left < x < right and top < y < bottom for x, y in (right_eye, left_eye, nose, mouth))
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < mouth[1]


def test_faces_of_a_group_from_left_to_right_and_again_the_same(group: Tensor, detectors: dict[str, Graph]) -> None:
    found = detect(group, detectors)
    assert len(found) == 2
    assert found[0].box[2] < found[1].box[0] + 50
    assert detect(group, detectors) == found


def test_a_small_face_in_a_large_picture(portrait: Tensor, face: Detection, detectors: dict[str, Graph]) -> None:
    scene = torch.full((3, 900, 1400), 0.6)
    scene[:, 500:620, 900:1020] = nn.interpolate(portrait[None], (120, 120), mode="bilinear", antialias=True)[0]
    (found,) = detect(scene, detectors)
    middle = (face.box[0] + face.box[2]) / 2 * 120 / portrait.shape[2] + 900
    assert abs((found.box[0] + found.box[2]) / 2 - middle) < 5
    assert 35 < found.box[2] - found.box[0] < 60


def test_a_face_upside_down_has_its_eyes_below(portrait: Tensor, face: Detection, detectors: dict[str, Graph]) -> None:
    (found,) = detect(portrait.flip(1, 2), detectors)
    turned = [portrait.shape[2] - x for x, _y in found.keypoints[:2]]
    assert all(abs(a - x) < 20 for a, (x, _y) in zip(turned, face.keypoints[:2], strict=True))


def test_no_face_in_noise_or_in_a_thin_strip(detectors: dict[str, Graph]) -> None:
    noise = torch.rand(3, 300, 400, generator=torch.Generator().manual_seed(1))
    assert detect(noise, detectors) == []
    assert detect(noise[:, :1, :], detectors) == []
    assert detect(noise[:, :, :1], detectors) == []


def _candidate(score: float, left: float, top: float, side: float, turn: float = 0.0) -> list[float]:
    return [score, left, top, left + side, top + side, *[left] * 12, turn]


def test_candidates_of_one_face_are_averaged_by_score() -> None:
    (face,) = _merged(torch.tensor([_candidate(0.6, 10, 0, 100), _candidate(0.9, 0, 0, 100)]))
    assert face[0] == torch.tensor(0.9)
    assert torch.isclose(face[1], torch.tensor(4.0))


def test_parts_of_a_face_and_strays_of_another_turn_are_dropped() -> None:
    rows = [
        _candidate(0.9, 0, 0, 100),
        _candidate(0.8, 20, 20, 40),
        _candidate(0.7, 70, 70, 60, 1.57),
        _candidate(0.6, 300, 0, 0),
    ]
    assert len(_merged(torch.tensor(rows))) == 1
    assert len(_merged(torch.empty(0, 18))) == 0
