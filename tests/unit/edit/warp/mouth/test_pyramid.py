import torch

from countenance.edit.warp.mouth.pyramid import blend


def test_all_or_nothing_is_exact() -> None:
    under, over = torch.rand(2, 3, 40, 56, generator=torch.Generator().manual_seed(2))
    assert torch.allclose(blend(under, over, torch.zeros(40, 56)), under, atol=1e-5)
    assert torch.allclose(blend(under, over, torch.ones(40, 56)), over, atol=1e-5)


def test_coarse_light_crosses_a_rim_further_than_detail() -> None:
    under, over = torch.zeros(3, 64, 64), torch.ones(3, 64, 64)
    alpha = (torch.arange(64) >= 32).float().expand(64, -1).contiguous()
    mixed = blend(under, over, alpha)[0, 32]
    assert 0 < float(mixed[28]) < 0.5 < float(mixed[35]) <= 1.001
    assert float(mixed[8]) < 0.02


def test_what_lies_past_the_part_does_not_colour_it() -> None:
    under = torch.full((3, 64, 64), 0.2)
    over = torch.full((3, 64, 64), 0.8)
    over[0, :, :30] = 0.0
    alpha = (torch.arange(64) >= 32).float().expand(64, -1).contiguous()
    mixed = blend(under, over, alpha)
    assert torch.allclose(mixed[0], mixed[1], atol=0.02)
