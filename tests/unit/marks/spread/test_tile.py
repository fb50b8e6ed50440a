import numpy as np
import pytest
import torch

from countenance.errors import ConfigError, CountenanceError
from countenance.marks.spread import tile

CPU = torch.device("cpu")
GAINS = torch.linspace(0.5, 1.5, tile.GAIN_BANDS)
FLAT = torch.ones(tile.GAIN_BANDS)


def test_key_matrix_has_orthonormal_columns(tile_key: bytes) -> None:
    matrix = tile.key_matrix(tile_key, CPU)
    torch.testing.assert_close(matrix.T @ matrix, torch.eye(100), atol=1e-5, rtol=0)


def test_keys_have_nothing_in_common(tile_key: bytes) -> None:
    one, two = tile.key_matrix(tile_key, CPU), tile.key_matrix(tile_key + b"2", CPU)
    assert (one.T @ two).abs().max() < 0.3  # 404 dimensions: 1/sqrt(404) is one standard deviation


def test_the_key_matrix_does_not_drift() -> None:
    matrix = tile.key_matrix(bytes(range(32)), CPU)
    assert matrix[[0, 100, 403], [0, 50, 99]].tolist() == pytest.approx([-0.122394, -0.095801, 0.016773], abs=1e-5)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="16 bytes"):
        tile.key_matrix(b"short", CPU)


@pytest.mark.parametrize("bits", [(), (0,) * 99, (2,) * 100])
def test_other_than_100_bits_is_refused(bits: tuple[int, ...]) -> None:
    with pytest.raises(CountenanceError, match="100 coded bits"):
        tile.signs(bits, CPU)


def test_a_tile_has_unit_power_and_a_fifth_of_it_in_the_pilot(tile_key: bytes, coded_of_old: tuple[int, ...]) -> None:
    drawn = tile.draw(tile.signs(coded_of_old, CPU), tile.key_matrix(tile_key, CPU), GAINS)
    assert drawn.square().mean().item() == pytest.approx(1, abs=1e-3)
    assert (drawn * tile.pilot(CPU)).mean().item() == pytest.approx(0.2**0.5, abs=1e-3)


def test_reading_undoes_drawing(tile_key: bytes, coded_of_old: tuple[int, ...]) -> None:
    wanted, matrix = tile.signs(coded_of_old, CPU), tile.key_matrix(tile_key, CPU)
    soft = tile.read(tile.draw(wanted, matrix, FLAT), matrix, FLAT)
    torch.testing.assert_close(soft / soft.abs().mean(), wanted, atol=1e-3, rtol=0)


def test_folding_undoes_laying(tile_key: bytes, coded_of_old: tuple[int, ...]) -> None:
    drawn = tile.draw(tile.signs(coded_of_old, CPU), tile.key_matrix(tile_key, CPU), FLAT)
    assert tile.lay(drawn, 50, 70).shape == (50, 70)
    torch.testing.assert_close(tile.fold(tile.lay(drawn, 96, 64)), 6 * drawn)
    assert tile.fold(torch.ones(33, 33)).sum() == 33 * 33


def test_waves_keep_off_the_axes_and_inside_the_band() -> None:
    waves = tile.frequencies()
    assert waves.shape == (238, 2)
    assert np.abs(waves).min() > 0
    radius = np.hypot(*waves.T)
    assert radius.min() >= 0.09
    assert radius.max() <= 0.41
