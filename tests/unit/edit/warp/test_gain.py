import pytest
import torch

from countenance.edit.warp.gain import atlas_folds, atlas_gain, broad, look_up, multiplier

FOLDING = (1, 2, 4, 6, 9, 10, 12, 14, 15, 17, 20, 24)


@pytest.mark.parametrize("number", FOLDING)
def test_each_unit_that_folds_skin_darkens_somewhere(engine, number: int) -> None:
    assert atlas_gain({f"AU{number}": 1000}, engine.basis).min() < -0.03


def test_nothing_is_drawn_away_from_the_face_or_without_a_plan(engine) -> None:
    atlas = atlas_gain({f"AU{n}": 1000 for n in FOLDING}, engine.basis)
    assert float(look_up(atlas[None], torch.tensor([[[0.0]], [[-1.8]]]), engine.basis)) == 0
    assert atlas_gain({}, engine.basis).abs().max() == 0
    assert atlas_gain({"AU4": -500}, engine.basis).abs().max() == 0
    assert torch.equal(multiplier(torch.zeros(2, 2)), torch.ones(3, 2, 2))


def test_the_order_of_units_is_irrelevant(engine) -> None:
    plan = {"AU12": 500, "AU6L": 300, "AU4": 200}
    turned = dict(reversed(plan.items()))
    assert torch.equal(atlas_gain(plan, engine.basis), atlas_gain(turned, engine.basis))
    assert torch.equal(atlas_folds(plan, engine.basis), atlas_folds(turned, engine.basis))


def test_a_smile_is_the_same_on_both_sides(engine) -> None:
    atlas = atlas_gain({"AU6": 400, "AU12": 600}, engine.basis)
    assert (atlas - atlas.flip(1)).abs().max() < 0.03
    left = atlas_gain({"AU12L": 600}, engine.basis)
    right = atlas_gain({"AU12R": 600}, engine.basis)
    assert torch.allclose(left + right, atlas_gain({"AU12": 600}, engine.basis), atol=1e-6)


def test_a_smile_leaves_the_colour_of_the_nose(engine) -> None:
    atlas = atlas_gain({"AU12": 1000}, engine.basis)
    nose = torch.tensor([[[0.0, 0.0, 0.1]], [[-0.5, -0.3, -0.4]]])
    assert look_up(atlas[None], nose, engine.basis).abs().max() < 0.02


def test_folds_are_smoothed_by_what_is_taken_away(engine) -> None:
    assert atlas_folds({"AU12": -1000}, engine.basis).min() == -1
    assert atlas_folds({"AU12": 500}, engine.basis).min() == 0
    atlas = atlas_gain({"AU4": 1000}, engine.basis)
    assert broad(atlas).abs().max() < atlas.abs().max()
