"""TrustMark as a second codec, so that other people's tools can read the mark: `trustmark:q`, or variant p, b or c.

T. Bui, S. Agarwal, J. Collomosse, *TrustMark: Universal Watermarking for Arbitrary Resolution Images*, arXiv
2311.18297. The package (extra `trustmark`) brings the networks and the layer that mends errors. It would fetch its
weights by itself; here it never gets the chance: the files have to be there, be those that it names, and are loaded by
this module, as tensors only. The numbers of sizes and strengths are those of `trustmark.trustmark` 0.9.2.
"""

import contextlib
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from countenance.core.payload import TRUSTMARK, Format
from countenance.errors import BackendError, ConfigError, UncheckedError
from countenance.marks.ports import Candidate, Heat, WatermarkCodec
from countenance.marks.spread.estimator import require_room
from countenance.media.tensors import Frames, Image

_GRID_PX: Final = 256
_BCH_5: Final = 1
_OPEN_ENCODINGS: Final = frozenset({0, _BCH_5})
"""BCH_SUPER and BCH_5: random bits are one of these, with all four version bits right, one time in 5,600. The two
weaker encodings would make it one in 145, and are not taken for a mark."""
_ARCHITECTURES: Final = frozenset({"resnet18", "resnet50", "resnet101", "simple"})
"""Of the decoder: the package builds others with weights that torchvision would fetch."""
_BAND_ROWS: Final = 64
_FEATHER, _FEATHER_PX = 0.01, 50


@dataclass(frozen=True, slots=True)
class _Variant:
    """What differs between the variants."""

    letter: str
    read_px: int = 245
    strength: float = 1.0
    longest: float = 2.0
    """A picture whose sides differ by more than that is marked in its centre square only."""


