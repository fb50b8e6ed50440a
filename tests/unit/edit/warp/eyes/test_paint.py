import pytest
import torch

from countenance.edit.face.pose import canonical_shape, estimate_pose
from countenance.edit.ports import FaceReading
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.eyes.frame import eye_frame
from countenance.edit.warp.eyes.paint import paint_eyes
from countenance.edit.warp.eyes.rims import EYES
from countenance.edit.warp.propose import on_picture, propose_warp
from countenance.edit.warp.scene import Scene


def scene_of(engine, picture, reading: FaceReading, plan) -> Scene:
    basis = engine.basis
    pose = estimate_pose(reading.landmarks, basis.mean, basis.stable)
    person = canonical_shape(reading.landmarks, pose)
    moved = displacement(plan, basis, person)
    return Scene(
        picture=picture,
        landmarks=reading.landmarks,
        person=person,
        moved=moved,
        moved_px=on_picture(moved, pose),
        plan=plan,
        pose=pose,
        basis=basis,
        head=reading.head,
        eye_distance_px=reading.eye_distance_px,
        donor=None,
    )


def edited(engine, sitter, plan):
    pose = estimate_pose(sitter.reading.landmarks, engine.basis.mean, engine.basis.stable)
    return propose_warp(sitter.pixels, sitter.reading, pose, plan, engine.basis).pixels[0]


@pytest.mark.parametrize("plan", [{}, {"AU43": 0, "AU5": 0}, {"AU15": 700}])
def test_lids_that_keep_still_get_no_patch(engine, sitter, plan) -> None:
    scene = scene_of(engine, sitter.pixels[0], sitter.reading, plan)
    assert list(paint_eyes(scene, sitter.pixels[0])) == []


@pytest.mark.parametrize("plan", [{"AU6": 800}, {"AU7": 700}, {"AU6": 600, "AU7": 300, "AU12": 800}])
def test_the_ball_keeps_its_bits_under_lids_that_move(engine, sitter, plan) -> None:
    picture = sitter.pixels[0]
    scene = scene_of(engine, picture, sitter.reading, plan)
    out = edited(engine, sitter, plan)
    for rims in EYES:
        eye = eye_frame(scene, rims)
        x0, y0, x1, y1 = eye.box
        upper, lower = 0.03 * eye.unit, 0.015 * eye.unit
        seen = (eye.under_upper > upper) & (eye.under_upper_before > upper) & (eye.over_lower > lower)
        assert int(seen.sum()) > 30
        still = (eye.under_upper - eye.under_upper_before).abs() < 0.006 * eye.unit
        kept = seen & still
        assert int(kept.sum()) > 0.5 * int(seen.sum())
        assert torch.equal(out[:, y0:y1, x0:x1][:, kept], picture[:, y0:y1, x0:x1][:, kept])


def test_closed_lids_show_no_ball(engine, sitter) -> None:
    scene = scene_of(engine, sitter.pixels[0], sitter.reading, {"AU43": 1000})
    patches = paint_eyes(scene, sitter.pixels[0])
    assert len(patches) == 4
    for ball in patches[1::2]:
        assert float(ball.alpha.max()) == 0
    white = sitter.pixels[0].mean(0)
    out = edited(engine, sitter, {"AU43": 1000}).mean(0)
    for rims in EYES:
        eye = eye_frame(scene, rims)
        x0, y0, x1, y1 = eye.box
        inside = (eye.under_upper_before > 0) & (eye.over_lower_before > 0)
        assert float(out[y0:y1, x0:x1][inside].std()) < float(white[y0:y1, x0:x1][inside].std())


def test_same_input_same_bits(engine, sitter) -> None:
    plan = {"AU43L": 1000, "AU5R": 600}
    assert torch.equal(edited(engine, sitter, plan), edited(engine, sitter, plan))


def test_a_mirrored_scene_gives_mirrored_patches(engine, sitter) -> None:
    plan, other = {"AU43L": 1000, "AU7": 300}, {"AU43R": 1000, "AU7": 300}
    picture = sitter.pixels[0]
    width = picture.shape[2]
    scene = scene_of(engine, picture, sitter.reading, plan)
    points = scene.landmarks.clone()
    points[:, 0] = width - points[:, 0]
    swap = torch.arange(478)
    for name in ("upper", "lower", "fold"):
        right, left = list(getattr(EYES[0], name)), list(getattr(EYES[1], name))[::-1]
        swap[right], swap[left] = torch.tensor(left), torch.tensor(right)
    swap[[468, 473]] = torch.tensor([473, 468])
    moved = scene.moved_px.clone()
    moved[:, 0] *= -1
    mirrored = Scene(
        picture=picture.flip(2),
        landmarks=points[swap],
        person=scene.person,
        moved=scene.moved,
        moved_px=moved[swap[:468]],
        plan=other,
        pose=scene.pose,
        basis=scene.basis,
        head=scene.head.flip(1),
        eye_distance_px=scene.eye_distance_px,
        donor=None,
    )
    one = _over(picture, paint_eyes(scene, picture))
    two = _over(picture.flip(2), paint_eyes(mirrored, picture.flip(2))).flip(2)
    assert float((one - two).abs().mean()) < 0.05 * float((one - picture).abs().mean())


def _over(picture, patches):
    out = picture.clone()
    for patch in patches:
        x0, y0, x1, y1 = patch.box
        out[:, y0:y1, x0:x1] = torch.lerp(out[:, y0:y1, x0:x1], patch.pixels, patch.alpha)
    return out
