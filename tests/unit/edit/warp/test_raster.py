import torch

from countenance.edit.warp.raster import rasterise

SQUARE = torch.tensor([[0.0, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 20.0]])
TWO = torch.tensor([[0, 1, 2], [0, 2, 3]])


def test_values_are_interpolated_at_pixel_centres() -> None:
    values, covered = rasterise(SQUARE, torch.zeros(4), TWO, SQUARE, (20, 20))
    assert covered.all()
    x = torch.arange(20) + 0.5
    assert torch.allclose(values[0], x.expand(20, 20), atol=1e-4)
    assert torch.allclose(values[1], x[:, None].expand(20, 20), atol=1e-4)


def test_the_nearest_triangle_wins_whatever_the_order() -> None:
    points = torch.cat([SQUARE, SQUARE])
    depth = torch.tensor([5.0] * 4 + [1.0] * 4)
    triangles = torch.cat([TWO, TWO + 4])
    values = torch.tensor([[0.0]] * 4 + [[1.0]] * 4)
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        out, _ = rasterise(points, depth, triangles[order], values, (20, 20))
        assert torch.allclose(out, torch.ones_like(out), atol=1e-5)


def test_what_lies_outside_is_cut_off() -> None:
    values, covered = rasterise(SQUARE - 15, torch.zeros(4), TWO, SQUARE, (20, 20))
    assert covered.sum() == 25
    assert (values[:, ~covered] == 0).all()
    _, none = rasterise(SQUARE + 90, torch.zeros(4), TWO, SQUARE, (20, 20))
    assert not none.any()


def test_triangles_without_area_draw_nothing() -> None:
    line = torch.tensor([[1.0, 1.0], [9.0, 9.0], [5.0, 5.0]])
    _, covered = rasterise(line, torch.zeros(3), torch.tensor([[0, 1, 2]]), line, (12, 12))
    assert not covered.any()
