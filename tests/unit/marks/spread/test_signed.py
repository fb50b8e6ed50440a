import pytest
import torch

from countenance.core.payload import V2
from countenance.errors import ConfigError
from countenance.marks.spread import signed, tile
from countenance.marks.spread.ecc import decode

CPU = torch.device("cpu")
FLAT = torch.ones(tile.GAIN_BANDS)
PLACE = (61, 7)
SIZE = (240, 272)


@pytest.fixture
def key(tile_key: bytes) -> signed.Key:
    return signed.open_key(tile_key, CPU)


@pytest.fixture
def wanted(coded: tuple[int, ...]) -> torch.Tensor:
    return tile.signs(coded, CPU, V2)


@pytest.fixture
def pattern(wanted: torch.Tensor, key: signed.Key) -> torch.Tensor:
    return signed.draw(wanted, key, FLAT, PLACE, SIZE)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="16 bytes"):
        signed.open_key(b"short", CPU)


def test_the_signs_do_not_drift() -> None:
    key = signed.open_key(bytes(range(32)), CPU)
    assert key.signs[0, 0, :12].int().tolist() == [-1, 1, 1, 1, 1, -1, -1, -1, 1, -1, 1, 1]
    assert key.signs[63, 63, -6:].int().tolist() == [1, -1, 1, 1, -1, -1]


def test_the_signs_are_balanced_and_differ_by_place_and_key(key: signed.Key, tile_key: bytes) -> None:
    other = signed.open_key(tile_key + b"2", CPU)
    assert key.signs.abs().eq(1).all()
    assert abs(key.signs.mean()) < 0.005
    assert abs((key.signs[0, 0] * key.signs[0, 1]).mean()) < 0.2
    assert abs((key.signs * other.signs).mean()) < 0.005


def test_places_spread_and_depend_on_the_key(tile_key: bytes) -> None:
    places = {signed.place_of(seed, tile_key) for seed in range(500)}
    assert len(places) > 440
    assert max(max(place) for place in places) < signed.PLACES
    assert signed.place_of(1, tile_key) != signed.place_of(1, tile_key + b"2")
    assert signed.place_of(-1, tile_key) == signed.place_of(2**64 - 1, tile_key)


def test_a_pattern_has_unit_power_and_three_tenths_of_it_in_the_pilot(pattern: torch.Tensor) -> None:
    assert pattern.shape == SIZE
    assert pattern.square().mean().item() == pytest.approx(1, abs=0.01)
    part = pattern[:224, :256]
    assert (part * tile.lay(tile.pilot(CPU), 224, 256)).mean().item() == pytest.approx(0.3**0.5, abs=0.01)


def test_folding_gives_the_pilot_and_next_to_nothing_else(pattern: torch.Tensor) -> None:
    folded = tile.fold(pattern[:224, :256]) / 56
    left = folded - 0.3**0.5 * tile.pilot(CPU)
    assert left.square().mean() < 0.7 / 56 * 1.3


def test_the_place_and_the_word_are_found(pattern: torch.Tensor, key: signed.Key, coded: tuple[int, ...]) -> None:
    best, second = signed.find_places(signed.tile_values(pattern), key, FLAT, 2)
    assert best.place == PLACE
    assert best.share > 0.85  # the slant takes the rest: it bends the bits a little towards each other
    assert second.share < 0.5
    assert decode(best.soft, V2)[0].info == coded[: V2.info_bits]


def test_a_part_of_the_tiles_is_found_at_its_own_place(pattern: torch.Tensor, key: signed.Key) -> None:
    part = pattern[64:224, 32:]
    assert signed.find_places(signed.tile_values(part), key, FLAT, 1)[0].place == ((PLACE[0] + 2) % 64, PLACE[1] + 1)


def test_knowing_the_place_reads_the_same(pattern: torch.Tensor, key: signed.Key) -> None:
    values = signed.tile_values(pattern)
    torch.testing.assert_close(
        signed.read_at(values, key, FLAT, PLACE), signed.find_places(values, key, FLAT, 1)[0].soft, rtol=1e-3, atol=1
    )


def test_where_fast_waves_are_gone_bits_are_read_better_band_by_band(
    pattern: torch.Tensor, wanted: torch.Tensor, key: signed.Key
) -> None:
    fading = tile.by_wave(torch.exp(-3 * torch.linspace(0, 1, 10)))
    noise = torch.randn(*signed.tile_values(pattern).shape, generator=torch.Generator().manual_seed(2))
    values = signed.tile_values(pattern) * fading + 60 * noise * fading.clamp_min(0.1)
    found = signed.find_places(values, key, FLAT, 1)[0]
    assert found.place == PLACE
    wrong, fewer = (int((soft * wanted < 0).sum()) for soft in (found.soft, signed.evened(found, key)))
    assert fewer < wrong


def test_another_key_finds_nothing(pattern: torch.Tensor, tile_key: bytes) -> None:
    other = signed.open_key(tile_key + b"2", CPU)
    assert signed.find_places(signed.tile_values(pattern), other, FLAT, 1)[0].share < 0.48


def test_more_tiles_than_the_torus_has_are_read_as_far_as_it_goes(wanted: torch.Tensor, key: signed.Key) -> None:
    long = signed.draw(wanted, key, FLAT, (0, 0), (32, 66 * 32))
    assert signed.find_places(signed.tile_values(long), key, FLAT, 1)[0].place == (0, 0)


@pytest.mark.parametrize("kept", [0.35, -0.35])
def test_a_subtracted_sign_leaves_a_trace(kept: float, pattern: torch.Tensor, key: signed.Key) -> None:
    noise = 24 * torch.randn(*signed.tile_values(pattern).shape, generator=torch.Generator().manual_seed(1))
    values = signed.tile_values(pattern) + 3 * noise
    spoilt = values - (1 - kept) * values.sign() * values.square().mean((0, 1)).sqrt()
    places = [signed.find_places(one, key, FLAT, 1)[0].place for one in signed.disguised(spoilt)]
    assert PLACE in places
