import pytest
import torch

from countenance.edit.units import eyes_present, nonnegative, teeth_visible, units_present
from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER


def test_units_put_on_the_mean_face_are_found(engine) -> None:
    face = engine.basis.mean + 0.8 * engine.basis.units[12]
    found = units_present(face, engine.basis)
    assert found["AU12"] > 300
    assert max(found, key=lambda unit: found[unit]).startswith("AU12")
    assert found["AU12L"] == pytest.approx(found["AU12R"], abs=20)
    assert set(units_present(engine.basis.mean, engine.basis).values()) == {0}


def test_one_side_of_a_smile_is_told_from_the_other(engine) -> None:
    found = units_present(engine.basis.mean + 0.8 * engine.basis.sides[12, "L"], engine.basis)
    assert found["AU12L"] > 2 * found["AU12R"]
    assert found["AU12"] == pytest.approx((found["AU12L"] + found["AU12R"]) / 2, abs=1)


def test_a_jaw_drops_no_further_than_the_lips_part(engine) -> None:
    basis = engine.basis
    long_chin = basis.mean + basis.units[26]
    assert units_present(long_chin, basis)["AU26"] > 300
    long_chin[[14, 13]] = basis.mean[[14, 13]]
    assert units_present(long_chin, basis)["AU26"] < 100


def test_an_eye_behind_skin_is_closed(sitter) -> None:
    points, picture = sitter.reading.landmarks, sitter.pixels[0].clone()
    assert eyes_present(picture, points)["AU43"] < 150
    x0, x1 = (int(points[i, 0]) for i in (362, 263))
    y = int(points[386, 1])
    picture[:, y - 30 : y + 30, x0 - 5 : x1 + 5] = picture[:, y - 12 : y - 11, x0 + 10 : x0 + 11]
    found = eyes_present(picture, points)
    assert found["AU43L"] == 1000
    assert found["AU43R"] < 150


def test_nonnegative_least_squares_stops_at_zero() -> None:
    assert torch.allclose(
        nonnegative(torch.eye(2).double() * 2, torch.tensor([4.0, -3.0]).double()), torch.tensor([2.0, 0.0]).double()
    )


def test_teeth_are_bright_and_grey_between_open_lips(sitter) -> None:
    points, eyes = sitter.reading.landmarks.clone(), sitter.reading.eye_distance_px
    x, y = points[13, :2].long().tolist()
    points[list(LIPS_UPPER[1:-1]), 1] = y - 4.0
    points[list(LIPS_LOWER[1:-1]), 1] = y + 4.0
    teeth, hollow = sitter.pixels[0].clone(), sitter.pixels[0].clone()
    teeth[:, y - 4 : y + 1, x - 10 : x + 10] = 0.85
    hollow[:, y - 5 : y + 5, x - 30 : x + 30] = 0.04
    assert teeth_visible(teeth, points, eyes)
    assert not teeth_visible(hollow, points, eyes)
    assert not teeth_visible(teeth, sitter.reading.landmarks, eyes)
