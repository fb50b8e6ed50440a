"""Laws of the expression basis and of the way from a plan to displacements."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from countenance.core.facs import NAMES, UNITS
from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER, ExpressionBasis, basis_from, unit_shape
from countenance.edit.warp.displace import displacement, tame
from countenance.edit.warp.jaw import jaw_motion

BASIS = basis_from(load_file(Path(__file__).parents[2] / "models/expression-basis/basis.safetensors"))
PARTING = {9, 10, 16, 22, 25, 26, 27}
FLIP = torch.tensor([-1.0, 1.0, 1.0])
OTHER = {"L": "R", "R": "L"}
AMOUNT = st.integers(-1000, 1000)
PLANS = st.dictionaries(st.sampled_from(NAMES), AMOUNT, max_size=6)
FEW = settings(max_examples=30, deadline=None)


@pytest.fixture(scope="module")
def basis() -> ExpressionBasis:
    return BASIS


def test_the_basis_has_every_unit_and_side_that_may_be_asked_for(basis) -> None:
    assert [unit_shape(basis, name).shape for name in NAMES] == [(468, 3)] * len(NAMES)
    assert {n for n, _ in basis.sides} == {unit.number for unit in UNITS.values() if unit.sided}
    with pytest.raises(KeyError):
        unit_shape(basis, "AU26L")


@pytest.mark.parametrize("number", sorted({n for n, _ in BASIS.sides}))
def test_sides_add_up_to_the_unit_and_mirror_each_other(basis, number: int) -> None:
    left, right = basis.sides[number, "L"], basis.sides[number, "R"]
    assert torch.equal(left + right, basis.units[number])
    assert torch.equal(left[basis.mirror] * FLIP, right)
    far = basis.mean[:, 0] < -0.25
    assert left[far].norm(dim=1).max() < 0.2 * basis.units[number][far].norm(dim=1).max()


@pytest.mark.parametrize("number", sorted(BASIS.units))
def test_units_are_symmetric_and_move_something(basis, number: int) -> None:
    shape = basis.units[number]
    assert torch.allclose(shape[basis.mirror] * FLIP, shape, atol=1e-6)
    assert 0.04 < float(shape[:, :2].norm(dim=1).max()) < 0.65


@pytest.mark.parametrize("number", sorted(set(BASIS.units) - PARTING))
def test_units_that_do_not_part_lips_keep_them_together(basis, number: int) -> None:
    shape = basis.units[number]
    assert torch.allclose(shape[list(LIPS_UPPER)], shape[list(LIPS_LOWER)], atol=1e-6)


@given(plan=PLANS)
@FEW
def test_a_mirrored_plan_gives_the_mirrored_motion(plan) -> None:
    mean = (BASIS.mean + BASIS.mean[BASIS.mirror] * FLIP) / 2
    mirrored = {name[:-1] + OTHER[name[-1]] if name[-1] in OTHER else name: n for name, n in plan.items()}
    moved = displacement(plan, BASIS, mean)
    again = displacement(mirrored, BASIS, mean)[BASIS.mirror] * FLIP
    assert torch.allclose(moved, again, atol=1e-5)


@given(plan=PLANS)
@FEW
def test_the_order_of_units_changes_no_bit(plan) -> None:
    backwards = dict(reversed(plan.items()))
    assert torch.equal(displacement(plan, BASIS, BASIS.mean), displacement(backwards, BASIS, BASIS.mean))


@given(plan=st.dictionaries(st.sampled_from(NAMES), st.integers(-1000, 1000), min_size=1, max_size=22))
@FEW
def test_no_combination_takes_a_point_much_farther_than_one_unit_does(plan) -> None:
    total = sum((unit_shape(BASIS, name) * n / 1000 for name, n in plan.items()), torch.zeros(468, 3))
    farthest = torch.stack(list(BASIS.units.values())).norm(dim=2).amax(0)
    bent = tame(total, BASIS).norm(dim=1)
    lids = torch.isclose(bent, total.norm(dim=1))
    assert (bent <= total.norm(dim=1) + 1e-6).all()
    assert ((bent <= 1.501 * farthest + 1e-6) | lids).all()


@given(name=st.sampled_from(NAMES), amount=AMOUNT)
@FEW
def test_one_unit_alone_is_linear(name: str, amount: int) -> None:
    shape = unit_shape(BASIS, name)
    # AU9 of one side alone is bent by 3e-5 at its full
    assert torch.allclose(tame(shape * amount / 1000, BASIS), shape * amount / 1000, atol=5e-5)


@given(drop=st.integers(0, 1000), stretch=st.integers(0, 1000))
@FEW
def test_lower_teeth_go_with_the_lower_lip(drop: int, stretch: int) -> None:
    plan = {"AU26": drop, "AU27": stretch}
    edge = BASIS.mean[[14]] - torch.tensor([0.0, 0.0, 0.05])  # of the lower incisors
    lip = displacement(plan, BASIS, BASIS.mean)[17, 1]
    teeth = jaw_motion(edge, plan, BASIS)[0, 1]
    assert teeth <= 1e-6
    assert abs(float(teeth - lip)) < 0.01 + 0.2 * abs(float(lip))
    assert not jaw_motion(edge, {"AU25": 1000}, BASIS).any()
