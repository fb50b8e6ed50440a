"""Marks that a picture carries already: found by the cheap, direct reading, and looked for again under the new one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from countenance.core import payload
from countenance.core.layers import LAYERS, layer_key
from countenance.core.records.marks import InputMark
from countenance.marks.ports import WatermarkCodec
from countenance.media.tensors import Frames


class MarkKey(Protocol):
    """The keys of marks of one time."""

    @property
    def tile_key(self) -> bytes:
        """Reads."""
        ...

    @property
    def check_key(self) -> bytes:
        """Tells a mark of ours from chance."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A mark in a picture: its id, or what it says where it is not ours."""

    mark_id: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class Carried:
    """The marks in a picture, ours first, the newest of a kind first; and the layer that is free for the next one."""

    ours: tuple[Seen, ...] = ()
    others: tuple[Seen, ...] = ()
    """What anyone's tools read, and no check of ours takes for our own."""
    free_layer: int = 0

    @property
    def mark_ids(self) -> tuple[str, ...]:
        """Of the marks of ours."""
        return tuple(one.mark_id for one in self.ours)


def marks_in(pixels: Frames, codecs: Sequence[WatermarkCodec], ring: Sequence[MarkKey]) -> Carried:
    """All marks that lie in the picture's own framing, under the newest key or an older one.

    Layers are filled from the first one on, so the first one that is empty ends the search.

    Args:
        pixels: frames 3 h w.
        codecs: the one that will mark the picture first: of its layers one is free.
        ring: the newest key first.
    """
    found = [tuple(tuple(_layers(pixels, codec, key)) for key in ring) for codec in codecs]
    ours = tuple(dict.fromkeys(one for by_key in found for layers in by_key for one in reversed(layers)))
    newest = len(found[0][0]) if ring and codecs[0].keyed else 0
    others = tuple(
        Seen(mark_id=word, algorithm=codec.algorithm)
        for codec, by_key in zip(codecs, found, strict=True)
        if not any(by_key)
        for word in codec.open_words(pixels)
    )
    return Carried(ours=ours, others=others, free_layer=min(newest, LAYERS - 1))


def input_mark(
    carried: Carried, marked: Frames, codecs: Sequence[WatermarkCodec], ring: Sequence[MarkKey]
) -> InputMark | None:
    """The newest mark of each kind that the input carried, and whether it is readable in the marked picture.

    None where there was none.
    """
    kinds: dict[str, Seen] = {}
    for one in (*carried.ours, *carried.others):
        kinds.setdefault(one.algorithm, one)
    if not kinds:
        return None
    after = marks_in(marked, codecs, ring)
    still = {*after.ours, *after.others}
    first, *beside = (
        InputMark(mark_id=one.mark_id, algorithm=one.algorithm, still_readable=one in still) for one in kinds.values()
    )
    return first.model_copy(update={"beside": tuple(beside)}) if beside else first


def lost_mark(found: InputMark | None) -> tuple[str, ...]:
    """What to tell whoever asked, where a mark of the input did not survive the new one."""
    lost = [one for one in (found.each if found else ()) if not one.still_readable]
    gone = "which can no longer be read under the new one; the manifest and the books name it"
    return tuple(f"the original carried the mark {one.mark_id} ({one.algorithm}), {gone}" for one in lost)


def _layers(pixels: Frames, codec: WatermarkCodec, key: MarkKey) -> Iterator[Seen]:
    """The marks in the layers of a key, from the first one on; of a codec without a key there is one layer."""
    for layer in range(LAYERS if codec.keyed else 1):
        for word in codec.candidates(pixels, layer_key(key.tile_key, layer), deep=False):
            opened = payload.open_text(word.info, key.check_key)
            if opened is not None:
                yield Seen(mark_id=opened, algorithm=codec.algorithm_of(word.info))
                break
        else:
            return
