import pytest
import torch
from torch.nn import functional

from countenance.errors import BackendError, UnsupportedMediaError
from countenance.marks.spread import estimator as estimators
from countenance.marks.spread.estimator import Estimator
from countenance.media.tensors import Frames


@pytest.mark.parametrize("size", [(128, 128), (64, 768), (1200, 100), (333, 777)])
def test_the_grid_has_one_area_and_the_picture_s_aspect(size: tuple[int, int]) -> None:
    grid = estimators.working_grid(torch.rand(3, *size))
    height, width = grid.shape[-2:]
    assert height * width == pytest.approx(estimators.GRID_AREA, rel=0.02)
    assert height / width == pytest.approx(size[0] / size[1], rel=0.02)


def test_the_grid_keeps_the_mean_level(portrait: Frames) -> None:
    assert estimators.working_grid(portrait[0]).mean().item() == pytest.approx(portrait.mean().item(), abs=2e-3)


@pytest.mark.parametrize(
    ("size", "why"), [((63, 700), "too small"), ((127, 128), "too small"), ((100, 1201), "12 times")]
)
def test_too_small_or_too_long_is_not_marked(size: tuple[int, int], why: str) -> None:
    assert not estimators.has_room(*size)
    with pytest.raises(UnsupportedMediaError, match=why):
        estimators.require_room(*size)


@pytest.mark.parametrize("size", [(31, 100), (100, 1201)])
def test_a_smaller_or_longer_one_is_not_read_either(size: tuple[int, int]) -> None:
    with pytest.raises(UnsupportedMediaError, match="to be read"):
        estimators.require_readable(*size)


@pytest.mark.parametrize("size", [(32, 384), (96, 96), (128, 128)])
def test_a_part_may_be_smaller_than_a_picture(size: tuple[int, int]) -> None:
    estimators.require_readable(*size)
    assert estimators.has_room(*size) is (size == (128, 128))


def test_luma_of_grey_is_its_level() -> None:
    assert estimators.luma(torch.full((1, 3, 2, 2), 0.25)).flatten().tolist() == pytest.approx([0.25] * 4)


def test_missing_or_misshapen_weights_are_refused(state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(BackendError, match=r"out\.bias"):
        estimators.load({name: tensor for name, tensor in state.items() if name != "out.bias"})
    with pytest.raises(BackendError, match=r"stem\.0\.weight"):
        estimators.load({**state, "stem.0.weight": torch.zeros(24, 3, 5, 5)})


def test_batch_normalisation_is_folded_in(state: dict[str, torch.Tensor], estimator: Estimator) -> None:
    x = torch.rand(1, 3, 12, 12)
    norm = [state[f"stem.1.{part}"].float() for part in ("running_mean", "running_var", "weight", "bias")]
    wanted = functional.batch_norm(functional.conv2d(x, state["stem.0.weight"].float()), *norm)
    weight, bias = estimator.layers["stem"]
    torch.testing.assert_close(functional.conv2d(x, weight, bias), wanted, atol=1e-4, rtol=1e-4)


def test_the_pattern_has_the_grid_s_size(estimator: Estimator) -> None:
    assert estimators.read_grid(estimator, torch.rand(1, 3, 45, 67)).shape == (45, 67)


def test_frames_are_averaged(estimator: Estimator, portrait: Frames, marked: Frames) -> None:
    one, two = (estimators.read_frames(estimator, frames) for frames in (portrait, marked))
    both = estimators.read_frames(estimator, torch.cat([portrait, marked]))
    torch.testing.assert_close(both, (one + two) / 2)
