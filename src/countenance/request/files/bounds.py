"""What every reader of a container shares: the answer, the bound on its size, and the refusals."""

from dataclasses import dataclass

from countenance.core.records.asset import MediaType
from countenance.errors import TooLargeError, UnsupportedMediaError

TAKES = "give an RGB picture as JPEG, PNG, WebP or TIFF"
WHOLE = "get a whole copy of the file"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """Media type and stored size of a structurally whole picture file."""

    media_type: MediaType
    width_px: int
    height_px: int


def bounded(width: int, height: int, max_pixels: int) -> None:
    """Pass only a size that may be decoded.

    Raises:
        UnsupportedMediaError: no pixels.
        TooLargeError: more than `max_pixels`.
    """
    if width < 1 or height < 1:
        raise UnsupportedMediaError("the picture says that it has no pixels", hint=TAKES)
    if width * height > max_pixels:
        raise TooLargeError(
            f"the picture says that it has {width} x {height} pixels, more than {max_pixels}",
            hint="raise max_pixels in the settings if you trust the file",
        )


def broken(what: str) -> UnsupportedMediaError:
    """The refusal of a damaged file."""
    return UnsupportedMediaError(what, hint=WHOLE)


def unhandled(what: str) -> UnsupportedMediaError:
    """The refusal of a kind of file."""
    return UnsupportedMediaError(f"{what} is not handled", hint=TAKES)