_VARIANTS: Final = {
    "q": _Variant("Q"),
    "p": _Variant("P", read_px=224, strength=1.25, longest=0.0),
    "b": _Variant("B"),
    "c": _Variant("C"),
}


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of one variant, as the package names them."""

    config: Path
    encoder: Path
    decoder: Path


@dataclass(frozen=True, kw_only=True)
class TrustMarkCodec:
    """See `WatermarkCodec`. Networks are loaded when they are first asked for."""

    version: str
    files: _Files = field(repr=False)
    name: str = "trustmark"
    payload: Format = TRUSTMARK
    keyed: bool = False

    @property
    def algorithm(self) -> str:
        """The C2PA name, which TrustMark's own tools use too."""
        return f"com.adobe.trustmark.{self._variant.letter}"

    @cached_property
    def weights(self) -> Mapping[str, str]:
        """The files as they were found."""
        found = (self.files.encoder, self.files.decoder)
        return {f"trustmark/{one.name}": f"sha256:{_digest(one, 'sha256')}" for one in found}

    def embed(self, pixels: Frames, coded: Sequence[int], tile_key: bytes, *, seed: int, levels: int = 255) -> Frames:
        """See `WatermarkCodec.embed`. The tile key has no say: everyone's TrustMark lies in the same place."""
        del tile_key
        require_room(*pixels.shape[-2:])
        bits = "".join(map(str, coded))
        secret = torch.from_numpy(self._layer.encode_binary([bits])).to(pixels)
        area = _area(pixels.shape[-2], pixels.shape[-1], self._variant.longest)
        marked = (pixels * levels).round() / levels
        for image, out in zip(pixels, marked, strict=True):
            part = image[:, area[0], area[1]]
            _add(part, self._residual(part, secret), seed, levels, out[:, area[0], area[1]])
        return marked

    def candidates(self, pixels: Frames, tile_key: bytes, *, deep: bool) -> Iterator[Candidate]:
        """See `WatermarkCodec.candidates`. Upright; `deep` also turned by quarters, as the package itself can."""
        del tile_key
        require_room(*pixels.shape[-2:])
        for turns in range(4 if deep else 1):
            soft = self._look(pixels.rot90(turns, (-2, -1)))
            word = self._decoded(soft, strict=False)
            if word is not None and word[0] == _BCH_5:
                yield self._candidate(word[1], soft)

    def presence(self, pixels: Frames, tile_key: bytes, coded: Sequence[int]) -> Heat | None:
        """A TrustMark does not say where in the picture it is."""
        del pixels, tile_key, coded
        raise UncheckedError(f"a mark of the kind {self.algorithm} does not tell where it is")

    def framings(
        self, pixels: Frames, tile_key: bytes, coded: Sequence[int], aspects: Sequence[float]
    ) -> Sequence[Frames]:
        """Nothing: a TrustMark does not say where in the picture it is."""
        del pixels, tile_key, coded, aspects
        return ()

    def algorithm_of(self, info: Sequence[int]) -> str:
        """See `WatermarkCodec.algorithm_of`."""
        del info
        return self.algorithm

    def written(self, info: Sequence[int]) -> str:
        """The encoding's number and the data bits, as TrustMark's example for C2PA writes them."""
        return f"{_BCH_5}*{''.join(map(str, info))}"

    def open_words(self, pixels: Frames) -> tuple[str, ...]:
        """See `WatermarkCodec.open_words`."""
        require_room(*pixels.shape[-2:])
        word = self._decoded(self._look(pixels), strict=True)
        return () if word is None else (f"{word[0]}*{word[1]}",)

    def _decoded(self, soft: Float[Tensor, "bits"], *, strict: bool) -> tuple[int, str] | None:
        """The encoding's number and the data bits; `strict`: none that chance gives often."""
        bits = (soft > 0).cpu().numpy()
        data, found, number = self._layer.decode_bitstream(bits[None], MODE="binary")[0]
        if not found or (strict and (number not in _OPEN_ENCODINGS or bits[-4:-2].any())):
            return None
        return int(number), str(data)

    def _candidate(self, data: str, soft: Float[Tensor, "bits"]) -> Candidate:
        word = torch.from_numpy(self._layer.encode_binary([data]))[0].to(soft) > 0.5
        agreeing = (soft.abs() * ((soft > 0) == word)).sum() / soft.abs().sum().clamp_min(1e-12)
        return Candidate(info=tuple(map(int, data)), certainty_permille=int(1000 * agreeing), path="unframed")

    @torch.no_grad()
    def _look(self, pixels: Frames) -> Float[Tensor, "bits"]:
        """What the network answers for each bit; frames are copies of one mark."""
        area = _area(pixels.shape[-2], pixels.shape[-1], self._variant.longest)
        seen = _sized(pixels[..., area[0], area[1]], self._variant.read_px)
        answer: Tensor = self._decoder.to(pixels.device).decoder(seen * 2 - 1)
        return answer.mean(0)

    @torch.no_grad()
    def _residual(self, image: Image, secret: Float[Tensor, "one bits"]) -> Float[Tensor, "1 3 grid grid"]:
        """What is added on the network's own grid, for samples in [0, 1]; without a shift of colour."""
        cover = _sized(image[None], _GRID_PX) * 2 - 1
        stego, _ = self._encoder.to(image.device)(cover, secret)
        residual = stego.clamp(-1, 1) - cover
        centred: Tensor = residual - residual.mean(dim=(2, 3), keepdim=True)
        return centred * (self._variant.strength / 2)

    @property
    def _variant(self) -> _Variant:
        return _VARIANTS[self.version]

    @cached_property
    def _layer(self) -> Any:
        return _package("trustmark.datalayer").DataLayer(100, verbose=False, encoding_mode=_BCH_5)

    @cached_property
    def _encoder(self) -> Any:
        return _network(self.files, "encoder")

    @cached_property
    def _decoder(self) -> Any:
        return _network(self.files, "decoder")


def build(store: object, version: str | None = None) -> WatermarkCodec:
    """Entry point `trustmark`: nothing is loaded yet, and nothing is ever fetched.

    Raises:
        ConfigError: no such variant.
        BackendError: the package or its models are not here.
    """
    del store
    variant = _VARIANTS.get(version or "q")
    if variant is None:
        names = ", ".join(f"trustmark:{one}" for one in _VARIANTS)
        raise ConfigError(f"there is no variant `{version}` of trustmark", hint=f"use one of {names}")
    spec = find_spec("trustmark")
    if spec is None or not spec.submodule_search_locations:
        raise BackendError("the package trustmark is not installed", hint="pip install 'countenance[trustmark]'")
    folder = Path(spec.submodule_search_locations[0]) / "models"
    files = _Files(
        config=folder / f"trustmark_{variant.letter}.yaml",
        encoder=folder / f"encoder_{variant.letter}.ckpt",
        decoder=folder / f"decoder_{variant.letter}.ckpt",
    )
    if not all(one.is_file() and one.stat().st_size for one in (files.config, files.encoder, files.decoder)):
        raise BackendError(f"the models of trustmark:{version or 'q'} are not here", hint=_fetch(variant.letter))
    return TrustMarkCodec(version=variant.letter.lower(), files=files)


def _fetch(letter: str) -> str:
    order = f"from trustmark import TrustMark; TrustMark(model_type='{letter}', loadRemover=False)"
    return f'fetch them once, from Adobe\'s server: python -c "{order}"'


