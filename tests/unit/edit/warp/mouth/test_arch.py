import pytest
import torch

from countenance.edit.warp.mouth.arch import MM, View, arch_line, meet

MIDDLE = torch.tensor([0.1, -1.0, 0.2])


def turned(yaw: float) -> View:
    c, s = torch.cos(torch.tensor(yaw)), torch.sin(torch.tensor(yaw))
    return View(turn=torch.tensor([[c, 0, s], [0, 1, 0], [-s, 0, c]]), shift=torch.tensor([0.3, -0.2, 0.0]))


@pytest.mark.parametrize("yaw", [-0.5, 0.0, 0.4])
def test_a_line_of_sight_meets_the_point_that_it_was_drawn_to(yaw: float) -> None:
    view = turned(yaw)
    along, x, z = arch_line(62.0, 44.0, MIDDLE)
    near = (along.abs() < 12).nonzero()[:, 0]
    points = torch.stack([x[near], torch.full_like(x[near], 3.0), z[near]], 1) * MM + MIDDLE
    camera = points @ view.turn.T + view.shift
    seen = meet(camera[:, :2], view, MIDDLE, 62.0, 44.0)
    assert torch.allclose(seen.along, along[near], atol=0.15)
    assert torch.allclose(seen.up, 3.0 - 0.16 * seen.back, atol=0.05)
    assert float(seen.beyond.abs().max()) < 1e-3


def test_what_lies_past_the_arch_is_beyond() -> None:
    seen = meet(torch.tensor([[0.4 + 1.0, -1.2], [0.4, -1.2]]), turned(0.0), MIDDLE, 62.0, 44.0)
    assert seen.beyond[0] > 10
    assert seen.beyond[1] == 0


def test_the_arch_is_symmetric_and_leads_back() -> None:
    along, x, z = arch_line(62.0, 44.0, MIDDLE)
    assert torch.allclose(along, -along.flip(0), atol=1e-2)
    assert torch.allclose(x, -x.flip(0), atol=1e-4)
    assert float(z.max()) == 0
    assert (z.diff()[len(z) // 2 :] < 0).all()
