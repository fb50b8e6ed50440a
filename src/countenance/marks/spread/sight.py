"""What the network sees of a picture, without any key: seen once, read with as many keys as there are."""

import weakref
from collections.abc import Iterator
from functools import cached_property
from typing import Final

import torch

from countenance.errors import BackendError
from countenance.marks.spread.estimator import GRID_AREA, Estimator, read_frames, require_readable, shrunk
from countenance.marks.spread.seek import Straight, seek
from countenance.marks.spread.tile import Pattern
from countenance.media.tensors import Frames

_BASE_AREA: Final = 16 * GRID_AREA


class Sight:
    """The pattern of a picture as it lies, and, searched only as far as anyone asks, the patterns made straight.

    It does not keep the picture: whoever reads it does. The search uses a copy of at most 1 megapixel.
    """

    def __init__(self, frames: Frames, estimator: Estimator) -> None:
        """Look at frames 3 h w; they are read together, as copies of one mark.

        Raises:
            UnsupportedMediaError: too small or too long to be read.
        """
        height, width = frames.shape[-2:]
        require_readable(height, width)
        self.estimator: Final = estimator
        self.size: Final[tuple[int, int]] = (height, width)
        self.pattern: Final[Pattern] = read_frames(estimator, frames)
        self._frames = weakref.ref(frames)
        self._found: list[Straight] = []

    @cached_property
    def base(self) -> Frames:
        """The picture, or a smaller copy of a large one.

        Raises:
            BackendError: it is gone.
        """
        frames = self._frames()
        if frames is None:
            raise BackendError("the picture is gone before it was read", hint="keep it until then")
        height, width = self.size
        if height * width <= _BASE_AREA:
            return frames.clone()
        return torch.stack([shrunk(image, _BASE_AREA) for image in frames])

    def straight(self) -> Iterator[Straight]:
        """Yield patterns in which a mark may lie straight, cheapest to find first."""
        number = 0
        while True:
            if number == len(self._found):
                found = next(self._search, None)
                if found is None:
                    return
                self._found.append(found)
            yield self._found[number]
            number += 1

    @cached_property
    def _search(self) -> Iterator[Straight]:
        return seek(self.base, self.estimator)
