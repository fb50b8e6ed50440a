"""Every kind of picture file goes the whole way: what it was before it is after, and its evidence holds."""

import io
from pathlib import Path

import numpy as np
import pytest
import pyvips
from agency import PORTRAIT, Agency, under
from PIL import ImageCms

from countenance.adapters.images.vips import build
from countenance.request.sniff import sniff

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_RED = SRGB.index(b"XYZ ", 128 + SRGB[128:].index(b"rXYZ") + 12)
WIDE = SRGB[: _RED + 8] + (0x8000).to_bytes(4) + SRGB[_RED + 12 :]
"""sRGB with a red further out: it must come out as it went in."""


def source(folder: Path, name: str, *, bits: int = 8, alpha: bool = False) -> Path:
    image = pyvips.Image.new_from_file(str(PORTRAIT)).resize(0.5)
    if bits == 16:
        noise = np.random.default_rng(5).integers(0, 256, (image.height, image.width, 3))
        samples = (image.numpy().astype(np.uint16) * 256 + noise).astype(np.uint16)
        image = pyvips.Image.new_from_array(samples, interpretation="rgb16")
    if alpha:
        image = image.bandjoin(pyvips.Image.xyz(image.width, image.height)[0].cast("uchar"))
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", WIDE)
    path = folder / name
    image.write_to_file(str(path))
    return path


@pytest.mark.parametrize(
    ("name", "out", "bits", "alpha"),
    [
        ("a.png", "b.png", 16, False),
        ("a.tif", "b.tif", 16, False),
        ("a.tif", "b.tiff", 8, True),
        ("a.png", "b.png", 8, True),
        ("a.webp", "b.webp", 8, False),
        ("a.webp", "b.tif", 8, False),
    ],
)
def test_goes_the_whole_way(agency: Agency, tmp_path: Path, name: str, out: str, bits: int, *, alpha: bool) -> None:
    photo, target = source(tmp_path, name, bits=bits, alpha=alpha), tmp_path / out
    agency.ok("title", "add", photo, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    agency.ok("title", "face", photo, "0", "--release", agency.release)
    answer = agency.edit(target, "--smile", "0.4", photo=photo)
    assert answer.code == 0, answer.out + answer.err
    assert agency.ok("verify", target)["verdict"] == "trusted"
    codec = build()
    kind = sniff(photo.read_bytes(), max_pixels=10**8).media_type
    before = codec.decode(photo.read_bytes(), kind)
    after = codec.decode(target.read_bytes(), sniff(target.read_bytes(), max_pixels=10**8).media_type)
    assert after.icc_profile == WIDE
    assert after.bits == bits
    assert (after.alpha is not None) == alpha
    if alpha:
        assert bool((after.alpha == before.alpha).all())
    changed = (after.pixels - before.pixels).abs() * 255
    assert float(changed.max()) > 1
    assert float(changed[..., :40, :40].mean()) < 3
    if bits == 16:
        assert len(np.unique((after.pixels * 65535).round().numpy())) > 3000


def test_what_jpeg_cannot_hold_is_said(agency: Agency, tmp_path: Path) -> None:
    photo = source(tmp_path, "a.png", alpha=True)
    agency.ok("title", "add", photo, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    agency.ok("title", "face", photo, "0", "--release", agency.release)
    answer = agency.edit(tmp_path / "b.jpg", "--smile", "0.4", photo=photo)
    assert answer.code == 7
    assert "transparent" in answer.out + answer.err
    assert not (tmp_path / "b.jpg").exists()


@pytest.mark.parametrize("out", ["b.webp", "b.tif"])
def test_a_byte_changed_in_it_is_found(agency: Agency, tmp_path: Path, out: str) -> None:
    assert agency.edit(tmp_path / out, "--smile", "0.4").code == 0
    data = bytearray((tmp_path / out).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / out).write_bytes(data)
    assert agency.run("verify", tmp_path / out).code == 4


def test_a_second_edit_takes_its_parents_manifest_along(agency: Agency, tmp_path: Path) -> None:
    for first, second in (("a.webp", "b.webp"), ("a.tif", "b.tif")):
        assert agency.edit(tmp_path / first, "--smile", "0.2").code == 0
        agency.ok("title", "add", tmp_path / first, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
        again = under(agency, "generations: 2", photo=tmp_path / first)
        answer = again.edit(tmp_path / second, "--smile", "0.1", photo=tmp_path / first)
        assert answer.code == 0, answer.out + answer.err
        assert agency.ok("verify", tmp_path / second)["verdict"] == "trusted"
    assert io.BytesIO((tmp_path / "b.tif").read_bytes()).read(4) in {b"II*\0", b"MM\0*"}
