"""Mark a picture, encode it, and read the mark back from the encoded bytes before anything goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from countenance.core import digest
from countenance.core.ids import IdSource
from countenance.core.payload import Format
from countenance.core.records.marks import SoftBinding
from countenance.errors import MarkUnreadableError
from countenance.marks import grid
from countenance.marks.ports import Fingerprinter, WatermarkCodec
from countenance.media.ports import ImageCodec, Picture
from countenance.media.tensors import Frames

_TRIES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Encoded bytes that carry a mark which was read back from them, and the soft bindings: the watermark first."""

    data: bytes
    pixels: Frames
    """As they are decoded again from the bytes."""
    pixels_digest: str
    bindings: tuple[SoftBinding, ...]


def pixels_digest(pixels: Frames, *, levels: int = 255) -> str:
    """Digest of decoded pixels, [0, 1] and exactly k/levels; opacity is not part of it."""
    samples = (pixels * levels).round().cpu().numpy().astype("u1" if levels == 255 else "<u2")
    return digest.of_pixels(samples.shape, samples.tobytes())


def draw_mark(ids: IdSource, reserve: Callable[[str], bool], version: Format) -> str:
    """A fresh random mark id of a version, as text; drawn again where it is taken.

    Raises:
        MarkUnreadableError: every draw was taken.
    """
    for _ in range(_TRIES):
        drawn = ids.secret(-(-version.id_bits // 8)).hex()[: version.digits]
        if reserve(drawn):
            return drawn
    raise MarkUnreadableError("no free mark id was found", hint="rotate the mark key")


def mark_photo(
    picture: Picture,
    mark_id: str,
    coded: Sequence[int],
    media_type: str,
    xmp: bytes,
    *,
    images: ImageCodec,
    codec: WatermarkCodec,
    fingerprinters: Sequence[Fingerprinter],
    tile_key: bytes,
    seed: int,
) -> Marked:
    """Embed, encode, decode, and find the same word again.

    Raises:
        MarkUnreadableError: the encoded file does not give the mark back.
    """
    pixels = codec.embed(picture.pixels, coded, tile_key, seed=seed, levels=picture.levels)
    data = images.encode(replace(picture, pixels=pixels), media_type, xmp=xmp)
    decoded = images.decode(data, media_type)
    again = decoded.pixels
    info = tuple(coded[: codec.payload.info_bits])
    if not any(word.info == info for word in codec.candidates(again, tile_key, deep=False)):
        raise MarkUnreadableError("the mark cannot be read back from the encoded file", hint="nothing was let out")
    return Marked(
        data=data,
        pixels=again,
        pixels_digest=pixels_digest(again, levels=decoded.levels),
        bindings=(
            SoftBinding(algorithm=codec.algorithm, value=mark_id, scope="watermark", written=codec.written(info)),
            *(
                SoftBinding(algorithm=one.algorithm, value=one.fingerprint(again), scope="fingerprint")
                for one in fingerprinters
            ),
            SoftBinding(algorithm=grid.ALGORITHM, value=grid.grid_print(again), scope="fingerprint"),
        ),
    )
