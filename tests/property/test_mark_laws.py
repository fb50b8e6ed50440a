"""Laws of the signed tiles, without the network: whatever the word, the key and the part of the picture, it is read."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.core import payload
from countenance.core.payload import V2
from countenance.marks.spread import signed, tile
from countenance.marks.spread.ecc import decode

CPU = torch.device("cpu")
GAINS = torch.linspace(0.7, 1.3, tile.GAIN_BANDS)
CHECK_KEY = b"check key of the laws"
ids = st.integers(0, (1 << V2.id_bits) - 1)
keys = st.sampled_from([b"a tile key of the laws", b"another key of the laws"])
places = st.tuples(st.integers(0, signed.PLACES - 1), st.integers(0, signed.PLACES - 1))
sides = st.integers(96, 300)


def drawn(mark_id: int, tile_key: bytes, place: signed.Place, size: tuple[int, int]) -> torch.Tensor:
    wanted = tile.signs(payload.encode(mark_id, CHECK_KEY, V2), CPU, V2)
    return signed.draw(wanted, signed.open_key(tile_key, CPU), GAINS, place, size)


def read(pattern: torch.Tensor, tile_key: bytes) -> tuple[signed.Place, int | None]:
    found = signed.find_places(signed.tile_values(pattern), signed.open_key(tile_key, CPU), GAINS, 1)[0]
    return found.place, payload.open_word(decode(found.soft, V2)[0].info, CHECK_KEY, V2)


@settings(max_examples=15, deadline=None)
@given(ids, keys, places, sides, sides)
def test_reading_undoes_drawing(mark_id: int, tile_key: bytes, place: signed.Place, height: int, width: int) -> None:
    assert read(drawn(mark_id, tile_key, place, (height, width)), tile_key) == (place, mark_id)


@settings(max_examples=10, deadline=None)
@given(ids, keys, places, st.integers(0, 3), st.integers(0, 3))
def test_a_part_says_the_same_from_a_later_place(
    mark_id: int, tile_key: bytes, place: signed.Place, down: int, across: int
) -> None:
    part = drawn(mark_id, tile_key, place, (256, 256))[32 * down :, 32 * across :]
    later = ((place[0] + down) % signed.PLACES, (place[1] + across) % signed.PLACES)
    assert read(part, tile_key) == (later, mark_id)


@settings(max_examples=10, deadline=None)
@given(ids, places, st.integers(0, 2**32))
def test_noise_of_twice_the_size_is_read_through(mark_id: int, place: signed.Place, seed: int) -> None:
    pattern = drawn(mark_id, b"a tile key of the laws", place, (256, 256))
    noisy = pattern + 2 * torch.randn(256, 256, generator=torch.Generator().manual_seed(seed))
    assert read(noisy, b"a tile key of the laws") == (place, mark_id)


@settings(max_examples=10, deadline=None)
@given(ids, places)
def test_another_key_reads_nothing(mark_id: int, place: signed.Place) -> None:
    assert read(drawn(mark_id, b"a tile key of the laws", place, (200, 200)), b"another key of the laws")[1] is None
