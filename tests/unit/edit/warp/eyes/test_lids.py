import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.edit.warp.displace import displacement
from countenance.edit.warp.eyes.lids import LEAST_GAP, MOST_OPENING
from countenance.edit.warp.eyes.rims import EYES

CORNERS = [33, 133, 362, 263]


def person_of(basis, height: float, tilt: float, wide: float = 1.0):
    """The mean face with eyes of another aperture and tilt."""
    person = basis.mean.clone()
    for rims in EYES:
        points = [*rims.upper, *rims.lower[1:-1]]
        middle = person[[rims.upper[0], rims.upper[-1]]].mean(0)
        offset = person[points] - middle
        offset[:, 1] = offset[:, 1] * height + offset[:, 0] * tilt
        offset[:, 0] *= wide
        person[points] = middle + offset
    return person


def gaps(shape, rims):
    return shape[list(rims.upper), 1] - shape[list(rims.lower), 1]


@given(
    height=st.floats(0.2, 1.6),
    tilt=st.floats(-0.25, 0.25),
    others=st.dictionaries(st.sampled_from(["AU5", "AU6", "AU7", "AU12", "AU1", "AU4"]), st.integers(0, 1000)),
)
@settings(max_examples=40, deadline=None)
def test_full_closure_leaves_no_gap_and_moves_no_rim_past_the_other(engine, height, tilt, others) -> None:
    person = person_of(engine.basis, height, tilt)
    closed = person + displacement({**others, "AU43": 1000}, engine.basis, person)
    for rims in EYES:
        assert float((closed[list(rims.upper)] - closed[list(rims.lower)]).abs().max()) < 1e-5


@given(height=st.floats(0.2, 1.6), tilt=st.floats(-0.25, 0.25), au6=st.integers(0, 1000), au7=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_tightened_lids_never_cross(engine, height, tilt, au6, au7) -> None:
    person = person_of(engine.basis, height, tilt)
    after = person + displacement({"AU6": au6, "AU7": au7, "AU12": 1000}, engine.basis, person)
    for rims in EYES:
        was = gaps(person, rims)
        assert bool((gaps(after, rims) >= LEAST_GAP * was.clamp_min(0) - 1e-5).all())


@given(
    height=st.floats(0.05, 1.6),
    plan=st.dictionaries(st.sampled_from(["AU5", "AU6", "AU7", "AU43"]), st.integers(0, 1000)),
)
@settings(max_examples=40, deadline=None)
def test_opening_stays_within_its_limit(engine, height, plan) -> None:
    person = person_of(engine.basis, height, 0.0)
    signed = {unit: n if unit == "AU5" else -n for unit, n in plan.items()}
    after = person + displacement(signed, engine.basis, person)
    for rims in EYES:
        was = gaps(person, rims).clamp_min(0)
        assert bool((gaps(after, rims) <= (1 + MOST_OPENING) * was + 1e-5).all())


def test_nothing_opens_a_slit(engine) -> None:
    person = person_of(engine.basis, 0.1, 0.0)
    after = person + displacement({"AU5": 1000, "AU43": -1000}, engine.basis, person)
    for rims in EYES:
        assert torch.allclose(gaps(after, rims), gaps(person, rims), atol=1e-5)


def test_closing_is_linear_between(engine) -> None:
    basis = engine.basis
    half, whole = (displacement({"AU43": n}, basis, basis.mean) for n in (500, 1000))
    for rims in EYES:
        points = [*rims.upper, *rims.lower]
        assert torch.allclose(half[points] * 2, whole[points], atol=1e-5)


@pytest.mark.parametrize("closing", [300, 1000])
def test_corners_keep_still(engine, closing: int) -> None:
    moved = displacement({"AU43": closing}, engine.basis, engine.basis.mean)
    alone = displacement({}, engine.basis, engine.basis.mean)
    assert torch.allclose(moved[CORNERS], alone[CORNERS], atol=1e-6)


@pytest.mark.parametrize("side", ["L", "R"])
def test_a_wink_closes_one_eye(engine, side: str) -> None:
    moved = displacement({f"AU43{side}": 1000}, engine.basis, engine.basis.mean)
    after = engine.basis.mean + moved
    for rims in EYES:
        if rims.side == side:
            assert float(gaps(after, rims).abs().max()) < 1e-5
        else:
            assert float(moved[[*rims.upper, *rims.lower]].abs().max()) < 0.002
