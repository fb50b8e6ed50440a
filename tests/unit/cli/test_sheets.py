"""Sheets and heat maps, drawn of pictures made here."""

import io

import numpy as np
from PIL import Image

from countenance.cli.heat import draw_heat
from countenance.cli.sheets import draw_sheet, stamp_across
from countenance.verify.against import compare
from countenance.wiring.cells import Cell


def face(value=128, size=(240, 200)):
    return np.full((*size, 3), value, dtype=np.uint8)


def sheet(*cells):
    return draw_sheet(cells, stamp="PREVIEW", title="a title", about="preview, not for use")


def test_every_cell_lies_in_the_sheet_as_the_record_says():
    drawn = sheet(*(Cell(label=f"{n}", units={"AU12": n}, pixels=face(40 * n)) for n in range(1, 6)))
    with Image.open(io.BytesIO(drawn.data)) as page:
        assert page.text["Description"] == "preview, not for use"
        for box, pixels in drawn.cells:
            assert (np.asarray(page.crop(box)) == pixels).all()


def test_cells_of_different_sizes_do_not_overlap():
    drawn = sheet(*(Cell(label="x", units={}, pixels=face(90, size)) for size in ((240, 100), (100, 320), (320, 320))))
    boxes = [box for box, _ in drawn.cells]
    for n, a in enumerate(boxes):
        assert all(a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1] for b in boxes[n + 1 :])


FEATURES = ((60, 90, 140, 150), (180, 90, 260, 150), (110, 220, 210, 270))


def test_eyes_and_mouth_can_be_judged_and_no_face_be_cut_out_clean():
    """Nothing lies over them; around each of them, and between them, words do."""
    before = face(size=(320, 320))
    touched = stamp_across(before, "FOR CONSENT - NOT FOR USE", FEATURES)[..., 0] != 128
    for x0, y0, x1, y1 in FEATURES:
        middle, around = touched[y0 + 16 : y1 - 16, x0 + 24 : x1 - 24], touched[y0 - 30 : y1 + 30, x0 - 30 : x1 + 30]
        assert not middle.any()
        assert around.any()
    for top, left, bottom, right in ((60, 40, 300, 280), (90, 60, 270, 260), (150, 90, 220, 230)):
        assert touched[top:bottom, left:right].mean() > 0.1


def test_a_feature_outside_the_cell_changes_nothing():
    assert (
        stamp_across(face(), "PREVIEW", [(-90, -90, -10, -10), (9, 9, 5, 20)]) == stamp_across(face(), "PREVIEW")
    ).all()


def test_the_stamp_is_everywhere_on_a_face_without_known_features():
    """No square as large as a mouth is left clean."""
    before = face(size=(320, 320))
    touched = (stamp_across(before, "FOR CONSENT - NOT FOR USE") != before).any(-1)
    assert 0.1 < touched.mean() < 0.6
    block = 64
    for top in range(0, 320 - block, 16):
        for left in range(0, 320 - block, 16):
            assert touched[top : top + block, left : left + block].any()


def test_one_stamp_cannot_be_taken_from_another_picture():
    """Two pictures differ in where the words lie and how strong they are, and the same one never does."""
    one, two = stamp_across(face(128), "PREVIEW"), stamp_across(face(129), "PREVIEW")
    assert ((one != 128).any(-1) != (two != 129).any(-1)).mean() > 0.1
    assert (stamp_across(face(128), "PREVIEW") == one).all()
    strengths = np.unique(one[(one > 128).any(-1)])
    assert len(strengths) > 20


def test_a_sheet_of_one_small_cell():
    drawn = sheet(Cell(label="as photographed", units={}, pixels=face(size=(20, 20))))
    with Image.open(io.BytesIO(drawn.data)) as page:
        assert page.width >= 420


def test_the_heat_map_shows_what_changed_and_leaves_the_rest_grey():
    before = np.full((300, 400, 3), 120, dtype=np.float32)
    after = before + 1
    after[100:160, 150:230] += 40
    page = np.asarray(draw_heat(compare(after, before, ((120, 80), (260, 80), (260, 190), (120, 190)), "image/png")))
    assert page.shape[:2] == (396, 400)
    hot = page[130, 190].astype(int)
    assert hot[0] > hot[2] + 60
    assert np.ptp(page[20, 20].astype(int)) == 0
    outline = page[80, 190].astype(int)
    assert outline[2] > outline[0] + 60


def test_a_large_heat_map_is_made_smaller_and_loses_no_lone_pixel():
    before = np.full((3000, 1500, 3), 120, dtype=np.float32)
    after = before.copy()
    after[1001, 701] += 90
    page = np.asarray(draw_heat(compare(after, before, ((0, 0), (9, 0), (9, 9)), "image/png")))
    assert max(page.shape[:2]) <= 1000 + 96
    assert np.ptp(page[333, 233].astype(int)) > 60
