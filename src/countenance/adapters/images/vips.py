"""JPEG, PNG, WebP and TIFF by libvips: upright, exact, 8 or 16 bit; ICC and alpha kept, EXIF dropped, XMP written."""

import logging
import zlib
from typing import Any, Literal

import numpy as np
import pyvips
import torch

from countenance.errors import BackendError, UnsupportedMediaError
from countenance.media.ports import Picture
from countenance.request.files.bounds import bounded

_LOADERS = {
    "image/jpeg": "jpegload_buffer",
    "image/png": "pngload_buffer",
    "image/webp": "webpload_buffer",
    "image/tiff": "tiffload_buffer",
}
_SAVERS: dict[str, tuple[str, dict[str, Any]]] = {
    "image/jpeg": ("jpegsave_buffer", {"Q": 95, "subsample_mode": "off"}),
    "image/png": ("pngsave_buffer", {"compression": 6}),
    "image/webp": ("webpsave_buffer", {"Q": 95, "smart_subsample": True, "alpha_q": 100}),
    "image/tiff": ("tiffsave_buffer", {"compression": "deflate", "predictor": "horizontal"}),
}
logging.getLogger("pyvips").setLevel(logging.ERROR)  # what is wrong with metadata is dropped with them, not reported
_ICC, _XMP = "icc-profile-data", "xmp-data"
_PNG_HEADER_END = 8 + 25
_MM_PER_INCH = 25.4
_UNKNOWN_DENSITY = 1.0
"""Pixels a millimetre that libvips gives where the file says none."""
_BITS: dict[str, Literal[8, 16]] = {"uchar": 8, "ushort": 16}


class VipsCodec:
    """`countenance.media.ports.ImageCodec`. Files are bounded by `request.sniff` before they come here."""

    name = "vips"

    def decode(self, data: bytes, media_type: str) -> Picture:
        """Pixels of checked bytes.

        Raises:
            UnsupportedMediaError: the decoder cannot read them whole.
        """
        try:
            stored = pyvips.Operation.call(_LOADERS[media_type], data, fail_on="truncated").autorot()
            bits, bands = _BITS.get(stored.format), stored.bands
            if bits is None or bands not in {3, 4} or stored.interpretation not in {"srgb", "rgb", "rgb16"}:
                raise UnsupportedMediaError("a picture that is not RGB is not handled", hint="give an RGB picture")
            samples = torch.from_numpy(stored.numpy().astype(np.float32)).permute(2, 0, 1)[None] / (2**bits - 1)
        except pyvips.Error as error:
            raise UnsupportedMediaError("the picture is damaged", hint="get a whole copy of the file") from error
        return Picture(
            pixels=samples[:, :3].contiguous(),
            icc_profile=_blob(stored, _ICC),
            dpi=_density(stored),
            bits=bits,
            alpha=samples[:, 3:].contiguous() if bands == 4 else None,
        )

    def in_rgb(self, data: bytes, media_type: str, *, max_pixels: int) -> bytes:
        """A grey, CMYK or palette picture as an RGB PNG of 8 bits, to be looked at only; its metadata stay behind.

        Raises:
            UnsupportedMediaError: the decoder cannot read it whole, or make it RGB.
            TooLargeError: more pixels than `max_pixels`.
        """
        try:
            stored = pyvips.Operation.call(_LOADERS[media_type], data, fail_on="truncated")
            bounded(stored.width, stored.height, max_pixels)
            seen = stored.autorot().colourspace("srgb")
            return bytes(seen.pngsave_buffer(keep="none", compression=1, bitdepth=8))
        except pyvips.Error as error:
            raise UnsupportedMediaError("the picture is damaged", hint="get a whole copy of the file") from error

    def encode(self, picture: Picture, media_type: str, *, xmp: bytes) -> bytes:
        """A file with the picture's profile and one XMP packet; JPEG and WebP hold 8 bits.

        Raises:
            UnsupportedMediaError: the picture is partly transparent, and JPEG cannot hold that.
            BackendError: the encoder failed.
        """
        image = _image(picture, bits=picture.bits if media_type in {"image/png", "image/tiff"} else 8)
        if media_type == "image/jpeg" and image.hasalpha():
            if image[3].min() < 255:
                raise UnsupportedMediaError(
                    "the picture is partly transparent, which JPEG cannot hold", hint="name the output .png or .tif"
                )
            image = image[:3]
        image = image.copy()  # its metadata may be written to, a shared image's not
        if media_type != "image/png":  # libvips would compress it, which XMP part 3, 1.1.5 forbids
            image.set_type(pyvips.GValue.blob_type, _XMP, xmp)
        if picture.icc_profile:
            image.set_type(pyvips.GValue.blob_type, _ICC, picture.icc_profile)
        saver, options = _SAVERS[media_type]
        if media_type == "image/png":
            options = options | {"bitdepth": picture.bits}
        try:
            data = bytes(pyvips.Operation.call(saver, image, **options))
        except pyvips.Error as error:
            raise BackendError("the picture could not be encoded") from error
        return _with_xmp(data, xmp) if media_type == "image/png" else data


def _image(picture: Picture, *, bits: int) -> Any:
    samples = picture.pixels[0] if picture.alpha is None else torch.cat([picture.pixels[0], picture.alpha[0]])
    kind = np.uint8 if bits == 8 else np.uint16
    array = (samples * (2**bits - 1)).round().clamp(0, 2**bits - 1).permute(1, 2, 0).cpu().numpy().astype(kind)
    image = pyvips.Image.new_from_array(np.ascontiguousarray(array), interpretation="srgb" if bits == 8 else "rgb16")
    density = {"xres": picture.dpi[0] / _MM_PER_INCH, "yres": picture.dpi[1] / _MM_PER_INCH} if picture.dpi else {}
    return image.copy(**density)


def _with_xmp(png: bytes, xmp: bytes) -> bytes:
    """The PNG with one uncompressed iTXt chunk behind its header."""
    body = b"iTXt" + b"XML:com.adobe.xmp\0\0\0\0\0" + xmp
    chunk = (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)
    return png[:_PNG_HEADER_END] + chunk + png[_PNG_HEADER_END:]


def _blob(stored: Any, name: str) -> bytes | None:
    return bytes(stored.get(name)) if name in stored.get_fields() else None


def _density(stored: Any) -> tuple[float, float] | None:
    if stored.xres == _UNKNOWN_DENSITY and stored.yres == _UNKNOWN_DENSITY:
        return None
    return stored.xres * _MM_PER_INCH, stored.yres * _MM_PER_INCH


def build() -> VipsCodec:
    """The codec."""
    return VipsCodec()
