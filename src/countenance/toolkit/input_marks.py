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
class Carried:
    """The marks of ours in a picture, the newest first, and the layer under the newest key that is free."""

    mark_ids: tuple[str, ...]
    free_layer: int


def marks_in(pixels: Frames, codec: WatermarkCodec, ring: Sequence[MarkKey]) -> Carried:
    """All marks of ours that lie in the picture's own framing, under the newest key or an older one.

    Layers are filled from the first one on, so the first one that is empty ends the search.
    """
    found = [tuple(_layers(pixels, codec, key)) for key in ring]
    newest = len(found[0]) if found else 0
    ids = tuple(one for layers in found for one in reversed(layers))
    return Carried(mark_ids=tuple(dict.fromkeys(ids)), free_layer=min(newest, LAYERS - 1))


def input_mark(carried: Carried, marked: Frames, codec: WatermarkCodec, ring: Sequence[MarkKey]) -> InputMark | None:
    """The newest mark that the input carried, and whether it is readable in the marked picture; None where none was."""
    if not carried.mark_ids:
        return None
    before = carried.mark_ids[0]
    return InputMark(mark_id=before, still_readable=before in marks_in(marked, codec, ring).mark_ids)


def lost_mark(found: InputMark | None) -> tuple[str, ...]:
    """What to tell whoever asked, where the input's mark did not survive the new one."""
    if found is None or found.still_readable:
        return ()
    gone = f"the original carried the mark {found.mark_id}, which can no longer be read under the new one"
    return (f"{gone}; the manifest and the books name it",)


def _layers(pixels: Frames, codec: WatermarkCodec, key: MarkKey) -> Iterator[str]:
    """The ids in the layers of a key, from the first one on."""
    for layer in range(LAYERS):
        words = codec.candidates(pixels, layer_key(key.tile_key, layer), deep=False)
        opened = (payload.open_text(word.info, key.check_key) for word in words)
        found = next((one for one in opened if one is not None), None)
        if found is None:
            return
        yield found
