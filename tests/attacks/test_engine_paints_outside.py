"""A plug-in engine paints outside the permitted mask, or hands over something that is no picture."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from countenance.edit.ports import FaceReading, Proposal
from countenance.edit.render import render
from countenance.errors import EngineError

SIZE = 32


class Painter:
    """An engine that runs any code it likes on the picture."""

    name, version = "painter", "1"

    def __init__(self, paint: Callable[[Tensor], Tensor]) -> None:
        self.paint, self.asked = paint, 0

    def propose(self, pixels: Tensor, reading: FaceReading, plan: dict[str, int], *, seed: int) -> Proposal:
        self.asked += 1
        return Proposal(pixels=self.paint(pixels), touched=torch.zeros_like(pixels[:, 0], dtype=torch.bool))


def _reading() -> FaceReading:
    head = torch.zeros(SIZE, SIZE, dtype=torch.bool)
    head[8:24, 8:24] = True
    return FaceReading(
        box=(8, 8, 24, 24), landmarks=torch.zeros(478, 3), head=head, eye_distance_px=80.0, yaw_deg=0, pitch_deg=0,
        roll_deg=0, units={}, face_logit=30.0, disagreement=0.01, teeth_visible=False,
    )  # fmt: skip


def _pixels() -> Tensor:
    return torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def _at(y: int, x: int, value: float) -> Callable[[Tensor], Tensor]:
    def paint(pixels: Tensor) -> Tensor:
        pixels[0, 1, y, x] = value
        return pixels

    return paint


def test_one_pixel_outside_stops_the_edit() -> None:
    with pytest.raises(EngineError, match="changed 1 pixels outside"):
        render(_pixels(), _reading(), {"AU12": 500}, Painter(_at(7, 8, 0.0)), seed=0)


def test_the_last_bit_outside_stops_the_edit() -> None:
    pixels = _pixels()
    nearly = float(torch.nextafter(pixels[0, 1, 0, 0], torch.tensor(1.0)))
    with pytest.raises(EngineError, match="outside"):
        render(pixels, _reading(), {"AU12": 500}, Painter(_at(0, 0, nearly)), seed=0)


def test_inside_is_pasted_and_only_that() -> None:
    pixels = _pixels()
    edited = render(pixels, _reading(), {"AU12": 500}, Painter(_at(8, 8, 1.0)), seed=0)
    assert edited.changed_px == 1
    assert edited.changed_outside_px == 0
    assert edited.mask[0, 8, 8]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.01, 1.01])
def test_values_that_are_no_colours(value: float) -> None:
    with pytest.raises(EngineError, match="not colours"):
        render(_pixels(), _reading(), {"AU12": 500}, Painter(_at(10, 10, value)), seed=0)


@pytest.mark.parametrize("paint", [lambda p: p[..., :-1], lambda p: p.double(), lambda p: p.repeat(2, 1, 1, 1)])
def test_another_shape_or_type(paint: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(EngineError, match="another shape"):
        render(_pixels(), _reading(), {"AU12": 500}, Painter(paint), seed=0)


def test_painting_the_input_itself_does_not_reach_the_caller() -> None:
    pixels = _pixels()
    before = pixels.clone()
    with pytest.raises(EngineError):
        render(pixels, _reading(), {"AU12": 500}, Painter(lambda p: p.zero_()), seed=0)
    assert torch.equal(pixels, before)


def test_a_zero_plan_never_asks_the_engine() -> None:
    pixels, painter = _pixels(), Painter(lambda p: p.zero_())
    edited = render(pixels, _reading(), {"AU12": 0}, painter, seed=0)
    assert painter.asked == 0
    assert torch.equal(edited.pixels, pixels)
    assert edited.region == ()
