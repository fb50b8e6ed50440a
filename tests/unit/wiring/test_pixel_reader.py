"""Reading marks of a key ring from a file, and where they are."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from countenance.core import payload
from countenance.core.layers import layer_key
from countenance.core.payload import V1, V2
from countenance.errors import CountenanceError
from countenance.marks.spread.embed import embed
from countenance.settings import Settings
from countenance.wiring.mark_openers import CheckKey, ReadKey
from countenance.wiring.plugins import load
from countenance.wiring.verify_tools import PixelReader

EXAMPLES = Path(__file__).parents[3] / "examples"
TILE, CHECK, OTHER = b"tile key of the unit tests", b"check key of the unit tests", b"another key of the unit tests"
SIDE = 640
HOLE = (192, 160, 416, 384)
JPEG = "image/jpeg"
OWN = CheckKey(tile_key=TILE, check_key=CHECK, key_id="sha256:" + "0" * 64)
ELSE = CheckKey(tile_key=OTHER, check_key=OTHER, key_id="sha256:" + "1" * 64)
LENT = ReadKey(tile_key=TILE, reading=payload.reading_key(CHECK, V2), key_id="sha256:" + "2" * 64)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings.load({"home": tmp_path_factory.mktemp("none")})


@pytest.fixture(scope="module")
def network(settings):
    return load("watermarks", "spread")(load("models", "pip")(settings.models, settings.model_cache)).network


def picture(name):
    with Image.open(EXAMPLES / name) as found:
        return found.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def frames(image):
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255


def file(pixels, *, hole=False):
    image = Image.fromarray((pixels[0] * 255).round().byte().permute(1, 2, 0).numpy())
    if hole:
        image.paste(picture("portrait-2.jpg").crop(HOLE), HOLE[:2])
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.fixture(scope="module")
def marked(network):
    return embed(frames(picture("portrait.jpg")), payload.encode(4711, CHECK, V2), TILE, network, seed=3)


def hole_of(values):
    """Well inside the hole, and well outside of it."""
    rows, columns = values.shape
    box = [round(side * place / SIDE) for side, place in zip((columns, rows) * 2, HOLE, strict=True)]
    left, top, right, bottom = (box[0] + 2, box[1] + 2, box[2] - 2, box[3] - 2)
    outside = np.ones_like(values, dtype=bool)
    outside[max(0, top - 6) : bottom + 6, max(0, left - 6) : right + 6] = False
    return values[top:bottom, left:right], values[outside]


@pytest.mark.parametrize("key", [OWN, LENT], ids=["own", "lent"])
def test_a_hole_is_shown_after_jpeg(settings, marked, key):
    data = file(marked, hole=True)
    reader = PixelReader(settings, (key,))
    values = reader.presence(data, JPEG)
    inside, outside = hole_of(values)
    assert 0 <= values.min() <= values.max() <= 1
    assert inside.mean() < 0.2
    assert outside.mean() > 0.65
    mark = reader.read(data, JPEG)
    assert (mark.mark_id, mark.whole, mark.checked) == (f"{4711:012x}", True, key.checked)


def test_the_newest_layer_is_the_one_that_is_shown(settings, network, marked):
    newest = embed(marked, payload.encode(4712, CHECK, V2), layer_key(TILE, 1), network, seed=4)
    data = file(newest, hole=True)
    reader = PixelReader(settings, (OWN,))
    assert reader.read(data, JPEG).mark_id == f"{4712:012x}"
    inside, outside = hole_of(reader.presence(data, JPEG))
    assert inside.mean() < 0.25
    assert outside.mean() > 0.6


def test_every_word_that_was_tried_is_counted(settings, marked):
    data = file(marked)
    alone, second = (PixelReader(settings, ring).read(data, JPEG) for ring in ((OWN,), (ELSE, OWN)))
    assert alone.words_tried == 1
    assert (second.retired_key, second.words_tried > 1) == (OWN.key_id, True)


def test_an_unmarked_picture_shows_nothing(settings):
    data = file(frames(picture("portrait-2.jpg")))
    reader = PixelReader(settings, (OWN, LENT))
    assert (reader.read(data, JPEG), reader.presence(data, JPEG)) == (None, None)


def test_version_1_is_read_and_not_drawn(settings, network):
    old = embed(frames(picture("portrait.jpg")), payload.encode(4711, CHECK, V1), TILE, network, seed=3)
    reader, data = PixelReader(settings, (OWN,)), file(old)
    assert reader.read(data, JPEG).mark_id == f"{4711:09x}"
    with pytest.raises(CountenanceError, match="coded bits"):
        reader.presence(data, JPEG)
