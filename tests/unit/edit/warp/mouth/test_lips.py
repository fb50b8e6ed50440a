import pytest
import torch

from countenance.edit.warp.displace import displacement
from countenance.edit.warp.mouth.lips import INNER, LOWER, UPPER, join_lips


def gap_of(shape):
    return (shape[list(UPPER[0][INNER])] - shape[list(LOWER[0][INNER])])[:, 1]


@pytest.fixture
def open_mouth(engine):
    person = engine.basis.mean.clone()
    for row, share in zip(LOWER, (1.0, 1.0, 1.0, 1.0), strict=True):
        person[list(row[INNER]), 1] -= 0.15 * share
    return person


def test_nothing_moves_nothing(engine, open_mouth) -> None:
    still = torch.zeros_like(engine.basis.mean)
    assert torch.equal(join_lips(still, engine.basis.mean), still)
    assert torch.allclose(join_lips(still, open_mouth), still, atol=1e-7)


@pytest.mark.parametrize("unit", ["AU12", "AU15", "AU14", "AU17", "AU18", "AU20", "AU24", "AU28"])
def test_units_that_do_not_part_keep_closed_lips_together(engine, unit: str) -> None:
    moved = displacement({unit: 800}, engine.basis, engine.basis.mean)
    assert float(gap_of(moved).amax()) < 0.012


def test_parting_units_part_closed_lips(engine) -> None:
    wide = [
        float(gap_of(displacement({"AU25": amount}, engine.basis, engine.basis.mean)).amax()) for amount in (300, 600)
    ]
    assert 0.01 < wide[0] < wide[1]


def test_small_partings_stick(engine) -> None:
    moved = torch.zeros_like(engine.basis.mean)
    moved[list(UPPER[0][INNER]), 1] += 0.004
    assert float(gap_of(join_lips(moved, engine.basis.mean)).amax()) < 0.002


def test_an_open_mouth_closes_all_along(engine, open_mouth) -> None:
    moved = displacement({"AU25": -1000, "AU26": -800}, engine.basis, open_mouth)
    left = gap_of(open_mouth + moved)
    assert float(left.abs().amax()) < 1e-4


def test_a_half_closed_mouth_keeps_its_shape(engine, open_mouth) -> None:
    moved = displacement({"AU25": -400}, engine.basis, open_mouth)
    share = gap_of(open_mouth + moved) / gap_of(open_mouth)
    assert 0.1 < float(share.mean()) < 0.95
    assert float(share.std()) < 0.02


@pytest.mark.parametrize("unit", ["AU24", "AU28", "AU17"])
def test_no_lip_folds_over_itself(engine, unit: str) -> None:
    person = engine.basis.mean
    shape = person + displacement({unit: 1000}, engine.basis, person)
    for rows, sign in ((UPPER, 1), (LOWER, -1)):
        before = torch.stack([person[list(row[INNER]), 1] for row in rows]).diff(dim=0) * sign
        after = torch.stack([shape[list(row[INNER]), 1] for row in rows]).diff(dim=0) * sign
        assert (after >= 0.3 * before.clamp_min(0) - 1e-5).all()
