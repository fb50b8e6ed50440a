from dataclasses import replace

import torch

from countenance.edit.face.pose import canonical_shape, estimate_pose
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.propose import on_picture
from countenance.edit.warp.skin import Motion, field_digest, lay_skin, skin_of


def _skin(sitter, engine, plan):
    basis, points = engine.basis, sitter.reading.landmarks
    pose = estimate_pose(points, basis.mean, basis.stable)
    person = canonical_shape(points, pose)
    moved = displacement(plan, basis, person)
    motion = Motion(person=person, moved=moved, moved_px=on_picture(moved, pose))
    return skin_of(sitter.pixels[0], sitter.reading, motion, plan, basis)


def _laid(sitter, skin, picture=None):
    picture = sitter.pixels[0] if picture is None else picture
    out, touched = picture.clone(), torch.zeros_like(sitter.reading.head)
    lay_skin(out, touched, picture, skin, sitter.reading.head)
    return out, touched


def test_no_plan_makes_no_skin(sitter, engine) -> None:
    assert _skin(sitter, engine, {}) is None
    assert _skin(sitter, engine, {"AU12": 0}) is None


def test_nothing_changes_outside_the_head(sitter, engine) -> None:
    out, touched = _laid(sitter, _skin(sitter, engine, {"AU12": 800, "AU4": 800, "AU1": 500}))
    same = (out == sitter.pixels[0]).all(0)
    assert same[~sitter.reading.head].all()
    assert same[~touched].all()
    assert (~same).sum() > 1000


def test_the_same_plan_in_another_order_gives_the_same_bits(sitter, engine) -> None:
    first = _skin(sitter, engine, {"AU12": 400, "AU4": 300})
    second = _skin(sitter, engine, {"AU4": 300, "AU12": 400})
    assert field_digest(first.field) == field_digest(second.field)
    assert torch.equal(_laid(sitter, first)[0], _laid(sitter, second)[0])
    assert field_digest(_skin(sitter, engine, {"AU12": 401, "AU4": 300}).field) != field_digest(first.field)


def test_bands_leave_no_seam(sitter, engine, monkeypatch) -> None:
    skin = _skin(sitter, engine, {"AU12": 600, "AU1": 400})
    whole, _ = _laid(sitter, skin)
    monkeypatch.setattr("countenance.edit.warp.sample.BAND_PX", 4000)
    parts, _ = _laid(sitter, skin)
    assert (whole - parts).abs().max() < 1e-3


def test_a_smile_keeps_the_sharpness_of_the_cheek(sitter, engine) -> None:
    out, _ = _laid(sitter, _skin(sitter, engine, {"AU12": 500}))
    x, y = (int(v) for v in sitter.reading.landmarks[205, :2])
    size = int(0.25 * sitter.reading.eye_distance_px)
    grain = [
        p[:, y - size : y + size, x - size : x + size].diff(n=2, dim=1).abs().mean() for p in (out, sitter.pixels[0])
    ]
    assert 0.85 < float(grain[0] / grain[1]) < 1.15


def test_a_blank_picture_gets_no_folds_of_its_own(sitter, engine) -> None:
    blank = replace(sitter, pixels=torch.full_like(sitter.pixels, 0.5))
    with_lines = _skin(sitter, engine, {"AU12": -800}).factor
    without = _skin(blank, engine, {"AU12": -800}).factor
    assert torch.isfinite(without).all()
    assert (with_lines - 1).abs().max() > (without - 1).abs().max()
