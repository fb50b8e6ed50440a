"""A permitted edit of a face with something over it, or cut by another face, is refused before a pixel is rendered."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from countenance.adapters.editors.warp import WarpEngine, build
from countenance.adapters.models.store import ModelStore
from countenance.core.digest import of_file
from countenance.core.records.decision import Permit
from countenance.core.records.terms import Limit
from countenance.edit.photo import boxes_of, edit_face
from countenance.errors import InputError
from countenance.media.ports import Picture
from countenance.settings import Settings
from countenance.testing.worlds import AT, a_world, an_id

ROOT = Path(__file__).parents[2]


class NeverRenders:
    """The default engine, which must not be asked for a proposal."""

    def __init__(self, good: WarpEngine) -> None:
        self.good = good

    def __getattr__(self, name: str) -> Any:
        return getattr(self.good, name)

    def propose(self, *_: Any, **__: Any) -> Any:
        pytest.fail("rendered")


@pytest.fixture(scope="module")
def engine() -> WarpEngine:
    return build(ModelStore(ROOT / "models", Settings.load({}).model_cache))


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    whole = cv2.imread(str(ROOT / "examples/portrait.jpg"))[:, :, ::-1]
    return cv2.resize(whole, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _picture(image: np.ndarray) -> Picture:
    return Picture(pixels=torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255)


def _permit(boxes: tuple[tuple[int, int, int, int], ...], units: dict[str, int]) -> Permit:
    face, *others = boxes_of(boxes)
    return Permit(
        nonce="0" * 32, edit_id=an_id("edit"), decision_id=an_id("decision"), request_digest=of_file(b"request"),
        asset=a_world().request.asset, face=face, others=tuple(others), units=units,
        limits={name: Limit(max_permille=1000) for name in units}, release_id=an_id("release"), issued_at=AT,
        expires_at=AT,
    )  # fmt: skip


def _with_glasses(image: np.ndarray, engine: WarpEngine) -> np.ndarray:
    pixels = _picture(image).pixels
    points = engine.perceive(pixels, engine.detect(pixels)[0]).landmarks[:, :2]
    right, left = (points[list(pair)].mean(0).int().tolist() for pair in ((33, 133), (263, 362)))
    unit, worn = left[0] - right[0], image.copy()
    for x, y in (right, left):
        cv2.ellipse(worn, (x, y + unit // 16), (int(0.4 * unit), int(0.3 * unit)), 0, 0, 360, (25, 22, 20), unit // 20)
    cv2.line(
        worn, (right[0] + int(0.4 * unit), right[1]), (left[0] - int(0.4 * unit), left[1]), (25, 22, 20), unit // 20
    )
    return worn


def test_glasses_are_not_bent(image: np.ndarray, engine: WarpEngine) -> None:
    worn = _picture(_with_glasses(image, engine))
    permit = _permit(engine.detect(worn.pixels), {"AU4": 400})
    with pytest.raises(InputError, match=r"AU4.*glasses over the eyes"):
        edit_face(worn, permit, NeverRenders(engine), device="cpu", seed=0)


def test_a_smile_under_glasses_is_rendered(image: np.ndarray, engine: WarpEngine) -> None:
    worn = _picture(_with_glasses(image, engine))
    edit = edit_face(worn, _permit(engine.detect(worn.pixels), {"AU12": 400}), engine, device="cpu", seed=0)
    assert edit.changed_px > 0


def test_a_head_that_another_cuts_is_refused(image: np.ndarray, engine: WarpEngine) -> None:
    pixels = _picture(image).pixels
    (box,) = engine.detect(pixels)
    x0, y0, x1, y1 = box
    other = (x0 + (x1 - x0) * 3 // 4, y0, x1 + 100, y1)

    class SeesTwo(NeverRenders):
        def detect(self, _: Any) -> Any:
            return box, other

    with pytest.raises(InputError, match="another face covers"):
        edit_face(_picture(image), _permit((box, other), {"AU12": 400}), SeesTwo(engine), device="cpu", seed=0)
