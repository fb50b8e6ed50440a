import math

import pytest
import torch

from countenance.edit.face.crops import cut, matrices


def test_a_crop_on_the_pixel_grid_averages_nothing() -> None:
    image = torch.rand(3, 40, 40, generator=torch.Generator().manual_seed(0))
    flat = torch.full_like(image, 0.3)
    maps = matrices(torch.tensor([[20.0, 20.0, 16.0, 0.0]]), 16)
    assert torch.allclose(cut(flat, maps, 16), torch.full((1, 16, 16, 3), 0.3))
    assert cut(image, maps, 16).shape == (1, 16, 16, 3)


@pytest.mark.parametrize("scale", [1, 2, 3, 8])
def test_a_ramp_keeps_its_place_at_every_scale(scale: int) -> None:
    size = 16
    ramp = ((torch.arange(400) + 0.5) / 400).expand(3, 300, 400)
    maps = matrices(torch.tensor([[201.0, 150.0, float(size * scale), 0.0]]), size)
    x = 201 - size * scale / 2 + (torch.arange(size) + 0.5) * scale
    assert torch.allclose(cut(ramp, maps, size)[0, 8, :, 0], x / 400, atol=1e-5)


def test_a_quarter_turn_reads_columns_as_rows() -> None:
    ramp = ((torch.arange(64) + 0.5) / 64)[:, None].expand(3, 64, 64)
    maps = matrices(torch.tensor([[32.0, 32.0, 32.0, math.pi / 2]]), 16)
    crop = cut(ramp, maps, 16)[0, :, :, 0]
    assert torch.allclose(crop, crop[:1].expand(16, 16), atol=1e-5)
    assert crop[0, -1] > crop[0, 0]


def test_fine_texture_turns_grey() -> None:
    checks = ((torch.arange(256)[:, None] + torch.arange(256)) % 2).float().expand(3, 256, 256)
    crop = cut(checks, matrices(torch.tensor([[128.0, 128.0, 192.0, 0.1]]), 32), 32)
    assert float((crop - 0.5).abs().max()) < 0.02


def test_black_outside_the_picture() -> None:
    white = torch.ones(3, 50, 50)
    maps = matrices(torch.tensor([[0.0, 25.0, 100.0, 0.0], [-900.0, 25.0, 100.0, 0.0]]), 20)
    crops = cut(white, maps, 20)
    assert float(crops[0, 10, :9].abs().max()) == 0
    assert torch.allclose(crops[0, 10, 11:18], torch.ones(7, 3))
    assert float(crops[1].abs().max()) == 0
