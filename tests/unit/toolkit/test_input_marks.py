from dataclasses import dataclass, field

import pytest
import torch

from countenance.core import payload
from countenance.core.layers import LAYERS, layer_key
from countenance.core.payload import TRUSTMARK, V1
from countenance.core.records.marks import InputMark
from countenance.marks.ports import Candidate
from countenance.toolkit.input_marks import Carried, Seen, input_mark, lost_mark, marks_in

PIXELS = torch.zeros(1, 3, 8, 8)
OURS, OPEN = "org.countenance.mark.x", "com.adobe.trustmark.Q"
THEIRS = "1*" + "01" * 30 + "1"


@dataclass(frozen=True)
class Key:
    """Keys of one time."""

    tile_key: bytes
    check_key: bytes


NEW, OLD = Key(b"n" * 16, b"N" * 32), Key(b"o" * 16, b"O" * 32)


@dataclass
class Codec:
    """Gives the words that were put under a tile key."""

    words: dict[bytes, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    algorithm: str = OURS
    keyed: bool = True

    def candidates(self, pixels, tile_key, *, deep):
        assert not deep, "the cheap reading only"
        for info in self.words.get(tile_key, ()):
            yield Candidate(info=info, certainty_permille=990, path="direct")

    def algorithm_of(self, info):
        return self.algorithm

    def open_words(self, pixels):
        return ()


@dataclass
class OpenCodec(Codec):
    """One word, whatever the key; anyone reads it."""

    word: tuple[int, ...] | None = None
    said: str | None = None
    algorithm: str = OPEN
    keyed: bool = False

    def candidates(self, pixels, tile_key, *, deep):
        if self.word is not None:
            yield Candidate(info=self.word, certainty_permille=990, path="unframed")

    def open_words(self, pixels):
        return () if self.said is None else (self.said,)


def word(mark_id: str, key: Key) -> tuple[int, ...]:
    return payload.encode_text(mark_id, key.check_key)[: payload.format_of(mark_id).info_bits]


def ours(*mark_ids: str, free: int = 0) -> Carried:
    return Carried(ours=tuple(Seen(one, OURS) for one in mark_ids), free_layer=free)


NOISE = tuple(index % 2 for index in range(V1.info_bits))


def test_marks_under_every_key_are_found_and_chance_is_not() -> None:
    codec = Codec({NEW.tile_key: (NOISE, word("0123456ab", NEW)), OLD.tile_key: (word("fedcba987", OLD),)})
    assert marks_in(PIXELS, (codec,), (NEW, OLD)) == ours("0123456ab", "fedcba987", free=1)
    assert marks_in(PIXELS, (codec,), (NEW, OLD)).mark_ids == ("0123456ab", "fedcba987")
    assert marks_in(PIXELS, (codec,), ()) == Carried()
    assert marks_in(PIXELS, (Codec({NEW.tile_key: (NOISE,)}),), (NEW, OLD)) == Carried()
    assert marks_in(PIXELS, (Codec({NEW.tile_key: (word("0123456ab", OLD),)}),), (NEW, OLD)) == Carried()


def test_the_highest_layer_is_the_newest_and_the_next_one_is_free() -> None:
    names = [f"00000000{layer}" for layer in range(LAYERS)]
    layered = {layer_key(NEW.tile_key, layer): (word(name, NEW),) for layer, name in enumerate(names)}
    for count in range(LAYERS + 1):
        codec = Codec({layer_key(NEW.tile_key, n): layered[layer_key(NEW.tile_key, n)] for n in range(count)})
        found = marks_in(PIXELS, (codec,), (NEW, OLD))
        assert found.mark_ids == tuple(reversed(names[:count]))
        assert found.free_layer == min(count, LAYERS - 1)


def test_keys_of_layers_differ_and_the_first_is_the_key_itself() -> None:
    keys = [layer_key(NEW.tile_key, layer) for layer in range(LAYERS)]
    assert keys[0] == NEW.tile_key
    assert len(set(keys)) == LAYERS


@pytest.mark.parametrize("key", [NEW, OLD], ids=["new", "old"])
def test_a_codec_without_a_key_has_one_mark_and_no_layers(key: Key) -> None:
    codec = OpenCodec(word=word("0123456789", key), said=THEIRS)
    found = marks_in(PIXELS, (codec,), (NEW, OLD))
    assert found == Carried(ours=(Seen("0123456789", OPEN),))


def test_what_is_not_ours_is_kept_as_anyone_reads_it() -> None:
    foreign = OpenCodec(word=(1,) * TRUSTMARK.info_bits, said=THEIRS)
    spread = Codec({NEW.tile_key: (word("0123456ab", NEW),)})
    found = marks_in(PIXELS, (spread, foreign), (NEW, OLD))
    assert found == Carried(ours=(Seen("0123456ab", OURS),), others=(Seen(THEIRS, OPEN),), free_layer=1)
    assert marks_in(PIXELS, (foreign, spread), (NEW,)).free_layer == 0
    assert found.mark_ids == ("0123456ab",)


def test_whether_the_old_mark_is_still_there_is_looked_for() -> None:
    carried = ours("0123456ab", free=1)
    both = Codec({NEW.tile_key: (word("0123456ab", NEW),), layer_key(NEW.tile_key, 1): (word("00000000c", NEW),)})
    only_new = Codec({NEW.tile_key: (word("00000000c", NEW),)})
    assert input_mark(Carried(), PIXELS, (both,), (NEW,)) is None
    kept = input_mark(carried, PIXELS, (both,), (NEW,))
    lost = input_mark(carried, PIXELS, (only_new,), (NEW,))
    assert kept == InputMark(mark_id="0123456ab", algorithm=OURS, still_readable=True)
    assert lost == InputMark(mark_id="0123456ab", algorithm=OURS, still_readable=False)
    assert lost_mark(None) == lost_mark(kept) == ()
    assert "0123456ab" in lost_mark(lost)[0]


def test_every_kind_is_recorded_and_what_is_lost_is_said() -> None:
    spread = Codec({NEW.tile_key: (word("0123456ab", NEW),)})
    carried = marks_in(PIXELS, (spread, OpenCodec(said=THEIRS)), (NEW,))
    found = input_mark(carried, PIXELS, (spread, OpenCodec(word=word("0123456789", NEW))), (NEW,))
    assert found is not None
    assert found.each == (
        InputMark(
            mark_id="0123456ab", algorithm=OURS, still_readable=True,
            beside=(InputMark(mark_id=THEIRS, algorithm=OPEN, still_readable=False),),
        ),
        InputMark(mark_id=THEIRS, algorithm=OPEN, still_readable=False),
    )  # fmt: skip
    (told,) = lost_mark(found)
    assert THEIRS in told
    assert OPEN in told
    assert InputMark.model_validate_json(found.model_dump_json()) == found
