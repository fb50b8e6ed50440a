import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from countenance.adapters.manifests import parents
from countenance.adapters.manifests.c2pa import build_sealer
from countenance.core.digest import of_file
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


def parent(data, media_type=JPEG):
    return parents.prepare(data, media_type, labels.PARENT, "parentOf")


def test_a_picture_without_a_manifest_goes_as_it_is(studio):
    prepared = parent(studio.source)
    assert (prepared.data, prepared.media_type, prepared.left_out) == (studio.source, JPEG, None)
    assert prepared.entry["label"] == labels.PARENT
    assert prepared.entry["relationship"] == "parentOf"


def test_the_ids_of_a_parent_are_fresh(studio):
    assert len({parent(studio.source).entry["instance_id"] for _ in range(3)}) == 3


@pytest.mark.parametrize("media_type", [JPEG, PNG])
def test_a_manifest_that_holds_goes_along(studio, sealed, sealed_png, media_type):
    data = {JPEG: sealed, PNG: sealed_png}[media_type].data
    said, (prepared,) = parents.prepare_all(studio.draft.definition, (data, media_type), None)
    assert prepared.data == data
    assert said == studio.draft.definition


@pytest.mark.parametrize("media_type", [JPEG, PNG])
def test_a_manifest_that_does_not_hold_is_left_out_and_told(studio, sealed, sealed_png, media_type):
    data = {JPEG: broken(sealed.data, b"\xff\xda"), PNG: broken(sealed_png.data, b"IDAT")}[media_type]
    before = studio.draft.definition
    said, (prepared,) = parents.prepare_all(before, (data, media_type), None)
    assert b"jumb" in data
    assert b"jumb" not in prepared.data
    opened = said["assertions"][0]["data"]["actions"][0]
    assert opened["parameters"].pop(labels.PARENT_MANIFEST) == "left out: it does not hold"
    assert said == before == studio.draft.definition, "the definition given is left alone"


def test_a_manifest_that_cannot_be_read_is_left_out_and_told(sealed):
    start = sealed.data.index(b"c2pa.claim.v2") + 40
    prepared = parent(sealed.data[:start] + b"\xff" * 64 + sealed.data[start + 64 :])
    assert prepared.left_out == "it cannot be read"
    assert b"jumb" not in prepared.data


@pytest.mark.parametrize(("label", "which"), [(labels.PARENT, "original"), (labels.REFERENCE, "reference")])
def test_a_file_that_ends_inside_its_manifest_is_not_let_in(sealed, label, which):
    cut = sealed.data[: len(sealed.manifest) // 2]
    with pytest.raises(
        SealError, match=f"the {which}'s manifest cannot be taken out, and it cannot be read"
    ) as refused:
        parents.prepare(cut, JPEG, label, "parentOf")
    assert refused.value.hint == f"save the {which} again first"


def test_a_component_comes_second_and_its_action_tells_of_it(studio, sealed):
    draft = borrowing(studio)
    said, added = parents.prepare_all(draft.definition, (studio.source, JPEG), (broken(sealed.data, b"\xff\xda"), JPEG))
    assert [one.entry["relationship"] for one in added] == ["parentOf", "componentOf"]
    opened, placed, *_ = said["assertions"][0]["data"]["actions"]
    assert labels.PARENT_MANIFEST not in opened["parameters"]
    assert placed["parameters"][labels.PARENT_MANIFEST] == "left out: it does not hold"


def test_a_component_that_nobody_placed_or_none_that_was(studio):
    picture = (studio.source, JPEG)
    for draft, component in ((studio.draft, picture), (borrowing(studio), None)):
        with pytest.raises(SealError, match="do not agree"):
            parents.prepare_all(draft.definition, picture, component)


def borrowing(studio):
    recipe = studio.recipe.model_copy(update={"reference_digest": of_file(b"reference")})
    return dataclasses.replace(studio, recipe=recipe).draft


def test_a_component_is_signed_by_the_operator_too(studio, sealed):
    sealer = build_sealer(studio.claim, studio.operator)
    done = sealer.seal(
        studio.encoded(), JPEG, borrowing(studio),
        parent=studio.source, parent_type=JPEG, component=(sealed.data, JPEG),
    )  # fmt: skip
    reading = studio.read(done.data)
    assert reading.failures == reading.ingredient_failures == ()
    assert not reading.thumbnails
    assert reading.parent_labelled
    assert labels.SECOND_INGREDIENT in reading.identity.referenced
    assert [action["action"] for action in reading.actions] == [
        labels.OPENED, labels.PLACED, labels.EDITED, labels.WATERMARKED,
    ]  # fmt: skip


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
