import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from countenance.adapters.images.vips import build
from countenance.errors import UnsupportedMediaError
from countenance.media.ports import Picture

XMP = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/><?xpacket end="r"?>'
PIXELS = np.random.default_rng(2).integers(0, 255, (20, 32, 3), dtype=np.uint8)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def encoded(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, kind, **options)
    return out.getvalue()


KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/tiff"])
def test_keeps_profile_and_density_and_writes_one_xmp_packet(kind: str) -> None:
    codec = build()
    name = KINDS[kind]
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


@pytest.mark.parametrize(("kind", "bits"), [("image/png", 16), ("image/tiff", 16), ("image/png", 8), ("image/tiff", 8)])
def test_samples_and_opacity_come_back_bit_for_bit(kind: str, bits: int) -> None:
    levels = 2**bits - 1
    drawn = torch.randint(0, levels + 1, (1, 4, 20, 32), generator=torch.Generator().manual_seed(3)) / levels
    picture = Picture(pixels=drawn[:, :3], alpha=drawn[:, 3:], bits=bits)
    again = build().decode(build().encode(picture, kind, xmp=XMP), kind)
    assert again.bits == bits
    assert torch.equal(again.pixels, picture.pixels)
    assert torch.equal(again.alpha, picture.alpha)


@pytest.mark.parametrize("kind", KINDS)
def test_the_profile_stays(kind: str) -> None:
    picture = build().decode(encoded(KINDS[kind], icc_profile=PROFILE), kind)
    assert build().decode(build().encode(picture, kind, xmp=XMP), kind).icc_profile == PROFILE


def test_opacity_of_one_needs_no_place_in_a_jpeg() -> None:
    picture = Picture(pixels=torch.full((1, 3, 20, 32), 0.5), alpha=torch.ones(1, 1, 20, 32))
    assert build().decode(build().encode(picture, "image/jpeg", xmp=XMP), "image/jpeg").alpha is None
    with pytest.raises(UnsupportedMediaError, match="transparent"):
        build().encode(replace(picture, alpha=picture.alpha * 0.5), "image/jpeg", xmp=XMP)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_with_the_metadata_is_not_shouted_about(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    build().decode(encoded(KINDS[kind], icc_profile=b"no profile at all" * 20), kind)
    assert capfd.readouterr().err == ""
