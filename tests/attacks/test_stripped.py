"""The manifest is taken out of the file."""

import io

import pytest
from agency import EXAMPLES
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


@pytest.mark.slow
@pytest.mark.parametrize(("against", "code", "result"), [("portrait.jpg", 0, "holds"), ("portrait-2.jpg", 4, "fails")])
def test_the_original_of_a_stripped_file_is_asked_for(shared_agency, tmp_path, against, code, result):
    bare = without_manifest((shared_agency.folder / "published.jpg").read_bytes(), "image/jpeg")
    (tmp_path / "bare.jpg").write_bytes(bare)
    answer = shared_agency.run("verify", tmp_path / "bare.jpg", "--against", EXAMPLES / against)
    found = {finding["check"]: finding["result"] for finding in answer.json["findings"]}
    assert (answer.code, found["manifest"], found["source"]) == (code, "absent", result)
    assert answer.json["verdict"] == ("recovered" if code == 0 else "invalid")
