"""What a file really is, from its bytes alone: type, size, and whether its structure is whole."""

from countenance.core.records.asset import MediaType
from countenance.errors import UnsupportedMediaError
from countenance.request.files import png
from countenance.request.files.bounds import TAKES, Sniffed, unhandled
from countenance.request.files.jpeg import sniff_jpeg
from countenance.request.files.png import sniff_png
from countenance.request.files.tiff import sniff_tiff
from countenance.request.files.webp import sniff_webp

_KNOWN: dict[bytes, MediaType] = {
    b"\xff\xd8\xff": "image/jpeg",
    png.MAGIC: "image/png",
    b"RIFF": "image/webp",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
_OTHERS = {
    b"II+\x00": "a BigTIFF file",
    b"MM\x00+": "a BigTIFF file",
    b"GIF8": "a GIF file",
    b"BM": "a BMP file",
    b"%PDF": "a PDF file",
    b"8BPS": "a Photoshop file",
}
_SNIFFERS = {
    "image/jpeg": sniff_jpeg,
    "image/png": sniff_png,
    "image/webp": sniff_webp,
    "image/tiff": sniff_tiff,
}


def media_type_of(data: bytes) -> MediaType | None:
    """The media type by the first bytes alone, however damaged the rest; None where it is not handled."""
    return next((kind for magic, kind in _KNOWN.items() if data.startswith(magic)), None)


def sniff(data: bytes, *, max_pixels: int) -> Sniffed:
    """Check a picture file's structure.

    Raises:
        UnsupportedMediaError: empty, unknown, damaged, or of a kind that is not handled.
        TooLargeError: more pixels than `max_pixels`.
    """
    if not data:
        raise UnsupportedMediaError("the file is empty", hint=TAKES)
    known = media_type_of(data)
    if known is not None:
        return _SNIFFERS[known](data, max_pixels)
    kind = next((name for magic, name in _OTHERS.items() if data.startswith(magic)), None)
    if kind is None and data[4:8] == b"ftyp":
        kind = "an AVIF, HEIC or video file"
    raise unhandled(kind or "this kind of file")
