"""Pixels and faces for `verify --against`: the decoder and the engine's perception, loaded when first asked for."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.core.measuring import turned_error
from countenance.errors import NoFaceError
from countenance.settings import Settings
from countenance.wiring.plugins import load

_Box = tuple[int, int, int, int]


class PictureEyes:
    """`countenance.verify.ports.Eyes`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def engine(self) -> str:
        """Name and version."""
        return f"{self._perception.name} {self._perception.version}"

    def levels(self, data: bytes, media_type: str) -> NDArray[np.float32]:
        """The upright picture, h w 3, in levels of 255."""
        pixels = self._images.decode(data, media_type).pixels
        found: NDArray[np.float32] = (pixels[0].permute(1, 2, 0) * 255).numpy()
        return found

    def changes(
        self, published: bytes, media_type: str, original: bytes, original_type: str, polygon: Sequence[tuple[int, int]]
    ) -> Mapping[str, tuple[int, int]]:
        """Change and published error of each unit in permille.

        Raises:
            NoFaceError: no face lies in the polygon, or it cannot be read.
        """
        device = self._settings.device
        before = self._images.decode(original, original_type).pixels.to(device)
        after = self._images.decode(published, media_type).pixels.to(device)
        box = face_in(self._perception.detect(before), polygon)
        first, second = (self._perception.perceive(pixels, box) for pixels in (before, after))
        found: dict[str, int] = self._perception.reread(first, second)
        return {
            unit: (found[unit], turned_error(error, first.yaw_deg))
            for unit, error in self._perception.errors_at(found).items()
        }

    @cached_property
    def _images(self) -> Any:
        return load("images", "vips")()

    @cached_property
    def _perception(self) -> Any:
        store: Callable[..., Any] = load("models", "pip")
        settings = self._settings
        return load("editors", settings.editor, plugins=settings.plugins)(
            store(settings.models, settings.model_cache, settings.device)
        )


def face_in(boxes: Sequence[_Box], polygon: Sequence[tuple[int, int]]) -> _Box:
    """The box that shares most with the polygon's own box.

    Raises:
        NoFaceError: none shares anything.
    """
    across, down = zip(*polygon, strict=True)
    region = (min(across), min(down), max(across), max(down))
    best = max(boxes, key=lambda box: _shared(box, region), default=None)
    if best is None or not _shared(best, region):
        raise NoFaceError("no face was found in the signed region")
    return best


def _shared(a: _Box, b: _Box) -> int:
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
