"""A mark that was cropped, turned, stretched or seen at an angle: which way finds it, and that it then lies straight."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch

from countenance.core.payload import V2
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.extract import candidates
from countenance.marks.spread.seek import View, seek
from countenance.marks.spread.tile import fold, pilot
from countenance.media.tensors import Frames


def turned(frames: Frames, degrees: float) -> Frames:
    return _mapped(frames, np.vstack([cv2.getRotationMatrix2D((240, 320), degrees, 1), [0, 0, 1]]))


def seen_at_an_angle(frames: Frames) -> Frames:
    corners = np.array([[0, 0], [480, 0], [480, 640], [0, 640]], np.float32)
    bent = np.array([[20, 10], [470, 50], [440, 610], [0, 640]], np.float32)
    return _mapped(frames, cv2.getPerspectiveTransform(corners, bent))


def stretched(frames: Frames) -> Frames:
    return torch.nn.functional.interpolate(frames, (640, 600), mode="bicubic", antialias=True).clamp(0, 1)


def _mapped(frames: Frames, matrix: np.ndarray) -> Frames:
    raster = cv2.warpPerspective(frames[0].permute(1, 2, 0).numpy(), matrix, (480, 640), flags=cv2.INTER_CUBIC)
    return torch.from_numpy(raster).permute(2, 0, 1)[None].clamp(0, 1)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param(lambda p: p[..., 90:410, 60:300], "upright", id="cropped to a quarter"),
        pytest.param(lambda p: p[..., 90:410, 60:300].flip(-1), "upright", id="cropped and mirrored"),
        pytest.param(lambda p: turned(p, 40), "lattice", id="turned"),
        pytest.param(lambda p: p.rot90(1, (2, 3)), "lattice", id="a quarter turn"),
        pytest.param(lambda p: stretched(p)[..., 80:560, 20:500], "lattice", id="stretched and cropped"),
        pytest.param(seen_at_an_angle, None, id="at an angle"),
    ],
)
def test_the_word_comes_back(
    change: Callable[[Frames], Frames],
    path: str | None,
    marked: Frames,
    coded: tuple[int, ...],
    tile_key: bytes,
    estimator: Estimator,
) -> None:
    words = candidates(change(marked), tile_key, estimator, deep=True)
    found = next((word.path for word in words if word.info == coded[: V2.info_bits]), None)
    assert found is not None
    assert path in {None, found}


def test_what_is_found_lies_straight_and_knows_where(marked: Frames, estimator: Estimator) -> None:
    straight = next(seek(turned(marked, 25), estimator))
    folded = fold(straight.pattern)
    likeness = (folded * pilot(folded.device)).mean() / folded.square().mean().sqrt()
    assert likeness > 0.6
    height, width = straight.pattern.shape
    middle = straight.homography @ [width / 2, height / 2, 1]
    assert middle[:2] / middle[2] == pytest.approx([0.5, 0.5], abs=0.1)


def test_a_view_keeps_the_aspect(marked: Frames, estimator: Estimator) -> None:
    view = View(marked, 10_000.0, estimator)
    assert view.shape == view.pattern.shape == (115, 87)
