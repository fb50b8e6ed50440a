"""Reading a mark of either version: first where it should lie, then wherever it may have got to."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Final

from countenance.core.payload import V2, coded_of
from countenance.marks.ports import Candidate
from countenance.marks.spread import repeated, signed
from countenance.marks.spread.ecc import decode
from countenance.marks.spread.estimator import Estimator, has_room
from countenance.marks.spread.sight import Sight
from countenance.marks.spread.tile import Bands, Pattern, Soft, signs
from countenance.media.tensors import Frames

DIRECT: Final = "direct"
SUBTRACTED: Final = "subtracted"

_PLACES: Final = 3
_LEAST_SHARE: Final = 0.44  # of the energy in the word's dimensions; less has never given a word


def candidates(frames: Frames, tile_key: bytes, estimator: Estimator, *, deep: bool) -> Iterator[Candidate]:
    """Yield the words that may be in the pixels; see `read`.

    Raises:
        UnsupportedMediaError: too small or too long to be read.
    """
    yield from read(Sight(frames, estimator), tile_key, deep=deep)


def read(sight: Sight, tile_key: bytes, *, deep: bool) -> Iterator[Candidate]:
    """Yield the words that may be in a picture, cheapest attempt first: at most 475 of version 2 and 56 of version 1.

    Args:
        sight: of the picture; what is searched for one key serves the next.
        tile_key: the key of the mark.
        deep: search for a mark that was cropped, turned, stretched, seen at an angle or subtracted too.
    """
    estimator, pattern = sight.estimator, sight.pattern
    key = signed.open_key(tile_key, pattern.device)
    gains = estimator.read_gains.to(pattern.device)
    yield from _words(pattern, key, gains, DIRECT, 1)
    yield from repeated.at_once(pattern, tile_key, estimator)
    if not deep:
        return
    yield from _subtracted(pattern, key, gains)
    for straight in sight.straight():
        yield from _words(straight.pattern, key, gains, straight.path, _PLACES)
    if has_room(*sight.size):
        yield from repeated.searched(sight.base, tile_key, estimator)


def _words(pattern: Pattern, key: signed.Key, gains: Bands, path: str, places: int) -> Iterator[Candidate]:
    places_found = signed.find_places(signed.tile_values(pattern), key, gains, places)
    likely = [found for found in places_found if found.share >= _LEAST_SHARE]
    for found in likely:
        yield from _decoded(found.soft, found, path)
    for found in likely:
        yield from islice(_decoded(signed.evened(found, key), found, path), 1)


def _subtracted(pattern: Pattern, key: signed.Key, gains: Bands) -> Iterator[Candidate]:
    """Read what is left where the mark was subtracted, too little or too much; a negative reads so as well."""
    for number, values in enumerate(signed.disguised(signed.tile_values(pattern))):
        for found in signed.find_places(values, key, gains, 1):
            if found.share >= _LEAST_SHARE:
                yield from _decoded(-found.soft, found, SUBTRACTED)
                if number:  # the values as they are were read before
                    yield from _decoded(found.soft, found, SUBTRACTED)


def _decoded(soft: Soft, found: signed.Found, path: str) -> Iterator[Candidate]:
    """The words nearest to soft values, and how clearly each lies there: its cosine in all 404 dimensions.

    That is the cosine in the word's 126, times the root of their share of the energy.
    """
    unit = found.soft / found.soft.norm().clamp_min(1e-12) * math.sqrt(found.share / len(soft))
    for word in decode(soft, V2):
        agreeing = abs(float((unit * signs(coded_of(word.info), soft.device, V2)).sum()))
        yield Candidate(
            info=word.info,
            certainty_permille=round(1000 - 1000 * word.metric),
            clearness_permille=round(1000 * agreeing),
            path=path,
        )
