import pytest
import torch

from countenance.edit.warp.basis import (
    BROWS_BOTTOM,
    BROWS_TOP,
    EYE_LEFT,
    EYE_RIGHT,
    LIPS_LOWER,
    LIPS_UPPER,
    split_unit,
)
from countenance.edit.warp.displace import displacement


def test_closed_lips_move_as_one(engine) -> None:
    moved = displacement({"AU12": 700, "AU15": -300}, engine.basis, engine.basis.mean)
    assert torch.allclose(moved[list(LIPS_UPPER)], moved[list(LIPS_LOWER)], atol=1e-6)


@pytest.mark.parametrize("opening", [0.04, 0.1, 0.3])
def test_lips_never_cross(engine, opening: float) -> None:
    person = engine.basis.mean.clone()
    person[list(LIPS_LOWER[1:-1]), 1] -= opening
    moved = displacement({"AU12": 1000, "AU15": 1000}, engine.basis, person) * torch.tensor([1.0, 1.0, 1.0])
    gap = (person + moved)[list(LIPS_UPPER), 1] - (person + moved)[list(LIPS_LOWER), 1]
    assert (gap >= -0.003).all()


def test_each_brow_moves_rigidly_across(engine) -> None:
    moved = displacement({"AU1": 500, "AU2": 900}, engine.basis, engine.basis.mean)
    assert torch.equal(moved[list(BROWS_TOP)], moved[list(BROWS_BOTTOM)])


@pytest.mark.parametrize("unit", ["AU1", "AU2", "AU4"])
def test_brows_leave_eyes_and_nose_alone(engine, unit: str) -> None:
    moved = displacement({unit: 1000}, engine.basis, engine.basis.mean)
    still = [*EYE_LEFT, *EYE_RIGHT, 6, 197, 195, 5, 4, 1, 2]
    assert float(moved[still].norm(dim=1).max()) < 0.005
    assert float(moved[list(BROWS_TOP)].norm(dim=1).max()) > 0.07


def test_left_and_right_add_up_to_both(engine) -> None:
    both = displacement({"AU12": 400}, engine.basis, engine.basis.mean)
    sides = displacement({"AU12L": 400, "AU12R": 400}, engine.basis, engine.basis.mean)
    assert torch.allclose(both, sides, atol=1e-6)
    left = displacement({"AU12L": 400}, engine.basis, engine.basis.mean)
    assert left[291].norm() > 20 * left[61].norm()


def test_unit_names() -> None:
    assert split_unit("AU12L") == (12, "L")
    assert split_unit("AU4") == (4, "")
    assert split_unit("smile") == (0, "")
