import pytest
import torch

from countenance.edit.warp.mouth.grain import grain

LIKE = torch.zeros(1)


def test_grain_is_noise_of_one_place() -> None:
    noise = grain((100, 200, 400, 500), LIKE)
    assert float(noise.mean()) == pytest.approx(0, abs=0.02)
    assert float(noise.std()) == pytest.approx(1, abs=0.02)
    beside = torch.corrcoef(torch.stack([noise[:, 1:].flatten(), noise[:, :-1].flatten()]))[0, 1]
    assert abs(float(beside)) < 0.03


def test_the_same_place_has_the_same_grain() -> None:
    assert torch.equal(grain((100, 200, 140, 240), LIKE)[10:, 5:], grain((105, 210, 140, 240), LIKE))
