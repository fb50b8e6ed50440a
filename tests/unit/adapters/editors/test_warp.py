from pathlib import Path

import cv2
import pytest
import torch

from countenance.adapters.editors.warp import build
from countenance.adapters.models.store import ModelStore
from countenance.errors import EngineError, NoFaceError
from countenance.settings import Settings

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def engine():
    return build(ModelStore(ROOT / "models", Settings.load({}).model_cache))


def _picture(name: str, shrink: int) -> torch.Tensor:
    image = torch.from_numpy(cv2.imread(str(ROOT / "examples" / name)).copy()).flip(-1).permute(2, 0, 1)[None].float()
    return torch.nn.functional.avg_pool2d(image, shrink).round() / 255


def test_what_it_says_of_itself(engine) -> None:
    assert (engine.name, engine.version) == ("warp", "2")
    assert engine.digital_source_type.endswith("/compositeSynthetic")
    assert set(engine.weights) == {"face-detector", "face-mesh", "expression-basis", "face-signs", "face-covers"}
    assert all(digest.startswith("sha256:") and len(digest) == 71 for digest in engine.weights.values())
    assert {"AU1", "AU2", "AU4", "AU12", "AU15", "AU12L"} <= engine.renders
    assert set(engine.errors) >= engine.renders
    assert all(0 < engine.errors[unit] < 1000 for unit in engine.renders)


def test_faces_are_numbered_from_left_to_right(engine) -> None:
    boxes = engine.detect(_picture("group.jpg", 2))
    assert len(boxes) >= 2
    assert list(boxes) == sorted(boxes)


def test_a_face_too_small_is_refused(engine) -> None:
    pixels = _picture("portrait.jpg", 5)
    (box,) = engine.detect(pixels)
    with pytest.raises(NoFaceError, match=r"face too small: \d+ px between the eyes, needs 50"):
        engine.perceive(pixels, box)


def test_a_wall_is_no_face(engine) -> None:
    pixels = _picture("portrait.jpg", 3)
    with pytest.raises(NoFaceError):
        engine.perceive(pixels, (0, 0, 100, 100))


def test_units_it_cannot_render_are_refused(engine) -> None:
    pixels = _picture("portrait.jpg", 3)
    reading = engine.perceive(pixels, engine.detect(pixels)[0])
    with pytest.raises(EngineError, match="AU99"):
        engine.propose(pixels, reading, {"AU99": 500}, seed=0)


def test_absent_weights_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="absent"):
        build(ModelStore(ROOT / "models", tmp_path))
