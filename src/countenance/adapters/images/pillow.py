"""JPEG and PNG by Pillow: pixels upright and 8-bit exact, ICC kept, EXIF dropped, XMP written."""

import io
import warnings
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps, PngImagePlugin

from countenance.errors import BackendError, UnsupportedMediaError
from countenance.media.ports import Picture

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
_JPEG_QUALITY = 95
_XMP_KEYWORD = "XML:com.adobe.xmp"


class PillowCodec:
    """`countenance.media.ports.ImageCodec`. Files are bounded by `request.sniff` before they come here."""

    name = "pillow"

    def decode(self, data: bytes, media_type: str) -> Picture:
        """Pixels of checked bytes.

        Raises:
            UnsupportedMediaError: the decoder cannot read them whole.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what is wrong with its metadata is dropped with them
                with Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]]) as stored:
                    stored.load()
                    upright = ImageOps.exif_transpose(stored)
                    profile, dpi = stored.info.get("icc_profile"), stored.info.get("dpi")
        except (OSError, ValueError, SyntaxError, KeyError, Image.DecompressionBombError) as error:
            raise UnsupportedMediaError("the picture is damaged", hint="get a whole copy of the file") from error
        if upright.mode != "RGB":
            raise UnsupportedMediaError(f"a picture in {upright.mode} is not handled", hint="give an 8-bit RGB picture")
        pixels = torch.from_numpy(np.array(upright)).permute(2, 0, 1)[None].float() / 255
        return Picture(pixels=pixels.contiguous(), icc_profile=profile, dpi=dpi)

    def encode(self, picture: Picture, media_type: str, *, xmp: bytes) -> bytes:
        """A file with the picture's profile and one XMP packet.

        Raises:
            BackendError: the encoder failed.
        """
        array = (picture.pixels[0] * 255).round().clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy()
        image, out = Image.fromarray(np.ascontiguousarray(array)), io.BytesIO()
        kept: dict[str, Any] = {"icc_profile": picture.icc_profile} if picture.icc_profile else {}
        if picture.dpi:
            kept["dpi"] = picture.dpi
        try:
            if media_type == "image/jpeg":
                image.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, xmp=xmp, **kept)
            else:
                info = PngImagePlugin.PngInfo()
                info.add_itxt(_XMP_KEYWORD, xmp.decode())
                image.save(out, "PNG", compress_level=6, pnginfo=info, **kept)
        except (OSError, ValueError, KeyError) as error:
            raise BackendError("the picture could not be encoded") from error
        return out.getvalue()


def build() -> PillowCodec:
    """The codec."""
    return PillowCodec()
