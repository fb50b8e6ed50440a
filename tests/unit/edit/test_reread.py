import dataclasses

import pytest
import torch

from countenance.core import facs
from countenance.edit.face.pose import estimate_pose
from countenance.edit.face.view import view_map
from countenance.edit.measure import measure
from countenance.edit.render import render
from countenance.edit.reread import Readers, measuring_errors, published_errors, unit_changes
from countenance.edit.signs import APART, CLOSED, MOUTH, SIGNS, canonical_motion, signs_of_change
from countenance.errors import EngineError

NAMES = {name: i for i, name in enumerate(facs.NAMES)}
UNITS = {name: i for i, name in enumerate(facs.UNITS)}


def readers(weights: dict[str, float] | None = None, crosstalk: dict[tuple[str, str], float] | None = None) -> Readers:
    """Readers of the first sign, twice as much with lips apart, and errors with a floor of .01."""
    made = Readers(
        weights=torch.zeros(2, len(NAMES), SIGNS),
        floor=torch.full((len(NAMES),), 0.01),
        crosstalk=torch.zeros(len(NAMES), len(UNITS)),
    )
    for name, weight in (weights or {}).items():
        made.weights[:, NAMES[name], 0] = torch.tensor([weight, 2 * weight])
    for (name, of), value in (crosstalk or {}).items():
        made.crosstalk[NAMES[name], UNITS[of]] = value
    return made


def test_units_are_weighted_sums_of_signs() -> None:
    signs = torch.zeros(SIGNS)
    signs[0] = 0.5
    found = unit_changes(signs, readers({"AU12L": 1.0, "AU4": -0.25}))
    assert tuple(found) == facs.NAMES
    assert {name: value for name, value in found.items() if value} == {"AU12L": 500, "AU4": -125}


def test_lips_apart_are_read_in_another_way() -> None:
    signs = torch.zeros(SIGNS)
    signs[0] = 0.25
    made = readers({"AU25": 1.0})
    for gap, value in ((0.0, 250), (CLOSED, 250), ((CLOSED + APART) / 2, 375), (APART, 500), (0.3, 500)):
        signs[-1] = gap
        assert unit_changes(signs, made)["AU25"] == value


def test_the_error_grows_with_what_moved_and_by_the_larger_side() -> None:
    made = readers(crosstalk={("AU1", "AU1"): 0.1, ("AU1", "AU27"): 0.3})
    still = dict.fromkeys(facs.NAMES, 0)
    assert set(measuring_errors(still, made).values()) == {10}
    assert measuring_errors(still | {"AU1": 500}, made)["AU1"] == 60
    assert measuring_errors(still | {"AU1": 200, "AU1L": -400}, made)["AU1"] == 50
    assert measuring_errors(still | {"AU1": 400, "AU27": -100}, made)["AU1"] == 60
    assert measuring_errors(still | {"AU27": 1000}, made)["AU2"] == 10
    assert published_errors(made)["AU1"] == 60


def test_a_shift_turn_and_scaling_of_the_whole_picture_is_no_change(sitter, engine) -> None:
    before = sitter.reading
    turn = torch.tensor([[0.9995, -0.0316], [0.0316, 0.9995]])
    landmarks = before.landmarks.clone()
    landmarks[:, :2] = 1.01 * before.landmarks[:, :2] @ turn + 3
    found = engine.reread(before, dataclasses.replace(before, landmarks=landmarks))
    assert max(abs(value) for value in found.values()) < 60
    nothing = engine.reread(before, before)
    assert set(nothing.values()) == {0}


def test_one_side_is_told_from_the_other(sitter, engine) -> None:
    edited = render(sitter.pixels, sitter.reading, {"AU12R": 500}, engine, seed=0)
    found = measure(sitter.pixels, sitter.reading, edited, engine).units
    assert abs(found["AU12R"][0] - 500) <= found["AU12R"][1]
    assert abs(found["AU12L"][0]) <= found["AU12L"][1]
    assert abs(found["AU12"][0] - 250) <= found["AU12"][1]
    assert found["AU12R"][0] > 350
    assert abs(found["AU12L"][0]) < 100


def test_brows_are_read_to_a_tenth(sitter, engine) -> None:
    for unit, size in (("AU1", 600), ("AU2", 400), ("AU4", 500)):
        edited = render(sitter.pixels, sitter.reading, {unit: size}, engine, seed=0)
        value, error = measure(sitter.pixels, sitter.reading, edited, engine).units[unit]
        assert abs(value - size) < 100, unit
        assert error < 250, unit


def test_a_reading_without_its_view_cannot_be_compared(sitter, engine) -> None:
    with pytest.raises(EngineError, match="view"):
        engine.reread(dataclasses.replace(sitter.reading, view=None), sitter.reading)


def test_signs_see_motion_by_landmarks_too(sitter, engine) -> None:
    before = sitter.reading
    pose, landmarks = engine.pose_of(before), before.landmarks.clone()
    landmarks[14, 1] += 0.1 * pose.scale
    after = dataclasses.replace(before, landmarks=landmarks)
    found = signs_of_change(before, after, pose, (view_map(pose), view_map(engine.pose_of(after))))
    assert found.shape == (SIGNS,)
    at = 936 + 2 * MOUTH.index(14)
    assert float(found[at + 1]) == pytest.approx(-0.1, abs=0.02)
    assert float(found[:936].abs().max()) < 1e-2


def test_motion_is_the_same_in_a_turned_face(engine) -> None:
    mean = engine.basis.mean
    push = torch.zeros(468, 3)
    push[:, :2] = torch.linspace(-0.05, 0.05, 936).reshape(468, 2)
    cos, sin = 0.866, 0.5
    turn = torch.tensor([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
    before, after = (shape @ turn.T * 100 * torch.tensor([1.0, -1.0, -1.0]) for shape in (mean, mean + push))
    pose = estimate_pose(before, mean, engine.basis.stable)
    assert abs(pose.yaw_deg) > 25
    assert torch.allclose(canonical_motion((after - before)[:, :2], pose), push[:, :2], atol=1e-3)
