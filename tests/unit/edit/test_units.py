import torch

from countenance.edit.units import nonnegative, teeth_visible, units_present
from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER


def test_units_put_on_the_mean_face_are_found(engine) -> None:
    face = engine.basis.mean + 0.8 * engine.basis.units[12]
    found = units_present(face, engine.basis)
    assert found["AU12"] > 300
    assert max(found, key=lambda unit: found[unit]) == "AU12"
    assert set(units_present(engine.basis.mean, engine.basis).values()) == {0}


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
