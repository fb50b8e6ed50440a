from dataclasses import replace

import torch

from countenance.edit.ports import Donor
from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER
from countenance.edit.warp.mouth.light import linear, luma
from countenance.edit.warp.mouth.paint import paint_mouth
from countenance.edit.warp.propose import propose_warp

SMILE = {"AU12": 600, "AU6": 300, "AU25": 500}


def test_a_zero_plan_paints_nothing(make_scene, closed, opened) -> None:
    for pixels, reading in (closed, opened):
        scene = make_scene(pixels, reading, {})
        assert paint_mouth(scene, scene.picture) == ()


def test_closed_lips_that_stay_closed_are_left_to_the_skin(make_scene, closed) -> None:
    scene = make_scene(*closed, {"AU12": 500})
    assert paint_mouth(scene, scene.picture) == ()


def test_an_opened_mouth_shows_teeth_brighter_than_its_lips_were_dark(make_scene, closed, laid) -> None:
    scene = make_scene(*closed, SMILE)
    picture, where = laid(scene, paint_mouth(scene, scene.picture))
    points = scene.landmarks[:468, :2] + scene.moved_px
    x, y = (points[13] * 0.5 + points[14] * 0.5).long().tolist()
    around = linear(picture[:, y - 2 : y + 3, x - 6 : x + 7])
    assert where[y, x]
    assert float(luma(around).max()) > 0.2
    assert float(luma(around).max()) < 0.85


def test_the_same_scene_gives_the_same_bits(make_scene, closed) -> None:
    first, second = (paint_mouth(s, s.picture)[0] for s in (make_scene(*closed, SMILE), make_scene(*closed, SMILE)))
    assert torch.equal(first.pixels, second.pixels)
    assert torch.equal(first.alpha, second.alpha)


def test_a_patch_keeps_to_the_lips(make_scene, closed, laid) -> None:
    scene = make_scene(*closed, SMILE)
    _, where = laid(scene, paint_mouth(scene, scene.picture))
    points = torch.cat([scene.landmarks[:468, :2], scene.landmarks[:468, :2] + scene.moved_px])
    lips = points[[*LIPS_UPPER, *LIPS_LOWER, 61, 291, 0, 17]]
    y, x = where.nonzero(as_tuple=True)
    margin = 0.16 * scene.eye_distance_px
    assert float(x.min()) > float(lips[:, 0].min()) - margin
    assert float(x.max()) < float(lips[:, 0].max()) + margin
    assert float(y.min()) > float(points[0, 1]) - 0.3 * scene.eye_distance_px


def test_upper_teeth_stay_when_the_jaw_drops(make_scene, opened, laid) -> None:
    scene = make_scene(*opened, {"AU26": 600})
    picture, where = laid(scene, paint_mouth(scene, scene.picture))
    upper, lower = scene.landmarks[13, :2], scene.landmarks[14, :2]
    x, y = (upper * 0.6 + lower * 0.4).long().tolist()
    area = (slice(None), slice(y - 1, y + 2), slice(x - 10, x + 11))
    assert where[y, x]
    assert float((picture[area] - scene.picture[area]).abs().mean()) < 0.05


def test_a_mouth_that_closes_shows_no_opening(make_scene, opened, laid, closed) -> None:
    scene = make_scene(*opened, {"AU25": -1000, "AU26": -600})
    picture, _ = laid(scene, paint_mouth(scene, scene.picture))
    points = scene.landmarks[:468, :2] + scene.moved_px
    x, y = (points[13] * 0.5 + points[14] * 0.5).long().tolist()
    teeth = linear(scene.picture[:, y - 12 : y + 13, x - 8 : x + 9])
    now = linear(picture[:, y - 3 : y + 4, x - 8 : x + 9])
    assert float(luma(now).max()) < float(luma(teeth).max()) * 1.02
    grey = now.amin(0) / now.amax(0).clamp_min(1e-3)
    assert float(grey.median()) < 0.75


def test_a_donor_lends_its_teeth_within_the_opening_only(make_scene, closed, opened, laid) -> None:
    marked = opened[0].clone()
    donor = Donor(pixels=marked, reading=opened[1])
    own, lent = make_scene(*closed, SMILE), make_scene(*closed, SMILE, donor)
    (without,), (with_donor,) = paint_mouth(own, own.picture), paint_mouth(lent, lent.picture)
    assert torch.equal(without.alpha, with_donor.alpha)
    differs = (without.pixels != with_donor.pixels).any(0)
    assert differs.any()
    points = own.landmarks[:468, :2] + own.moved_px
    x0, y0, _, _ = without.box
    y, x = differs.nonzero(as_tuple=True)
    rim = 0.03 * own.eye_distance_px
    inner = points[[*LIPS_UPPER, *LIPS_LOWER]]
    assert float(y.min()) + y0 > float(inner[:, 1].min()) - rim
    assert float(y.max()) + y0 < float(inner[:, 1].max()) + rim
    assert float(x.min()) + x0 > float(inner[:, 0].min()) - rim


def test_a_donor_with_a_closed_mouth_lends_nothing(make_scene, closed) -> None:
    own = make_scene(*closed, SMILE)
    lent = make_scene(*closed, SMILE, Donor(pixels=closed[0], reading=closed[1]))
    assert torch.equal(paint_mouth(own, own.picture)[0].pixels, paint_mouth(lent, lent.picture)[0].pixels)


def test_a_mirror_shows_the_mirrored_mouth(engine, make_scene, closed, mirrored) -> None:
    pixels, reading = closed
    flipped = pixels.flip(-1)
    swapped = mirrored(reading, pixels.shape[-1])
    plan, other = {**SMILE, "AU12L": 200}, {**SMILE, "AU12R": 200}
    scene, mirror = make_scene(pixels, reading, plan), make_scene(flipped, swapped, other)
    here = propose_warp(pixels, reading, scene.pose, plan, engine.basis).pixels
    there = propose_warp(flipped, swapped, mirror.pose, other, engine.basis).pixels.flip(-1)
    x0, y0, x1, y1 = paint_mouth(scene, scene.picture)[0].box
    difference = (here - there)[..., y0:y1, x0:x1].abs()
    assert float(difference.mean()) < 0.012


def test_a_face_outside_the_picture_has_no_mouth_to_paint(make_scene, closed) -> None:
    pixels, reading = closed
    away = replace(reading, landmarks=reading.landmarks + torch.tensor([10_000.0, 0.0, 0.0]))
    scene = make_scene(pixels, away, SMILE)
    assert paint_mouth(scene, scene.picture) == ()
