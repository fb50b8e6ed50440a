import numpy as np
import pytest
import torch

from countenance.core.records.asset import FaceBox
from countenance.core.records.decision import Permit
from countenance.errors import InputError
from countenance.marks.label.draw import LEAST_SHARE, TEXTS, label_photo, plate_of
from countenance.media.ports import Picture
from countenance.testing.worlds import AT, a_world, an_id

REGION = ((330, 130), (470, 130), (470, 330), (330, 330))


def permit(labels, box=(320, 120, 480, 340)):
    world = a_world()
    return Permit(
        nonce="0" * 32,
        edit_id=an_id("edit"),
        decision_id=an_id("decision"),
        request_digest=world.request.digest(),
        asset=world.request.asset,
        face=FaceBox(number=0, x0_px=box[0], y0_px=box[1], x1_px=box[2], y1_px=box[3]),
        others=(),
        units={"AU12": 100},
        limits={},
        release_id=an_id("release"),
        issued_at=AT,
        expires_at=AT,
        labels=labels,
    )


def picture(levels=255, shape=(600, 900)):
    grey = torch.full((1, 3, *shape), round(0.5 * levels) / levels)
    return Picture(pixels=grey, bits=8 if levels == 255 else 16)


def ink_rows(plate):
    rows = np.flatnonzero((plate > 0.5).any(1))
    return rows[-1] - rows[0] + 1


@pytest.mark.parametrize("kind", ["eu", "cn"])
@pytest.mark.parametrize("side", [201, 600, 1350, 4000])
def test_letters_are_at_least_a_twentieth_of_the_shorter_side(kind, side):
    plate = plate_of(kind, side)
    assert ink_rows(plate) >= LEAST_SHARE * side
    assert ink_rows(plate) <= 0.085 * side + 4
    columns = (plate > 0.5).any(0)
    letters = 1 + int((np.diff(columns.astype(int)) == 1).sum()) - int(not columns[0])
    assert letters >= {"eu": 9, "cn": 4}[kind]  # each drawn, none as an empty box over its neighbour


def test_the_chinese_glyphs_are_there_and_differ():
    plate = plate_of("cn", 2000) > 0.5
    gaps = np.flatnonzero(~plate.any(0))
    runs = np.split(np.arange(plate.shape[1]), gaps)
    glyphs = [run for run in runs if len(run) > 90]
    assert len(glyphs) >= 2
    assert plate[:, glyphs[-1]].sum() != plate[:, glyphs[-2]].sum()


def test_no_label_is_the_same_picture():
    before = picture()
    done = label_photo(before, permit(None), REGION)
    assert done.labels == ()
    assert done.picture.pixels is before.pixels


@pytest.mark.parametrize("levels", [255, 65535])
def test_two_labels_each_in_a_corner_and_nothing_else_changes(levels):
    before = picture(levels)
    kept = before.pixels.clone()
    done = label_photo(before, permit(("cn", "eu")), REGION)
    assert torch.equal(before.pixels, kept)
    assert [label.text for label in done.labels] == [TEXTS["cn"], TEXTS["eu"]]
    changed = (done.picture.pixels != kept).any(1)[0]
    boxes = torch.zeros_like(changed)
    for label in done.labels:
        x0, y0, x1, y1 = label.box_px
        assert not boxes[y0:y1, x0:x1].any()
        boxes[y0:y1, x0:x1] = True
        assert label.corners()[2] == (x1, y1)
    assert not (changed & ~boxes).any()
    assert not boxes[120:340, 320:480].any()
    whole = done.picture.pixels * levels
    assert torch.allclose(whole, whole.round(), atol=0.02)


def test_a_face_that_fills_the_picture_leaves_no_room():
    with pytest.raises(InputError, match="no corner"):
        label_photo(picture(), permit(("eu",), box=(0, 0, 900, 600)), ())
