"""The marks in one picture: by every codec that is here and every key at hand, each looked for once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from countenance.core.layers import LAYERS, layer_key
from countenance.core.records.marks import MarkRead
from countenance.errors import BackendError, UncheckedError
from countenance.manifest.labels import WATERMARK_PREFIX
from countenance.wiring.mark_openers import NoKey, Opener

_WHOLE = frozenset({"direct", "orient", "subtracted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A mark that was read, and what finds it in the picture again."""

    mark: MarkRead
    codec: Any
    tile_key: bytes
    info: tuple[int, ...]


class MarkSearch:
    """What was looked for in a picture so far."""

    def __init__(self, pixels: Any, codecs: Sequence[Any], ring: Sequence[Opener]) -> None:
        """`codecs`: ours first. `ring`: the newest key first."""
        self._pixels, self._codecs, self._ring = pixels, codecs, ring
        self._words = count(1)
        self._done: dict[tuple[str, bool, bool], Found | None] = {}
        self._broken: set[str] = set()

    def first(self, *, checked: bool) -> Found | None:
        """The mark of the first codec that finds one, in the picture's own framing or else in any; or None.

        Not only `checked`: a word that no key of ours opens counts where nothing else is found and anyone can read it.
        """
        kinds = (True,) if checked else (True, False)
        steps = ((codec, keyed, deep) for keyed in kinds for deep in (False, True) for codec in self._codecs)
        return next((one for one in (self._look(*step) for step in steps) if one is not None), None)

    def beside(self, *, checked: bool) -> tuple[Found, ...]:
        """The marks of other codecs than the first one's, in the picture's own framing."""
        first = self.first(checked=checked)
        if first is None:
            return ()
        others = [self._look(codec, keyed=True, deep=False) for codec in self._codecs if codec is not first.codec]
        return tuple(one for one in others if one is not None)

    def of(self, algorithm: str) -> Found | None:
        """The mark of the kind that a manifest names; the manifest stands for a check, where no key of ours has one.

        Raises:
            UncheckedError: there is no codec for it here, or it does not work.
        """
        codec = next((one for one in self._codecs if _reads(one, algorithm)), None)
        steps = ((keyed, deep) for keyed in (True, False) for deep in (False, True))
        found = None
        if codec is not None:
            looks = (self._look(codec, keyed=keyed, deep=deep) for keyed, deep in steps)
            found = next((one for one in looks if one is not None), None)
        if codec is None or codec.algorithm in self._broken:
            raise UncheckedError(f"marks of the kind `{algorithm[:60]}` cannot be read here")
        return found

    def _look(self, codec: Any, keyed: bool, deep: bool) -> Found | None:  # noqa: FBT001 - steps of a table
        step = (codec.algorithm, keyed, deep)
        if step not in self._done:
            try:
                self._done[step] = self._found(codec, keyed=keyed, deep=deep)
            except BackendError:
                if codec is self._codecs[0]:
                    raise
                self._broken.add(codec.algorithm)  # an extra that does not work keeps nobody from reading ours
                self._done[step] = None
        return self._done[step]

    def _found(self, codec: Any, *, keyed: bool, deep: bool) -> Found | None:
        if not keyed:
            return None if codec.keyed else self._first(codec, NoKey(), b"", deep=deep)
        for number, key in enumerate(self._ring):
            found = self._newest(codec, key, deep=deep)
            if found is not None:
                retired = key.key_id if number and key.checked else None
                return replace(found, mark=found.mark.model_copy(update={"retired_key": retired}))
        return None

    def _newest(self, codec: Any, key: Opener, *, deep: bool) -> Found | None:
        """The mark in the highest layer of a key: layers are filled from the first one on."""
        newest = None
        for layer in range(LAYERS if codec.keyed else 1):
            found = self._first(codec, key, layer_key(key.tile_key, layer), deep=deep)
            if found is None:
                break
            newest = found
        return newest

    def _first(self, codec: Any, key: Opener, tile_key: bytes, *, deep: bool) -> Found | None:
        if not codec.keyed:
            next(self._words)  # to look counts as a word: see `core.records.marks`
        for number, word in self._counted(codec, tile_key, deep=deep):
            found = key.open(word)
            if found is not None:
                mark = MarkRead(
                    mark_id=found,
                    whole=word.path in _WHOLE,
                    words_tried=number,
                    checked=key.checked,
                    algorithm=codec.algorithm_of(word.info),
                )
                return Found(mark=mark, codec=codec, tile_key=tile_key, info=word.info)
        return None

    def _counted(self, codec: Any, tile_key: bytes, *, deep: bool) -> Iterator[tuple[int, Any]]:
        for word in codec.candidates(self._pixels, tile_key, deep=deep):
            yield next(self._words), word


def _reads(codec: Any, algorithm: str) -> bool:
    """Whether a codec reads marks of this C2PA name. Ours reads its earlier versions, too."""
    ours = codec.algorithm.startswith(WATERMARK_PREFIX) and algorithm.startswith(WATERMARK_PREFIX)
    return bool(ours or codec.algorithm == algorithm)
