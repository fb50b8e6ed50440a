from types import SimpleNamespace

import pytest
import torch

from countenance.core.records.terms import Limit
from countenance.errors import ConfigError, NoFaceError
from countenance.testing.worlds import a_world
from countenance.wiring.cells import (
    cell_pixels,
    choose_box,
    features_of,
    limits_of,
    named_within,
    only_this,
    work_crop,
)
from countenance.wiring.eyes import face_in

GRANT = a_world().evidence.releases[0].grant
A, B = (100, 100, 300, 340), (400, 100, 600, 350)


def grant(**units):
    return GRANT.model_copy(
        update={"units": {name: Limit(min_permille=a, max_permille=b) for name, (a, b) in units.items()}}
    )


def test_every_limit_is_shown_in_peoples_words():
    found = limits_of(grant(AU12=(-600, 500), AU4=(0, 300), AU1L=(0, 200)))
    assert found == [
        ("inner brows up, left", {"AU1L": 200}),
        ("brows together, a frown", {"AU4": 300}),
        ("smile", {"AU12": 500}),
        ("less smile", {"AU12": -600}),
    ]


def test_the_sides_bound_the_whole():
    assert limits_of(grant(AU12=(0, 500), AU12L=(0, 300))) == [
        ("smile", {"AU12": 300}),
        ("smile, left", {"AU12L": 300}),
    ]


def test_named_expressions_are_cut_to_the_limits_and_need_every_unit():
    found = dict(named_within(grant(AU1=(0, 100), AU2=(0, 800))))
    assert found["brows up"] == {"AU1": 100, "AU2": 400}
    assert "surprise" not in found
    assert named_within(grant(AU12=(0, 500))) == []


def test_a_cell_is_small_and_holds_the_face_alone():
    pixels = torch.rand(1, 3, 900, 1200, generator=torch.Generator().manual_seed(1))
    cell = cell_pixels(pixels, A, margin=0.3)
    assert max(cell.shape) <= 320
    assert cell.shape[2] == 3
    small = cell_pixels(pixels, (0, 0, 60, 60), margin=0.3)
    assert small.shape == (78, 78, 3)


def test_the_work_crop_keeps_the_face_where_its_box_is():
    pixels = torch.zeros(1, 3, 3000, 3000)
    pixels[:, :, 1000:2000, 1000:2000] = 1
    crop, box = work_crop(pixels, (1000, 1000, 2000, 2000))
    inside = crop[0, 0, box[1] + 3 : box[3] - 3, box[0] + 3 : box[2] - 3]
    assert box[2] - box[0] == 560
    assert inside.min() > 0.99
    assert crop[0, 0, : box[1] - 3].max() < 0.01


def test_nobody_else_is_shown():
    pixels = torch.ones(1, 3, 400, 700)
    shown = only_this(pixels, A, [B, (280, 100, 420, 340)])
    assert (shown[..., 110:340, 405:590] < 0.6).all()
    assert (shown[..., 100:340, 100:300] == 1).all()
    assert (shown[..., 100:340, 301:420] < 0.6).all()
    assert (pixels == 1).all()


def test_which_face():
    assert choose_box([A], None) == (0, A)
    assert choose_box([A, B], 1) == (1, B)
    with pytest.raises(ConfigError, match="2 faces and none was chosen"):
        choose_box([A, B], None)
    for number in (2, -1):
        with pytest.raises(ConfigError, match="has no face"):
            choose_box([A, B], number)
    with pytest.raises(NoFaceError):
        choose_box([], None)


def test_the_face_of_a_region_is_the_one_that_shares_most():
    assert face_in([A, B], ((390, 90), (620, 90), (500, 400))) == B
    with pytest.raises(NoFaceError):
        face_in([A], ((700, 700), (800, 700), (800, 800)))
    with pytest.raises(NoFaceError):
        face_in([], ((0, 0), (9, 0), (9, 9)))


def test_features_lie_in_the_cell_where_its_pixels_show_them():
    """Points are painted, and found again in the cell, inside the boxes."""
    points = torch.zeros(478, 3)
    eyes, mouth = ((33, 70), (263, 300)), (61, 291, 17)
    for name, at in zip((*eyes[0], *eyes[1], *mouth), ((180, 200), (160, 190), (240, 200), (260, 190), (180, 290),
                                                         (240, 290), (210, 300)), strict=True):  # fmt: skip
        points[name, :2] = torch.tensor(at)
    for group, seen in (((133, 159, 145, 63, 105, 66, 107, 46, 55), 33), ((362, 386, 374, 293, 334, 296, 336, 276, 285),
                        263), ((0, 37, 267, 84, 314), 61)):  # fmt: skip
        points[list(group)] = points[seen].clone()
    pixels = torch.zeros(1, 3, 500, 700)
    for name in (33, 263, 61, 291):
        x, y = points[name, :2].int().tolist()
        pixels[..., y - 2 : y + 3, x - 2 : x + 3] = 1
    reading = SimpleNamespace(landmarks=points, eye_distance_px=60.0)
    cell = cell_pixels(pixels, A, margin=0.15, side_px=150)
    found = features_of(reading, A, (500, 700), margin=0.15, side_px=150)
    covered = torch.zeros(cell.shape[:2], dtype=torch.bool)
    for x0, y0, x1, y1 in found:
        covered[y0:y1, x0:x1] = True
    lit = torch.from_numpy(cell.max(-1) > 100)
    assert lit.any()
    assert not (lit & ~covered).any()
    assert covered.float().mean() < 0.5
