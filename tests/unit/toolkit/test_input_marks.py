from dataclasses import dataclass

import torch

from countenance.core import payload
from countenance.core.layers import LAYERS, layer_key
from countenance.core.payload import V1
from countenance.core.records.marks import InputMark
from countenance.marks.ports import Candidate
from countenance.toolkit.input_marks import Carried, input_mark, lost_mark, marks_in

PIXELS = torch.zeros(1, 3, 8, 8)


@dataclass(frozen=True)
class Key:
    """Keys of one time."""

    tile_key: bytes
    check_key: bytes


NEW, OLD = Key(b"n" * 16, b"N" * 32), Key(b"o" * 16, b"O" * 32)


@dataclass
class Codec:
    """Gives the words that were put under a tile key."""

    words: dict[bytes, tuple[tuple[int, ...], ...]]

    def candidates(self, pixels, tile_key, *, deep):
        assert not deep, "the cheap reading only"
        for info in self.words.get(tile_key, ()):
            yield Candidate(info=info, certainty_permille=990, path="direct")


def word(mark_id: str, key: Key) -> tuple[int, ...]:
    return payload.encode_text(mark_id, key.check_key)[: V1.info_bits]


NOISE = tuple(index % 2 for index in range(V1.info_bits))


def test_marks_under_every_key_are_found_and_chance_is_not() -> None:
    codec = Codec({NEW.tile_key: (NOISE, word("0123456ab", NEW)), OLD.tile_key: (word("fedcba987", OLD),)})
    assert marks_in(PIXELS, codec, (NEW, OLD)) == Carried(("0123456ab", "fedcba987"), 1)
    assert marks_in(PIXELS, codec, ()) == Carried((), 0)
    assert marks_in(PIXELS, Codec({NEW.tile_key: (NOISE,)}), (NEW, OLD)) == Carried((), 0)
    assert marks_in(PIXELS, Codec({NEW.tile_key: (word("0123456ab", OLD),)}), (NEW, OLD)) == Carried((), 0)


def test_the_highest_layer_is_the_newest_and_the_next_one_is_free() -> None:
    names = [f"00000000{layer}" for layer in range(LAYERS)]
    layered = {layer_key(NEW.tile_key, layer): (word(name, NEW),) for layer, name in enumerate(names)}
    for count in range(LAYERS + 1):
        codec = Codec({layer_key(NEW.tile_key, n): layered[layer_key(NEW.tile_key, n)] for n in range(count)})
        found = marks_in(PIXELS, codec, (NEW, OLD))
        assert found.mark_ids == tuple(reversed(names[:count]))
        assert found.free_layer == min(count, LAYERS - 1)


def test_keys_of_layers_differ_and_the_first_is_the_key_itself() -> None:
    keys = [layer_key(NEW.tile_key, layer) for layer in range(LAYERS)]
    assert keys[0] == NEW.tile_key
    assert len(set(keys)) == LAYERS


def test_whether_the_old_mark_is_still_there_is_looked_for() -> None:
    carried = Carried(("0123456ab",), 1)
    both = Codec({NEW.tile_key: (word("0123456ab", NEW),), layer_key(NEW.tile_key, 1): (word("00000000c", NEW),)})
    only_new = Codec({NEW.tile_key: (word("00000000c", NEW),)})
    assert input_mark(Carried((), 0), PIXELS, both, (NEW,)) is None
    kept = input_mark(carried, PIXELS, both, (NEW,))
    lost = input_mark(carried, PIXELS, only_new, (NEW,))
    assert kept == InputMark(mark_id="0123456ab", still_readable=True)
    assert lost == InputMark(mark_id="0123456ab", still_readable=False)
    assert lost_mark(None) == lost_mark(kept) == ()
    assert "0123456ab" in lost_mark(lost)[0]
