import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from countenance.adapters.images.pillow import build
from countenance.errors import UnsupportedMediaError

XMP = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/><?xpacket end="r"?>'
PIXELS = np.random.default_rng(2).integers(0, 255, (20, 32, 3), dtype=np.uint8)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def encoded(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png"])
def test_keeps_profile_and_density_and_writes_one_xmp_packet(kind: str) -> None:
    codec = build()
    name = {"image/jpeg": "JPEG", "image/png": "PNG"}[kind]
    picture = codec.decode(encoded(name, icc_profile=PROFILE, dpi=(300, 300)), kind)
    again = codec.encode(picture, kind, xmp=XMP)
    with Image.open(io.BytesIO(again)) as stored:
        assert stored.info["icc_profile"] == PROFILE
        assert round(stored.info["dpi"][0]) == 300
        assert again.count(b"W5M0MpCehiHzreSzNTczkc9d") == 1


def test_png_pixels_come_back_bit_for_bit() -> None:
    codec = build()
    picture = codec.decode(encoded("PNG"), "image/png")
    assert picture.pixels.shape == (1, 3, 20, 32)
    assert torch.equal((picture.pixels * 255).round().byte()[0].permute(1, 2, 0), torch.from_numpy(PIXELS))
    again = codec.decode(codec.encode(picture, "image/png", xmp=XMP), "image/png")
    assert torch.equal(again.pixels, picture.pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_and_every_other_tag_dropped(orientation: int) -> None:
    codec = build()
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "a name that must not travel"
    data = encoded("JPEG", exif=exif, quality=95)
    picture = codec.decode(data, "image/jpeg")
    assert picture.pixels.shape[-2:] == ((20, 32) if orientation <= 4 else (32, 20))
    again = codec.encode(picture, "image/jpeg", xmp=XMP)
    assert b"must not travel" not in again
    with Image.open(io.BytesIO(again)) as stored:
        assert stored.getexif().get(0x0112, 1) == 1


def test_a_damaged_picture_is_one_plain_line() -> None:
    data = bytearray(encoded("PNG"))
    data[60:80] = bytes(20)
    with pytest.raises(UnsupportedMediaError, match="damaged"):
        build().decode(bytes(data), "image/png")