def _network(files: _Files, part: str) -> Any:
    """One half of the network in its own classes, with its weights; whatever they print is not said.

    Raises:
        BackendError: the files are not those that the package names, or do not fit it.
    """
    path = getattr(files, part)
    package = _package("trustmark.trustmark")
    for one in (files.config, path):
        if package.MODEL_CHECKSUMS.get(one.name) != _digest(one, "md5"):
            letter = files.config.stem[-1]
            raise BackendError(f"`{one.name}` is not the file that trustmark names", hint=_fetch(letter))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            network = package.instantiate_from_config(_config(package, files.config, part))
            state = torch.load(path, map_location="cpu", weights_only=True)
            missing, _ = network.load_state_dict(state.get("state_dict", state), strict=False)
    except BackendError:
        raise
    except Exception as error:  # whatever a damaged file makes of the package's own classes
        raise BackendError(f"`{path.name}` cannot be loaded", hint="fetch it again") from error
    if any(name.startswith(f"{part}.") for name in missing):
        raise BackendError(f"`{path.name}` lacks weights of the {part}", hint="fetch it again")
    return network.eval()


def _config(package: Any, path: Path, part: str) -> Any:
    """The network's plan, with nothing in the place of what is not needed, as the package does it."""
    config = package.OmegaConf.load(path).model
    other = "secret_decoder" if part == "encoder" else "secret_encoder"
    for name in (f"{other}_config", "discriminator_config", "loss_config", "noise_config"):
        config.params[name].target = "trustmark.model.Identity"
    wanted = config.params.secret_decoder_config.params.get("arch", "resnet18")
    if wanted not in _ARCHITECTURES:
        what = f"`{path.name}` names a network that would be fetched: {wanted}"
        raise BackendError(what, hint="take the file that trustmark names")
    return config


def _package(module: str) -> Any:
    try:
        return import_module(module)
    except (ImportError, RuntimeError, OSError) as error:  # torchvision raises RuntimeError beside another torch
        raise BackendError(
            "the package trustmark cannot be loaded", hint="torch and torchvision have to be of one release and build"
        ) from error


def _digest(path: Path, kind: str) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=kind != "md5")).hexdigest()
    except OSError as error:
        raise BackendError(f"`{path.name}` cannot be read", hint="fetch it again") from error


def _sized(pixels: Frames, side_px: int) -> Frames:
    return functional.interpolate(pixels, (side_px, side_px), mode="bilinear", antialias=True).clamp(0, 1)


def _area(height: int, width: int, longest: float) -> tuple[slice, slice]:
    """The rows and columns that carry the mark: all, or those of the centre square."""
    side = min(height, width)
    if max(height, width) <= longest * side:
        return slice(0, height), slice(0, width)
    top, left = (height - side) // 2, (width - side) // 2
    return slice(top, top + side), slice(left, left + side)


def _add(image: Image, residual: Float[Tensor, "1 3 grid grid"], seed: int, levels: int, out: Image) -> None:
    """Add the residual, enlarged, and round to whole levels into `out`, row by row in bands.

    Rounding is stochastic, as with our own mark, so that what is less than a level is not lost. The edge is feathered.
    """
    height, width = image.shape[-2:]
    wide = functional.interpolate(residual, (_GRID_PX, width), mode="bilinear")[0]
    place = ((torch.arange(height, device=image.device) + 0.5) * _GRID_PX / height - 0.5).clamp(0, _GRID_PX - 1)
    low = place.floor().long()
    high, part = (low + 1).clamp_max(_GRID_PX - 1), place - low
    down, across = _feather(height, min(height, width), image), _feather(width, min(height, width), image)
    generator = torch.Generator().manual_seed(seed & (2**63 - 1))
    for top in range(0, height, _BAND_ROWS):
        rows = slice(top, min(top + _BAND_ROWS, height))
        added = wide[:, low[rows]].lerp(wide[:, high[rows]], part[rows, None])
        added = added * torch.minimum(down[rows, None], across[None])
        chance = torch.rand(rows.stop - top, width, generator=generator).to(image.device)
        marked = (image[:, rows] + added).clamp(0, 1) * levels + chance
        torch.div(marked.floor_().clamp_(0, levels), levels, out=out[:, rows])


def _feather(length: int, side: int, like: Tensor) -> Float[Tensor, "length"]:
    """How much of the residual is added, from an edge inwards and out again, as the package does."""
    feather = min(max(1, int(side * _FEATHER)), _FEATHER_PX)
    ramp = torch.arange(1, length + 1, device=like.device, dtype=like.dtype)
    return torch.minimum(ramp, ramp.flip(0)).div(feather).clamp_max(1)
