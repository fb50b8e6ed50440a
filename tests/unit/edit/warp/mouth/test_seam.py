import pytest
import torch

from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER
from countenance.edit.warp.mouth.frame import mouth_frame
from countenance.edit.warp.mouth.seam import SAMPLES, lines_of

UNIT = 120.0
STILL = torch.zeros(468, 2)


def drawn(dip: float, size: int = 400):
    """Two flat lips with a dark line between them that dips by `dip` px in the middle, and landmarks of a straight
    line."""
    landmarks = torch.full((478, 3), float(size // 2))
    x = torch.linspace(150.0, 250.0, 11)
    for ring in (LIPS_UPPER, LIPS_LOWER):
        landmarks[list(ring), 0] = x
    y, grid = torch.meshgrid(torch.arange(size) + 0.5, torch.arange(size) + 0.5, indexing="ij")
    seam = size / 2 + dip * torch.cos((grid - 200) / 50 * torch.pi / 2).clamp_min(0)
    light = 0.6 - 0.4 * torch.exp(-(((y - seam) / 1.5) ** 2))
    return light.expand(3, -1, -1).contiguous(), landmarks, seam


@pytest.mark.parametrize("dip", [-3.0, 0.0, 3.0])
def test_the_seam_is_the_dark_line(dip: float) -> None:
    picture, landmarks, _ = drawn(dip)
    frame = mouth_frame(landmarks, STILL, UNIT, (400, 400))
    lines = lines_of(picture, landmarks, frame)
    assert lines.shut
    assert torch.equal(lines.upper, lines.lower)
    assert float(lines.upper[SAMPLES // 2]) * UNIT == pytest.approx(dip, abs=0.7)


def test_open_lips_end_where_the_colour_changes() -> None:
    picture, landmarks, _ = drawn(0.0)
    picture[:, 190:212] = torch.tensor([0.8, 0.8, 0.75])[:, None, None]
    picture[:, :190] = picture[:, 212:] = torch.tensor([0.6, 0.3, 0.3])[:, None, None]
    landmarks[list(LIPS_UPPER[1:-1]), 1] = 192.0
    landmarks[list(LIPS_LOWER[1:-1]), 1] = 211.0
    frame = mouth_frame(landmarks, STILL, UNIT, (400, 400))
    lines = lines_of(picture, landmarks, frame)
    assert not lines.shut
    assert float(lines.upper[SAMPLES // 2]) * UNIT == pytest.approx(-10, abs=0.8)
    assert float(lines.lower[SAMPLES // 2]) * UNIT == pytest.approx(12, abs=0.8)


def test_lines_look_up_along_the_mouth() -> None:
    picture, landmarks, _ = drawn(3.0)
    lines = lines_of(picture, landmarks, mouth_frame(landmarks, STILL, UNIT, (400, 400)))
    u = torch.tensor([lines.first - 1, lines.first, 0.0, lines.last, lines.last + 1])
    v = lines.at(lines.upper, u)
    assert v[0] == v[1]
    assert v[3] == v[4]
    assert v[2] > v[1]


def test_the_seam_of_a_portrait_lies_on_its_lips(closed) -> None:
    pixels, reading = closed
    frame = mouth_frame(reading.landmarks, STILL, reading.eye_distance_px, tuple(pixels.shape[-2:]))
    lines = lines_of(pixels[0], reading.landmarks, frame)
    middle = frame.place(reading.landmarks[[13, 14], :2])[:, 1].mean()
    assert lines.shut
    assert float((lines.upper[SAMPLES // 2] - middle).abs()) < 0.05
