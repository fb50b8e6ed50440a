"""Laws that every edit keeps, whatever the plan."""

from dataclasses import replace
from pathlib import Path

import cv2
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from countenance.adapters.editors.warp import RENDERS, build
from countenance.adapters.models.store import ModelStore
from countenance.edit.plan import plan_expression
from countenance.edit.render import render
from countenance.settings import Settings

ROOT = Path(__file__).parents[2]
AMOUNT = st.integers(-1000, 1000)
PLANS = st.dictionaries(st.sampled_from(sorted(RENDERS)), AMOUNT, max_size=4)
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def engine():
    return build(ModelStore(ROOT / "models", Settings.load({}).model_cache))


@pytest.fixture(scope="module")
def sitter(engine):
    image = (
        torch.from_numpy(cv2.imread(str(ROOT / "examples/portrait.jpg")).copy()).flip(-1).permute(2, 0, 1)[None].float()
    )
    pixels = torch.nn.functional.avg_pool2d(image, 3).round() / 255
    return pixels, engine.perceive(pixels, engine.detect(pixels)[0])


@given(zeros=st.sets(st.sampled_from(sorted(RENDERS))))
@SLOW
def test_a_zero_plan_gives_the_same_bits(sitter, engine, zeros) -> None:
    pixels, reading = sitter
    assert torch.equal(render(pixels, reading, dict.fromkeys(zeros, 0), engine, seed=1).pixels, pixels)


@given(plan=PLANS)
@SLOW
def test_outside_the_mask_the_same_bits(sitter, engine, plan) -> None:
    pixels, reading = sitter
    edited = render(pixels, reading, plan, engine, seed=1)
    outside = ~reading.head.expand_as(edited.mask)
    assert not (edited.mask & outside).any()
    assert torch.equal(edited.pixels[:, :, ~reading.head], pixels[:, :, ~reading.head])
    assert edited.changed_outside_px == 0
    assert bool(torch.isfinite(edited.pixels).all())


@given(plan=PLANS)
@SLOW
def test_a_batch_equals_its_singles(sitter, engine, plan) -> None:
    pixels, reading = sitter
    one, two = (engine.propose(frames, reading, plan, seed=1) for frames in (pixels, pixels.repeat(2, 1, 1, 1)))
    for frame in range(2):
        assert torch.equal(two.pixels[frame], one.pixels[0])
        assert torch.equal(two.touched[frame], one.touched[0])


@given(plan=PLANS)
@SLOW
def test_the_order_of_units_is_irrelevant(sitter, engine, plan) -> None:
    pixels, reading = sitter
    backwards = dict(reversed(plan.items()))
    a, b = (render(pixels, reading, p, engine, seed=1) for p in (plan, backwards))
    assert torch.equal(a.pixels, b.pixels)


@given(
    plan=st.dictionaries(
        st.sampled_from(["AU1", "AU2L", "AU12", "AU12R", "AU15", "AU4R"]), AMOUNT, min_size=1, max_size=3
    )
)
@SLOW
def test_a_mirrored_photo_with_mirrored_sides_gives_the_mirrored_result(sitter, engine, plan) -> None:
    """The folds of AU4 are drawn unlike on the two sides, so it is only asked for on one and given more room."""
    pixels, reading = sitter
    swap = {"L": "R", "R": "L"}
    mirrored_plan = {unit[:-1] + swap[unit[-1]] if unit[-1] in swap else unit: v for unit, v in plan.items()}
    straight = render(pixels, reading, plan, engine, seed=1).pixels
    other = render(pixels.flip(-1), _mirrored(reading), mirrored_plan, engine, seed=1).pixels.flip(-1)
    difference = (straight - other).abs()
    assert float(difference.mean()) < (0.002 if any("AU4" in unit for unit in plan) else 0.0005)
    assert float(torch.quantile(difference[:, :, reading.head].flatten(), 0.99)) < 0.06


def _mirrored(reading):
    """The reading that a network without left and right would give of the mirrored picture."""
    mirror = load_file(ROOT / "models/expression-basis/basis.safetensors")["mirror"].long()
    points = reading.landmarks.clone()
    points[:468] = reading.landmarks[mirror]
    points[468:473], points[473:] = reading.landmarks[473:], reading.landmarks[468:473]
    points[:, 0] = reading.head.shape[1] - points[:, 0]
    return replace(reading, landmarks=points, head=reading.head.flip(-1))


@given(
    target=st.dictionaries(st.sampled_from(["AU1", "AU4", "AU12"]), AMOUNT),
    limits=st.dictionaries(st.sampled_from(["AU1", "AU4", "AU12"]), st.tuples(AMOUNT, AMOUNT)),
)
def test_a_plan_never_exceeds_target_or_limits(target, limits) -> None:
    for unit, value in plan_expression(target, limits).items():
        low, high = limits[unit]
        assert 0 < value <= min(target[unit], high) or max(target[unit], low) <= value < 0
