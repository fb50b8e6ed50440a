import io

import numpy as np
import pytest
from PIL import Image

from countenance.errors import TooLargeError, UnsupportedMediaError
from countenance.request.sniff import sniff
from countenance.settings import Settings
from countenance.wiring.colours import to_look_at

SETTINGS = Settings.load({"home": "/nonexistent"})
RAMP = Image.fromarray(np.tile(np.arange(64, dtype=np.uint8)[None] * 4, (64, 1)))


def file_of(mode, form):
    out = io.BytesIO()
    RAMP.convert(mode).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("P", "PNG"),
        ("L", "PNG"),
        ("LA", "PNG"),
        ("1", "PNG"),
        ("L", "TIFF"),
        ("CMYK", "TIFF"),
    ],
)
def test_other_colours_are_made_rgb(mode, form):
    data = file_of(mode, form)
    with pytest.raises(UnsupportedMediaError):
        sniff(data, max_pixels=10**6)
    seen, changed = to_look_at(data, SETTINGS)
    assert changed
    assert sniff(seen, max_pixels=10**6).media_type == "image/png"
    with Image.open(io.BytesIO(seen)) as shown:
        left, right = shown.convert("RGB").getpixel((2, 32)), shown.convert("RGB").getpixel((61, 32))
    assert max(left) < 60
    assert min(right) > 200


def test_rgb_stays_as_it_is():
    data = file_of("RGB", "PNG")
    assert to_look_at(data, SETTINGS) == (data, False)


def test_what_is_damaged_or_no_picture_is_refused():
    whole = file_of("L", "JPEG")
    for data in (whole[: len(whole) // 2], b"", b"GIF89a", file_of("RGB", "PNG")[:-20]):
        with pytest.raises(UnsupportedMediaError):
            to_look_at(data, SETTINGS)


def test_a_large_one_is_not_decoded():
    with pytest.raises(TooLargeError):
        to_look_at(file_of("P", "PNG"), SETTINGS.model_copy(update={"max_pixels": 100}))
