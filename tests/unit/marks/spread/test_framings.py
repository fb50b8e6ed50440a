import cv2
import numpy as np
import torch
from torch.nn import functional

from countenance.adapters.fingerprints.phash import PerceptualHash
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.framings import framings
from countenance.marks.spread.sight import Sight
from countenance.media.tensors import Frames

PRINTS = PerceptualHash()


def turned(frames: Frames, degrees: float) -> Frames:
    """The picture turned in a larger, grey one."""
    picture = frames[0].permute(1, 2, 0).numpy()
    height, width = picture.shape[:2]
    onto = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    onto[:, 2] += (0.2 * width, 0.2 * height)
    size = (round(1.4 * width), round(1.4 * height))
    out = cv2.warpAffine(picture, onto, size, flags=cv2.INTER_CUBIC, borderValue=(0.5, 0.5, 0.5))
    return torch.from_numpy(np.ascontiguousarray(out)).permute(2, 0, 1)[None].clamp(0, 1)


def in_a_screen(frames: Frames) -> Frames:
    small = functional.interpolate(frames, scale_factor=0.8, mode="bilinear", antialias=True)
    return functional.pad(small, (90, 210, 40, 130), value=0.95)


def test_the_frame_is_found_again(
    marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    height, width = marked.shape[-2:]
    for copy in (turned(marked, 12.0), in_a_screen(marked)):
        shown = framings(Sight(copy, estimator), tile_key, coded, (width / height,))
        wanted = PRINTS.fingerprint(marked)
        bits = [PRINTS.distance(PRINTS.fingerprint(one), wanted) for one in shown]
        assert min(bits) <= 20
        assert PRINTS.distance(PRINTS.fingerprint(copy), wanted) > 40


def test_where_no_mark_is_there_is_no_frame(
    portrait: Frames, marked: Frames, coded: tuple[int, ...], tile_key: bytes, estimator: Estimator
) -> None:
    assert framings(Sight(portrait, estimator), tile_key, coded, (0.75,)) == []
    other = b"tile key of somebody else"
    assert framings(Sight(in_a_screen(marked), estimator), other, coded, (0.75,)) == []
