"""What lies over a face is found on portraits with something drawn on them, and nothing on the portraits themselves."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from countenance.adapters.models.store import build
from countenance.edit.face.atlas import flatten
from countenance.edit.face.detector import Detection, detect
from countenance.edit.face.graph import Graph
from countenance.edit.face.landmarks import Reading, landmarks
from countenance.edit.face.occluders import UNITS, ZONES, Covers, blocked_units, covers_from, doubt, reasons
from countenance.edit.face.traits import fold, traits

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="session")
def covers(model_cache: Path) -> Covers:
    return covers_from(build(ROOT / "models", model_cache).load("face-covers")[0])


def _said(picture: Tensor, points: Tensor, mean: Tensor, covers: Covers) -> dict[str, str]:
    flat, gone = flatten(picture, points, mean)
    return reasons(traits(flat), fold(gone), 0.0, covers)


def _painted(picture: Tensor, draw) -> Tensor:
    image = np.ascontiguousarray((picture * 255).byte().permute(1, 2, 0).numpy())
    draw(image)
    return torch.from_numpy(image).permute(2, 0, 1).float() / 255


def _eyes(points: Tensor) -> tuple[list[tuple[int, int]], float]:
    middles = [points[list(pair), :2].mean(0) for pair in ((33, 133), (263, 362))]
    return [(int(x), int(y)) for x, y in middles], float((middles[1] - middles[0]).norm())


def _glasses(picture: Tensor, points: Tensor, *, dark: bool) -> Tensor:
    (right, left), unit = _eyes(points)

    def draw(image: np.ndarray) -> None:
        width = max(2, round(0.05 * unit))
        for x, y in (right, left):
            cv2.ellipse(image, (x, y + round(0.06 * unit)), (round(0.4 * unit), round(0.3 * unit)), 0, 0, 360,
                        (20, 20, 22), -1 if dark else width, cv2.LINE_AA)  # fmt: skip
        inner = [(right[0] + round(0.4 * unit), right[1]), (left[0] - round(0.4 * unit), left[1])]
        cv2.line(image, *inner, (20, 20, 22), width, cv2.LINE_AA)

    return _painted(picture, draw)


def _bar(picture: Tensor, points: Tensor, point: int, colour: tuple[int, int, int]) -> Tensor:
    _, unit = _eyes(points)
    x, y = (int(v) for v in points[point, :2])
    half = round(0.35 * unit)
    return _painted(
        picture, lambda image: cv2.rectangle(image, (x - 3 * half, y - half), (x + 3 * half, y + 4 * half), colour, -1)
    )


def _read(name: str) -> Tensor:
    return torch.from_numpy(cv2.imread(str(ROOT / "examples" / name))[:, :, ::-1].copy()).permute(2, 0, 1).float() / 255


@pytest.mark.parametrize("name", ["portrait.jpg", "portrait-2.jpg", "group.jpg"])
def test_nothing_lies_over_a_bare_face(
    name: str, detectors: dict[str, Graph], mesh: Graph, mean: Tensor, covers: Covers
) -> None:
    image = _read(name)
    for face in detect(image, detectors):
        assert _said(image, landmarks(image, face, mesh).points, mean, covers) == {}


@pytest.mark.parametrize("side", [-1, 1])
def test_hard_light_from_the_side_covers_nothing(
    side: int, portrait: Tensor, reading: Reading, face: Detection, mesh: Graph, mean: Tensor, covers: Covers
) -> None:
    (right, left), unit = _eyes(reading.points)
    across = (torch.arange(portrait.shape[2]) - (right[0] + left[0]) / 2) / unit
    light = 0.12 + 0.88 * torch.sigmoid(side * 5 * across)
    around = torch.tensor([0.8, 1.0, 1.3])[:, None]  # what the lamp does not reach is bluer
    lit = portrait * (light + (1 - light) * 0.12 * around).clamp_max(1)[:, None] ** (1 / 2.2)
    assert _said(lit, landmarks(lit, face, mesh).points, mean, covers) == {}


@pytest.mark.parametrize("dark", [False, True])
def test_glasses(
    dark: bool, portrait: Tensor, reading: Reading, face: Detection, mesh: Graph, mean: Tensor, covers: Covers
) -> None:
    worn = _glasses(portrait, reading.points, dark=dark)
    said = _said(worn, landmarks(worn, face, mesh).points, mean, covers)
    assert set(said) == {"eyes"}
    assert said["eyes"].startswith("dark glasses" if dark else "glasses")


@pytest.mark.parametrize("colour", [(120, 165, 200), (25, 25, 28), (235, 238, 240)])
def test_a_mask(colour: tuple[int, int, int], portrait: Tensor, reading: Reading, mean: Tensor, covers: Covers) -> None:
    said = _said(_bar(portrait, reading.points, 0, colour), reading.points, mean, covers)
    assert "over the mouth" in said["mouth"]
    assert "brows" not in said


def test_a_fringe(portrait: Tensor, reading: Reading, mean: Tensor, covers: Covers) -> None:
    (right, left), unit = _eyes(reading.points)
    rng = np.random.default_rng(1)

    def draw(image: np.ndarray) -> None:
        for x in np.linspace(right[0] - unit * 0.5, left[0] + unit * 0.5, 160):
            end = (int(x + rng.normal(0, 4)), int(right[1] - unit * 0.2 + rng.normal(0, 6)))
            shade = tuple(int(v) for v in np.array([50, 35, 25]) * rng.uniform(0.6, 1.4))
            cv2.line(image, (int(x), int(right[1] - 1.6 * unit)), end, shade, 4, cv2.LINE_AA)

    said = _said(_painted(portrait, draw), reading.points, mean, covers)
    assert "brows" in said


def test_a_face_that_the_picture_cuts(portrait: Tensor, reading: Reading, mean: Tensor, covers: Covers) -> None:
    low = int(reading.points[2, 1])
    assert _said(portrait[:, :low], reading.points, mean, covers)["mouth"] == "the picture ends there"


def test_units_of_a_zone_are_blocked_for_both_sides() -> None:
    renders = frozenset({"AU4", "AU4L", "AU4R", "AU12", "AU43"})
    assert blocked_units({"brows": "hair"}, renders) == {"AU4": "hair", "AU4L": "hair", "AU4R": "hair"}
    assert set(blocked_units({"eyes": "glasses"}, renders)) == {"AU4", "AU4L", "AU4R", "AU43"}
    assert set(blocked_units({"mouth": "a hand"}, renders)) == {"AU12"}


def test_every_zone_has_units_and_a_turned_head_is_doubted() -> None:
    assert set(UNITS) == set(ZONES)
    assert doubt(0) == 0
    assert doubt(-20) == doubt(20) > doubt(5) > 0
