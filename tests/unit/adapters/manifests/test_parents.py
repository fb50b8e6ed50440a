import io

import numpy as np
import pytest
from PIL import Image

from countenance.adapters.manifests import parents
from countenance.errors import SealError
from countenance.manifest import labels

JPEG, PNG = "image/jpeg", "image/png"


@pytest.fixture(scope="module")
def sealed_png(studio):
    return studio.seal(media_type=PNG)


def pixels(data):
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


def broken(data, where):
    """One bit of the picture itself, so that the hard binding no longer holds."""
    changed = bytearray(data)
    changed[data.rindex(where) + 40] ^= 1
    return bytes(changed)


def test_a_picture_without_a_manifest_goes_as_it_is(studio):
    definition = studio.draft.definition
    prepared = parents.prepare(studio.source, JPEG, definition)
    assert prepared.data == studio.source
    assert prepared.definition is definition
    assert prepared.ingredient["label"] == labels.PARENT
    assert prepared.ingredient["relationship"] == "parentOf"


def test_the_ids_of_a_parent_are_fresh(studio):
    ids = {parents.prepare(studio.source, JPEG, {}).ingredient["instance_id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("media_type", [JPEG, PNG])
def test_a_manifest_that_holds_goes_along(studio, sealed, sealed_png, media_type):
    data = {JPEG: sealed, PNG: sealed_png}[media_type].data
    prepared = parents.prepare(data, media_type, studio.draft.definition)
    assert prepared.data == data
    assert prepared.definition == studio.draft.definition


@pytest.mark.parametrize("media_type", [JPEG, PNG])
def test_a_manifest_that_does_not_hold_is_left_out_and_told(studio, sealed, sealed_png, media_type):
    data = {JPEG: broken(sealed.data, b"\xff\xda"), PNG: broken(sealed_png.data, b"IDAT")}[media_type]
    before = studio.draft.definition
    prepared = parents.prepare(data, media_type, before)
    assert b"jumb" in data
    assert b"jumb" not in prepared.data
    opened = prepared.definition["assertions"][0]["data"]["actions"][0]
    assert opened["parameters"].pop(labels.PARENT_MANIFEST) == "left out: it does not hold"
    assert prepared.definition == before == studio.draft.definition, "the definition given is left alone"


def test_a_manifest_that_cannot_be_read_is_left_out_and_told(studio, sealed):
    start = sealed.data.index(b"c2pa.claim.v2") + 40
    data = sealed.data[:start] + b"\xff" * 64 + sealed.data[start + 64 :]
    prepared = parents.prepare(data, JPEG, studio.draft.definition)
    said = prepared.definition["assertions"][0]["data"]["actions"][0]["parameters"][labels.PARENT_MANIFEST]
    assert said == "left out: it cannot be read"
    assert b"jumb" not in prepared.data


def test_a_file_that_ends_inside_its_manifest_is_not_let_in(studio, sealed):
    with pytest.raises(SealError, match="cannot be taken out, and it cannot be read") as refused:
        parents.prepare(sealed.data[: len(sealed.manifest) // 2], JPEG, studio.draft.definition)
    assert refused.value.hint


@pytest.mark.parametrize("media_type", [JPEG, PNG])
def test_only_the_manifest_is_taken_out(studio, sealed, sealed_png, media_type):
    data = {JPEG: sealed, PNG: sealed_png}[media_type].data
    bare = parents.without_manifest(data, media_type)
    assert studio.reader.read(bare, media_type, studio.trust) is None
    assert (pixels(bare) == pixels(data)).all()
    assert len(data) - len(bare) >= len(sealed.manifest) // 2
    assert parents.without_manifest(bare, media_type) == bare


@pytest.mark.parametrize("media_type", [JPEG, PNG])
@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xeb\xff\xff", b"x" * 50])
def test_any_bytes(data, media_type):
    assert len(parents.without_manifest(data, media_type)) <= len(data)
