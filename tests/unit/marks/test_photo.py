"""Marking and reading back, on a codec that is a few lines: it writes the bits into the blue of the first row."""

import io

import pytest
import torch
from PIL import Image

from countenance.adapters.fingerprints.iscc import build as iscc
from countenance.adapters.fingerprints.phash import build as phash
from countenance.adapters.images.vips import build as vips
from countenance.core.digest import of_file
from countenance.core.payload import V1, V2
from countenance.errors import MarkUnreadableError
from countenance.marks import grid
from countenance.marks.photo import draw_mark, mark_photo, pixels_digest
from countenance.marks.ports import Candidate
from countenance.media.ports import Picture
from countenance.testing.fixed_clock import SeededIds

INFO_BITS, CODED = 65, tuple(n % 3 % 2 for n in range(100))
WIDTH, HEIGHT = 128, 96


class RowCodec:
    """`WatermarkCodec` that a PNG keeps and a strong JPEG loses."""

    name = "row"
    version = "1"
    algorithm = "org.countenance.mark.row"
    weights = {}  # noqa: RUF012
    payload = V1

    def written(self, info):
        return None

    def __init__(self, *, decoys=0, offset=0):
        self.decoys, self.offset, self.seen = decoys, offset, []

    def embed(self, pixels, coded, tile_key, *, seed, levels=255):
        self.seen.append((tile_key, seed))
        out = pixels.clone()
        out[0, 2, 0, : len(coded)] = torch.tensor(coded, dtype=torch.float32)
        return out

    def candidates(self, pixels, tile_key, *, deep):
        self.seen.append((tile_key, deep))
        for number in range(self.decoys):
            yield Candidate(info=(number % 2,) * INFO_BITS, certainty_permille=970, path="decoy")
        row = pixels[0, 2, 0, self.offset : self.offset + INFO_BITS]
        yield Candidate(info=tuple(int(value > 0.5) for value in row), certainty_permille=1000, path="direct")


@pytest.fixture
def picture():
    noise = torch.rand(1, 3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(1))
    return Picture(pixels=(noise * 255).round() / 255, icc_profile=None, dpi=None)


def mark(picture, codec, media_type="image/png"):
    return mark_photo(
        picture,
        "0123456ab",
        CODED,
        media_type,
        b"<x:xmpmeta/>",
        images=vips(),
        codec=codec,
        fingerprinters=(phash(), iscc()),
        tile_key=b"k" * 32,
        seed=5,
    )


@pytest.mark.parametrize("decoys", [0, 3])
def test_the_same_word_is_read_back_from_the_file(picture, decoys):
    codec = RowCodec(decoys=decoys)
    marked = mark(picture, codec)
    assert codec.seen == [(b"k" * 32, 5), (b"k" * 32, False)]
    again = vips().decode(marked.data, "image/png").pixels
    assert torch.equal(again[..., 1:, :], picture.pixels[..., 1:, :])
    assert marked.pixels_digest == pixels_digest(again) != pixels_digest(picture.pixels)


def test_the_soft_bindings_are_of_the_encoded_picture(picture):
    marked = mark(picture, RowCodec())
    watermark, fingerprint, code, cells = marked.bindings
    assert (watermark.scope, watermark.algorithm, watermark.value) == ("watermark", RowCodec.algorithm, "0123456ab")
    assert (fingerprint.scope, fingerprint.algorithm) == ("fingerprint", phash().algorithm)
    again = vips().decode(marked.data, "image/png").pixels
    assert fingerprint.value == phash().fingerprint(again)
    assert (code.scope, code.algorithm, code.value) == ("fingerprint", "io.iscc.v0", iscc().fingerprint(again))
    assert (cells.scope, cells.algorithm, cells.value) == ("fingerprint", grid.ALGORITHM, grid.grid_print(again))
    assert torch.equal(marked.pixels, again)


def test_a_mark_that_the_file_lost_lets_nothing_out(picture):
    with pytest.raises(MarkUnreadableError, match="cannot be read back") as refused:
        mark(picture, RowCodec(offset=1))
    assert refused.value.hint == "nothing was let out"
    assert refused.value.exit_code == 8


def test_decoys_alone_are_no_mark(picture):
    class Blind(RowCodec):
        def candidates(self, pixels, tile_key, *, deep):
            yield from ()

    for codec in (Blind(), RowCodec(decoys=4, offset=2)):
        with pytest.raises(MarkUnreadableError):
            mark(picture, codec)


def test_an_empty_word_is_no_mark(picture):
    class Liar(RowCodec):
        def candidates(self, pixels, tile_key, *, deep):
            yield Candidate(info=(), certainty_permille=1000, path="direct")

    with pytest.raises(MarkUnreadableError):
        mark(picture, Liar())


def test_profile_and_metadata_stay(picture):
    with Image.open(io.BytesIO(mark(picture, RowCodec()).data)) as stored:
        assert stored.size == (WIDTH, HEIGHT)
        assert "<x:xmpmeta/>" in str(stored.info)


@pytest.mark.parametrize(("version", "digits"), [(V1, 9), (V2, 12)])
def test_a_mark_id_has_its_version_s_digits_and_is_fresh(version, digits):
    ids = SeededIds()
    drawn = [draw_mark(ids, lambda _: True, version) for _ in range(200)]
    assert len(set(drawn)) == 200
    assert all(len(one) == digits and int(one, 16) < 1 << version.id_bits for one in drawn)


def test_a_taken_id_is_drawn_again():
    expected = [draw_mark(SeededIds(1), lambda _: True, V2)]
    taken = []

    def reserve(drawn):
        taken.append(drawn)
        return len(taken) == 3

    drawn = draw_mark(SeededIds(1), reserve, V2)
    assert taken[0] == expected[0]
    assert drawn == taken[2]
    assert len(set(taken)) == 3


def test_a_full_register_is_said():
    tried = []
    with pytest.raises(MarkUnreadableError, match="no free mark id"):
        draw_mark(SeededIds(), lambda drawn: tried.append(drawn) and False, V2)
    assert len(set(tried)) == len(tried) == 16


def test_pixels_have_one_digest_whatever_holds_them(picture):
    pixels = picture.pixels
    assert pixels_digest(pixels) == pixels_digest(pixels.clone().flip(-1).flip(-1))
    assert pixels_digest(pixels) == pixels_digest(pixels.transpose(-1, -2).contiguous().transpose(-1, -2))
    other = pixels.clone()
    other[0, 0, 0, 0] = (other[0, 0, 0, 0] * 255 + 1) % 256 / 255
    assert pixels_digest(other) != pixels_digest(pixels)
    assert pixels_digest(pixels.reshape(1, 3, WIDTH, HEIGHT)) != pixels_digest(pixels)
    assert pixels_digest(pixels) != of_file((pixels * 255).round().byte().numpy().tobytes())
