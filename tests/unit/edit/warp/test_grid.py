import torch

from countenance.edit.warp.grid import blur, fill, smooth_step


def test_fill_keeps_what_is_known_and_continues_it() -> None:
    layer = torch.arange(40.0).expand(1, 33, 40).clone()
    known = torch.ones(33, 40, dtype=torch.bool)
    known[10:20, 15:25] = False
    filled = fill(torch.where(known, layer, torch.tensor(999.0)), known)
    assert torch.equal(filled[0][known], layer[0][known])
    assert (filled[0] - layer[0]).abs().max() < 6


def test_blur_keeps_a_constant_and_the_sum() -> None:
    assert torch.allclose(blur(torch.full((2, 9, 11), 3.0), 2.0), torch.full((2, 9, 11), 3.0), atol=1e-5)
    spot = torch.zeros(1, 41, 41)
    spot[0, 20, 20] = 1
    assert abs(float(blur(spot, 3.0).sum()) - 1) < 1e-4


def test_smooth_step_is_flat_at_both_ends() -> None:
    assert smooth_step(torch.tensor([-1.0, 0.0, 0.5, 1.0, 2.0])).tolist() == [0, 0, 0.5, 1, 1]
