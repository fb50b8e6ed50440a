import torch
from torch import Tensor

from countenance.edit.face.atlas import CELLS, cell, flatten, places
from countenance.edit.face.landmarks import Reading


def test_mesh_points_keep_their_place(reading: Reading, mean: Tensor) -> None:
    at = places(reading.points, mean)
    for point in (1, 33, 61, 105, 152, 263, 291):
        row, column = cell(float(mean[point, 0]), float(mean[point, 1]))
        away = (at[row, column] - reading.points[point, :2]).norm()
        assert away < 0.12 * (reading.points[263, :2] - reading.points[33, :2]).norm()


def test_turning_and_shrinking_the_picture_leaves_the_atlas(portrait: Tensor, reading: Reading, mean: Tensor) -> None:
    flat, _ = flatten(portrait, reading.points, mean)
    turned = torch.rot90(portrait, 1, (1, 2))
    points = reading.points.clone()
    points[:, 0], points[:, 1] = reading.points[:, 1], portrait.shape[2] - reading.points[:, 0]
    other, _ = flatten(turned, points, mean)
    assert (flat - other).abs().mean() < 0.01
    half = torch.nn.functional.avg_pool2d(portrait[None], 2)[0]
    small, _ = flatten(half, reading.points / 2, mean)
    assert (flat - small).abs().mean() < 0.02


def test_what_the_picture_lacks_is_said(portrait: Tensor, reading: Reading, mean: Tensor) -> None:
    _, gone = flatten(portrait, reading.points, mean)
    assert not gone.any()
    low = int(reading.points[4, 1])
    _, gone = flatten(portrait[:, :low], reading.points, mean)
    assert gone[-CELLS // 2 :].all()
    assert not gone[:CELLS].any()


def test_a_face_outside_the_picture_is_all_gone(portrait: Tensor, reading: Reading, mean: Tensor) -> None:
    flat, gone = flatten(portrait, reading.points + 10_000, mean)
    assert gone.all()
    assert not flat.any()
