import torch

from countenance.edit.face.pose import canonical_shape, estimate_pose
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.field import make_field
from countenance.edit.warp.head import head_mask
from countenance.edit.warp.propose import on_picture


def _field(sitter, engine, plan):
    basis, points = engine.basis, sitter.reading.landmarks
    pose = estimate_pose(points, basis.mean, basis.stable)
    moved = on_picture(displacement(plan, basis, canonical_shape(points, pose)), pose)
    still = torch.zeros(basis.dense.shape[0])
    reading = sitter.reading
    return make_field(points, moved, still, still, reading.head, reading.eye_distance_px, basis), moved


def test_the_field_leads_back_from_the_moved_mouth_corner(sitter, engine) -> None:
    field, moved = _field(sitter, engine, {"AU12": 500})
    x0, y0 = field.box[:2]
    at = sitter.reading.landmarks[291, :2] + moved[291]
    column, row = int((at[0] - x0) / field.cell_px), int((at[1] - y0) / field.cell_px)
    assert torch.allclose(field.flow[:, row, column], -moved[291], atol=0.7)


def test_nothing_moves_on_the_rim_of_the_head(sitter, engine) -> None:
    field, _ = _field(sitter, engine, {"AU1": 1000, "AU2": 1000, "AU12": 1000})
    x0, y0, x1, y1 = field.box
    rows, columns = (torch.arange(n) * field.cell_px for n in field.flow.shape[1:])
    head = sitter.reading.head[y0:y1, x0:x1]
    outside = ~head[rows.clamp_max(y1 - y0 - 1)][:, columns.clamp_max(x1 - x0 - 1)]
    assert outside.any()
    assert (field.flow[:, outside] == 0).all()
    assert (field.skin[outside] == 0).all()


def test_no_motion_makes_no_field(sitter, engine) -> None:
    assert _field(sitter, engine, {})[0] is None


def test_the_head_holds_the_face_and_not_the_background(sitter, engine) -> None:
    points = sitter.reading.landmarks
    head = head_mask(points, engine.basis, tuple(sitter.pixels.shape[-2:]))
    x, y = points[[1, 13, 14, 159, 386, 468, 473], :2].long().unbind(1)
    assert head[y, x].all()
    assert not head[:5].any()
    assert not head[:, :20].any()
    assert 0.05 < head.float().mean() < 0.4
