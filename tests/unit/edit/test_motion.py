import torch
import torch.nn.functional as nn

from countenance.edit.motion import blur, register, warped

STILL = torch.zeros(2, 256, 256)


def texture(seed: int) -> torch.Tensor:
    noise = torch.rand(3, 256, 256, generator=torch.Generator().manual_seed(seed))
    return (0.5 + 2 * (blur(noise, 1.5) - 0.5) + 4 * (blur(noise, 6.0) - 0.5)).clamp(0, 1)


def bump(px: float) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(256.0), torch.arange(256.0), indexing="ij")
    near = torch.exp(-((x - 128).square() + (y - 128).square()) / (2 * 40**2))
    return torch.stack([px * near, -0.5 * px * near])


def test_the_same_view_has_not_moved() -> None:
    view = texture(1)
    assert float(register(view, view, STILL).abs().max()) < 1e-3


def test_a_smooth_motion_is_found_to_a_tenth_of_a_pixel() -> None:
    moved = texture(2)
    first = warped(moved, bump(6.0))
    found = register(first, moved, STILL)
    wrong = (found - bump(6.0))[:, 24:-24, 24:-24].norm(dim=0)
    assert float(wrong.median()) < 0.1
    assert float(wrong.quantile(0.95)) < 0.35


def test_light_that_changes_is_no_motion() -> None:
    view = texture(3)
    shade = nn.interpolate(torch.tensor([[[[0.7, 1.0], [0.9, 1.1]]]]), (256, 256), mode="bilinear")[0]
    found = register(view, (view * shade).clamp(0, 1), STILL)
    assert float(found[:, 24:-24, 24:-24].norm(dim=0).quantile(0.95)) < 0.15


def test_the_same_views_give_the_same_bits() -> None:
    one, two = texture(4), warped(texture(4), bump(3.0))
    assert torch.equal(register(one, two, STILL), register(one, two, STILL))
