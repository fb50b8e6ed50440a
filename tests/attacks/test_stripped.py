"""The manifest is taken out of the file."""

import io

from PIL import Image

from countenance.adapters.manifests.parents import without_manifest


def test_cut_out_of_jpeg(studio, sealed):
    bare = without_manifest(sealed.data, "image/jpeg")
    assert len(sealed.data) - len(bare) > len(sealed.manifest)
    assert studio.reader.read(bare, "image/jpeg", studio.trust) is None
    Image.open(io.BytesIO(bare)).load()


def test_cut_out_of_png(studio):
    sealed = studio.seal(media_type="image/png")
    bare = without_manifest(sealed.data, "image/png")
    assert studio.reader.read(bare, "image/png", studio.trust) is None
    Image.open(io.BytesIO(bare)).load()


def test_saved_again(studio, sealed):
    out = io.BytesIO()
    Image.open(io.BytesIO(sealed.data)).save(out, "JPEG", quality=70)
    assert studio.reader.read(out.getvalue(), "image/jpeg", studio.trust) is None
