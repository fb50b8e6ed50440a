"""The peers, each behind one small face: put a word in, and read it back blind.

All carry the same payload where they can, in a BCH code that is decoded softly. rivaGan and TrustMark
have a length of their own: for those the whole payload is every bit right.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Bits = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """`embed` and `read` take and give h w 3 RGB; `read` gives soft values, positive for 1."""

    name: str
    bits: int
    embed: Callable[[Pixels, Bits], Pixels]
    read: Callable[[Pixels], NDArray[np.float64]]


def invisible_watermark(method: str, bits: int) -> Peer:
    """The package `invisible-watermark`: dwtDct, dwtDctSvd or rivaGan (32 bits)."""
    from imwatermark import WatermarkDecoder, WatermarkEncoder  # noqa: PLC0415

    if method == "rivaGan":
        WatermarkEncoder.loadModel()
        WatermarkDecoder.loadModel()

    def embed(pixels: Pixels, word: Bits) -> Pixels:
        encoder = WatermarkEncoder()
        encoder.set_watermark("bits", word.tolist())
        return encoder.encode(np.ascontiguousarray(pixels[..., ::-1]), method)[..., ::-1].copy()

    def read(pixels: Pixels) -> NDArray[np.float64]:
        found = WatermarkDecoder("bits", bits).decode(np.ascontiguousarray(pixels[..., ::-1]), method)
        return np.asarray(found, np.float64) * 2 - 1

    return Peer(name=f"invisible-watermark {method}", bits=bits, embed=embed, read=read)


def blind_watermark(bits: int) -> Peer:
    """The package `blind-watermark`, with its defaults."""
    import blind_watermark as package  # noqa: PLC0415

    package.bw_notes.close()

    def embed(pixels: Pixels, word: Bits) -> Pixels:
        mark = package.WaterMark(password_wm=1, password_img=1)
        mark.read_img(img=np.ascontiguousarray(pixels[..., ::-1]))
        mark.read_wm(word.astype(bool).tolist(), mode="bit")
        return np.clip(np.round(mark.embed()), 0, 255).astype(np.uint8)[..., ::-1].copy()

    def read(pixels: Pixels) -> NDArray[np.float64]:
        mark = package.WaterMark(password_wm=1, password_img=1)
        found = mark.extract(embed_img=np.ascontiguousarray(pixels[..., ::-1]), wm_shape=bits, mode="bit")
        return np.asarray(found, np.float64) * 2 - 1

    return Peer(name="blind-watermark", bits=bits, embed=embed, read=read)


def trustmark(weights: Path | None) -> Peer | None:
    """The package `trustmark`, variant Q, where it is installed and its weights lie in a folder; None elsewhere."""
    if weights is None or find_spec("trustmark") is None or not any(weights.glob("*Q*.ckpt")):
        return None
    from PIL import Image  # noqa: PLC0415
    from trustmark import TrustMark  # noqa: PLC0415

    mark = TrustMark(verbose=False, model_type="Q")
    bits = mark.schemaCapacity()

    def embed(pixels: Pixels, word: Bits) -> Pixels:
        return np.asarray(mark.encode(Image.fromarray(pixels), "".join(map(str, word)), MODE="binary"))

    def read(pixels: Pixels) -> NDArray[np.float64]:
        word, present, _ = mark.decode(Image.fromarray(pixels), MODE="binary")
        return np.array([int(bit) for bit in word], np.float64) * 2 - 1 if present else np.zeros(bits)

    return Peer(name="TrustMark Q", bits=bits, embed=embed, read=read)


def at_hand(coded_bits: int, trustmark_weights: Path | None) -> list[Peer]:
    """Every peer that is installed, the slowest last."""
    warnings.simplefilter("ignore")
    peers = []
    if find_spec("imwatermark") is not None:
        peers += [invisible_watermark(method, coded_bits) for method in ("dwtDct", "dwtDctSvd")]
    if find_spec("blind_watermark") is not None:
        peers.append(blind_watermark(coded_bits))
    if find_spec("imwatermark") is not None:
        peers.append(invisible_watermark("rivaGan", 32))
    found = trustmark(trustmark_weights)
    return [*peers, *([found] if found else [])]
