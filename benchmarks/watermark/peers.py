"""The peers, each behind one small face: put a word in, and read it back blind.

All carry the same payload where they can, in a BCH code that is decoded softly. rivaGan and TrustMark
have a length of their own: for those the whole payload is every bit right.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Bits = NDArray[np.int64]
CODED = "48-bit id, 126 coded bits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """`embed` and `read` take and give h w 3 RGB; `read` gives soft values, positive for 1."""

    name: str
    bits: int
    package: str
    payload: str
    slow: bool = False
    """Seconds a reading, where the others take a tenth of one."""
    embed: Callable[[Pixels, Bits], Pixels]
    read: Callable[[Pixels], NDArray[np.float64]]


def invisible_watermark(method: str, bits: int) -> Peer:
    """The package `invisible-watermark`: dwtDct, dwtDctSvd or rivaGan (32 bits)."""
    from imwatermark import WatermarkDecoder, WatermarkEncoder  # noqa: PLC0415

    raw = method == "rivaGan"
    if raw:
        _load_rivagan()

    def embed(pixels: Pixels, word: Bits) -> Pixels:
        encoder = WatermarkEncoder()
        encoder.set_watermark("bits", word.tolist())
        return encoder.encode(np.ascontiguousarray(pixels[..., ::-1]), method)[..., ::-1].copy()

    def read(pixels: Pixels) -> NDArray[np.float64]:
        found = WatermarkDecoder("bits", bits).decode(np.ascontiguousarray(pixels[..., ::-1]), method)
        return np.asarray(found, np.float64) * 2 - 1

    return Peer(
        name=f"invisible-watermark {method}",
        bits=bits,
        package=f"invisible-watermark {version('invisible-watermark')}",
        payload=f"{bits} bits as they are" if raw else CODED,
        slow=raw,
        embed=embed,
        read=read,
    )


def _load_rivagan() -> None:
    """As the package's `loadModel` does it, but with as many threads as everything else has."""
    from imwatermark import rivaGan  # noqa: PLC0415
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415

    options = SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    folder, network = Path(rivaGan.__file__).parent, rivaGan.RivaWatermark
    for part in ("encoder", "decoder"):
        path = str(folder / f"rivagan_{part}.onnx")
        setattr(network, part, InferenceSession(path, options, providers=["CPUExecutionProvider"]))


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

    return Peer(
        name="blind-watermark",
        bits=bits,
        package=f"blind-watermark {version('blind-watermark')}",
        payload=CODED,
        embed=embed,
        read=read,
    )


def trustmark() -> Peer | None:
    """The package `trustmark`, variant Q, where it is installed with its models; None elsewhere: nothing is fetched."""
    spec = find_spec("trustmark")
    if spec is None or not spec.submodule_search_locations:
        return None
    models = Path(spec.submodule_search_locations[0]) / "models"
    if not all((models / name).is_file() for name in ("trustmark_Q.yaml", "encoder_Q.ckpt", "decoder_Q.ckpt")):
        return None
    from PIL import Image  # noqa: PLC0415
    from trustmark import TrustMark  # noqa: PLC0415

    mark = TrustMark(verbose=False, model_type="Q", encoding_type=TrustMark.Encoding.BCH_5, loadRemover=False)
    bits = 61  # what BCH_5 leaves of 100

    def embed(pixels: Pixels, word: Bits) -> Pixels:
        return np.asarray(mark.encode(Image.fromarray(pixels), "".join(map(str, word)), MODE="binary"))

    def read(pixels: Pixels) -> NDArray[np.float64]:
        word, present, _ = mark.decode(Image.fromarray(pixels), MODE="binary")
        return np.array([int(bit) for bit in word], np.float64) * 2 - 1 if present else np.zeros(bits)

    return Peer(
        name="TrustMark Q",
        bits=bits,
        package=f"trustmark {version('trustmark')}",
        payload=f"{bits} bits in its own code",
        embed=embed,
        read=read,
    )


def at_hand(coded_bits: int) -> list[Peer]:
    """Every peer that is installed, the slowest last."""
    warnings.simplefilter("ignore")
    peers = []
    if find_spec("imwatermark") is not None:
        peers += [invisible_watermark(method, coded_bits) for method in ("dwtDct", "dwtDctSvd")]
    if find_spec("blind_watermark") is not None:
        peers.append(blind_watermark(coded_bits))
    found = trustmark()
    if found is not None:
        peers.append(found)
    if find_spec("imwatermark") is not None:
        peers.append(invisible_watermark("rivaGan", 32))
    return peers
