"""A marked picture is saved badly, cropped, flipped or turned: the id comes back. No other picture or key gives one."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file

from countenance.core.payload import V2, encode, open_word
from countenance.marks.spread import estimator as estimators
from countenance.marks.spread.embed import embed
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.extract import candidates
from countenance.media.tensors import Frames

ROOT = Path(__file__).parents[2]
CHECK_KEY, TILE_KEY = b"check key of the attacks", b"tile key of the attacks"
MARK_ID = 0x9ABCDEF01234
Attack = Callable[[Image.Image], Image.Image]


@pytest.fixture(scope="module")
def estimator() -> Estimator:
    torch.set_num_threads(1)  # on a busy machine two threads wait for each other far longer than they work
    return estimators.load(load_file(ROOT / "models" / "mark-estimator" / "mark-estimator-clean.safetensors"))


@pytest.fixture(scope="module")
def original() -> Image.Image:
    return Image.open(ROOT / "examples" / "portrait.jpg").convert("RGB")


@pytest.fixture(scope="module")
def marked(original: Image.Image, estimator: Estimator) -> Image.Image:
    frames = embed(to_frames(original), encode(MARK_ID, CHECK_KEY, V2), TILE_KEY, estimator, seed=11)
    return Image.fromarray((frames[0] * 255).round().byte().permute(1, 2, 0).numpy())


def to_frames(picture: Image.Image) -> Frames:
    return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1)[None].float() / 255


def read(picture: Image.Image, estimator: Estimator, tile_key: bytes = TILE_KEY) -> int | None:
    words = candidates(to_frames(picture), tile_key, estimator, deep=True)
    opened = (open_word(word.info, CHECK_KEY, V2) for word in words)
    return next((mark_id for mark_id in opened if mark_id is not None), None)


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(stream)


def half(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BICUBIC)


def cropped(picture: Image.Image, share: float) -> Image.Image:
    width, height = round(picture.width * share**0.5), round(picture.height * share**0.5)
    return picture.crop((150, 90, 150 + width, 90 + height))


def at_an_angle(picture: Image.Image) -> Image.Image:
    """The upper edge is 12 % shorter than the lower one, and a little askew."""
    wide, high = picture.size
    corners = (-0.06 * wide, -0.01 * high, 0.02 * wide, high, 0.99 * wide, 0.98 * high, 1.07 * wide, 0.03 * high)
    return picture.transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(lambda p: p, id="untouched"),
        pytest.param(lambda p: jpeg(half(p), 70), id="half size, JPEG 70"),
        pytest.param(lambda p: jpeg(p, 50), id="JPEG 50"),
        pytest.param(lambda p: cropped(p, 0.5), id="half cropped away"),
        pytest.param(lambda p: jpeg(cropped(p, 0.3), 70), id="cropped to 30 %, JPEG 70"),
        pytest.param(ImageOps.mirror, id="mirrored"),
        pytest.param(lambda p: p.rotate(5, Image.Resampling.BICUBIC), id="turned by 5 degrees"),
        pytest.param(lambda p: p.resize((1485, 1350), Image.Resampling.BICUBIC), id="stretched by a tenth"),
        pytest.param(lambda p: cropped(p, 0.12), id="cropped to 12 %"),
        pytest.param(lambda p: jpeg(p.rotate(67, Image.Resampling.BICUBIC), 70), id="turned by 67 degrees, JPEG 70"),
        pytest.param(lambda p: cropped(p, 0.5).resize((500, 430), Image.Resampling.BICUBIC), id="cropped, stretched"),
        pytest.param(at_an_angle, id="seen at an angle"),
        pytest.param(lambda p: jpeg(p, 15), id="JPEG 15"),
    ],
)
def test_the_id_comes_back(marked: Image.Image, estimator: Estimator, attack: Attack) -> None:
    assert read(attack(marked), estimator) == MARK_ID


def test_an_unmarked_picture_gives_no_id(original: Image.Image, estimator: Estimator) -> None:
    assert read(original, estimator) is None


def test_another_tile_key_gives_no_id(marked: Image.Image, estimator: Estimator) -> None:
    assert read(marked, estimator, b"tile key of someone else") is None
