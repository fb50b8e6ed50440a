"""Laws of lips, whatever the plan and the face."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.adapters.models.store import ModelStore
from countenance.edit.warp.basis import basis_from
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.mouth.lips import INNER, LOWER, UPPER
from countenance.settings import Settings

ROOT = Path(__file__).parents[2]
UNITS = ("AU6", "AU10", "AU12", "AU14", "AU15", "AU16", "AU17", "AU18", "AU20", "AU22", "AU24", "AU25", "AU26", "AU27")
PLANS = st.dictionaries(st.sampled_from([*UNITS, "AU28", "AU12L", "AU15R"]), st.integers(-1000, 1000), max_size=5)
SHAPES = st.tuples(st.floats(0, 0.3), st.floats(0.6, 1.5), st.floats(-0.08, 0.08))


@pytest.fixture(scope="module")
def basis():
    return basis_from(ModelStore(ROOT / "models", Settings.load({}).model_cache).load("expression-basis")[0])


def face(basis, opening: float, thickness: float, tilt: float) -> torch.Tensor:
    """The mean face with other lips: open, thinner or thicker, leaning."""
    person = basis.mean.clone()
    seam = person[[13, 14], 1].mean()
    for rows in (UPPER, LOWER):
        for row in rows:
            index = list(row[INNER])
            person[index, 1] = seam + (person[index, 1] - seam) * thickness + tilt * person[index, 0]
    for row in LOWER:
        index = list(row[INNER])
        person[index, 1] -= opening * (1 - (person[index, 0] / 0.38) ** 2).clamp_min(0)
    return person


@given(plan=PLANS, shape=SHAPES)
@settings(max_examples=60, deadline=None)
def test_lips_never_cross(basis, plan, shape) -> None:
    person = face(basis, *shape)
    moved = displacement(plan, basis, person)
    upper, lower = list(UPPER[0][INNER]), list(LOWER[0][INNER])
    before = person[upper, 1] - person[lower, 1]
    after = (person + moved)[upper, 1] - (person + moved)[lower, 1]
    assert (after >= torch.minimum(before, torch.zeros(())) - 1e-4).all()


@given(plan=PLANS, shape=SHAPES)
@settings(max_examples=40, deadline=None)
def test_the_rows_of_a_lip_keep_their_order(basis, plan, shape) -> None:
    person = face(basis, *shape)
    moved = person + displacement(plan, basis, person)
    for rows, sign in ((UPPER, 1), (LOWER, -1)):
        before = torch.stack([person[list(row[INNER]), 1] for row in rows]).diff(dim=0) * sign
        after = torch.stack([moved[list(row[INNER]), 1] for row in rows]).diff(dim=0) * sign
        assert (after >= torch.minimum(before, torch.zeros(())) - 1e-4).all()


@given(shape=SHAPES)
@settings(max_examples=20, deadline=None)
def test_zeros_move_nothing(basis, shape) -> None:
    person = face(basis, *shape)
    assert float(displacement(dict.fromkeys(UNITS, 0), basis, person).abs().max()) < 1e-6
