"""What verify works with: trust anchors, and the home's books and mark keys where they are at hand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from numpy.typing import NDArray

from countenance.core import digest, payload
from countenance.core.layers import LAYERS, layer_key
from countenance.core.records.marks import MarkRead
from countenance.errors import ConfigError, CountenanceError
from countenance.manifest.ports import Trust
from countenance.settings import Settings
from countenance.verify.findings import SAME_PICTURE_BITS
from countenance.verify.ports import Alike, VerifyTools
from countenance.wiring.eyes import PictureEyes
from countenance.wiring.mark_openers import CheckKey, Opener, read_keys
from countenance.wiring.plugins import has_books, load, open_books, store_at

T = TypeVar("T")

_WHOLE = frozenset({"direct", "orient", "subtracted"})
_WAYS = 8
_NO_KEY = "no key of marks is at hand: only likenesses are looked for"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A mark that was read, and what finds it in the picture again."""

    mark: MarkRead
    tile_key: bytes
    info: tuple[int, ...]


class PixelReader:
    """`countenance.verify.ports.MarkReader`. Networks are loaded when a mark is first asked for."""

    def __init__(self, settings: Settings, ring: Sequence[Opener]) -> None:
        self._settings = settings
        self._ring = ring
        self._seen: tuple[str, Any] | None = None
        self._found: tuple[str, _Found | None] | None = None

    def read(self, data: bytes, media_type: str) -> MarkRead | None:
        """The newest mark that is told from chance, in the picture's own framing or else in any; or None."""
        found = self._mark(data, media_type)
        return None if found is None else found.mark

    def presence(self, data: bytes, media_type: str) -> NDArray[np.float32] | None:
        """How clearly the mark that is read lies in each cell of the picture, 0 to 1; None where none is found.

        Raises:
            CountenanceError: the mark is of version 1, which is not looked for by place.
        """
        found = self._mark(data, media_type)
        if found is None:
            return None
        pixels = self._picture(data, media_type).pixels
        heat = self._codec.presence(pixels, found.tile_key, payload.coded_of(found.info))
        return None if heat is None else np.asarray(heat.values.cpu(), dtype=np.float32)

    def _mark(self, data: bytes, media_type: str) -> "_Found | None":
        name = digest.of_file(data)
        if self._found is None or self._found[0] != name:
            self._found = (name, self._search(self._picture(data, media_type).pixels))
        return self._found[1]

    def _search(self, pixels: Any) -> "_Found | None":
        tried = count(1)
        for deep in (False, True):
            for number, key in enumerate(self._ring):
                found = self._newest(pixels, key, tried, deep=deep)
                if found is not None:
                    retired = key.key_id if number and key.checked else None
                    return replace(found, mark=found.mark.model_copy(update={"retired_key": retired}))
        return None

    def _newest(self, pixels: Any, key: Opener, tried: Iterator[int], *, deep: bool) -> "_Found | None":
        """The mark in the highest layer of a key: layers are filled from the first one on."""
        newest = None
        for layer in range(LAYERS):
            found = self._first(pixels, layer_key(key.tile_key, layer), key, tried, deep=deep)
            if found is None:
                break
            newest = found
        return newest

    def _first(self, pixels: Any, tile_key: bytes, key: Opener, tried: Iterator[int], *, deep: bool) -> "_Found | None":
        for word in self._codec.candidates(pixels, tile_key, deep=deep):
            number, found = next(tried), key.open(word)
            if found is not None:
                whole = word.path in _WHOLE
                mark = MarkRead(mark_id=found, whole=whole, words_tried=number, checked=key.checked)
                return _Found(mark=mark, tile_key=tile_key, info=word.info)
        return None

    def fingerprint(self, data: bytes, media_type: str) -> str:
        """The perceptual fingerprint."""
        return str(self._prints.fingerprint(self._picture(data, media_type).pixels))

    def pixels_digest(self, data: bytes, media_type: str) -> str:
        """Digest of the decoded pixels."""
        from countenance.marks.photo import pixels_digest  # noqa: PLC0415 - torch is loaded when pixels are asked for

        picture = self._picture(data, media_type)
        return pixels_digest(picture.pixels, levels=picture.levels)

    def compare(
        self, data: bytes, media_type: str, *, fingerprint: str, content_code: str | None, grid: str | None
    ) -> Alike:
        """The picture beside the fingerprints of another one; as a crop only where the whole does not look the same.

        Raises:
            UncheckedError: one of them is not of the kind that is known here.
        """
        from countenance.marks.grid import find  # noqa: PLC0415 - torch is loaded when pixels are asked for

        pixels = self._picture(data, media_type).pixels
        least, way = self._nearest(pixels, fingerprint)
        seen = _turned(pixels, way)
        code = None if content_code is None else self._codes.distance(self._codes.fingerprint(seen), content_code)
        crop = find(pixels, grid) if grid is not None and least > SAME_PICTURE_BITS else None
        return Alike(
            phash_bits=least,
            turned=way > 0,
            iscc_bits=code,
            likeness_permille=None if crop is None else crop.likeness_permille,
            area_permille=None if crop is None else crop.area_permille,
        )

    def _nearest(self, pixels: Any, fingerprint: str) -> tuple[int, int]:
        """The least distance over the eight ways to turn and mirror the picture, and which; upright where that does."""
        upright = int(self._prints.distance(self._prints.fingerprint(pixels), fingerprint))
        if upright <= SAME_PICTURE_BITS:
            return upright, 0
        others = [
            (int(self._prints.distance(self._prints.fingerprint(_turned(pixels, way)), fingerprint)), way)
            for way in range(1, _WAYS)
        ]
        least = min(others)
        return least if least[0] <= SAME_PICTURE_BITS else (upright, 0)

    def _picture(self, data: bytes, media_type: str) -> Any:
        name = digest.of_file(data)
        if self._seen is None or self._seen[0] != name:
            picture = load("images", "vips")().decode(data, media_type)
            self._seen = (name, replace(picture, pixels=picture.pixels.to(self._settings.device)))
        return self._seen[1]

    @cached_property
    def _codec(self) -> Any:
        store = load("models", "pip")(self._settings.models, self._settings.model_cache)
        return load("watermarks", self._settings.watermark, plugins=self._settings.plugins)(store)

    @cached_property
    def _prints(self) -> Any:
        return load("fingerprints", self._settings.fingerprint, plugins=self._settings.plugins)()

    @cached_property
    def _codes(self) -> Any:
        return load("fingerprints", self._settings.content_code, plugins=self._settings.plugins)()


def _turned(pixels: Any, way: int) -> Any:
    """The picture upright, turned by quarters, and all of that mirrored: eight ways."""
    one = pixels.flip(-1) if way >= _WAYS // 2 else pixels
    return one.rot90(way % 4, (-2, -1))


def verify_tools(
    settings: Settings,
    *,
    trust: Path | None = None,
    operators: Path | None = None,
    tsa: Path | None = None,
    status: bytes | None = None,
    store: str | None = None,
    read_key: Path | None = None,
) -> tuple[VerifyTools, str]:
    """The tools, and the instant that they speak of. The home is only read.

    `read_key`: of another house, published, to look for its marks as well.

    What of the home is damaged or missing is not at hand, and the tools say why.

    Raises:
        ConfigError: no anchors to trust, or they cannot be read; or no read key is in its file.
    """
    at = load("clocks", "system")().now()
    claim, kept = roots(settings, trust), store_at(settings, store)
    anchors = Trust(
        claim_pem=claim,
        operators_pem=_operators(settings, claim, trust, operators),
        tsa_pem=None if tsa is None else _pem(tsa, given=True),
    )
    keys = load("signers", settings.signer, plugins=settings.plugins)(settings.keys)
    lent = () if read_key is None else read_keys(read_key)
    marks, marks_problem = _at_hand(lambda: _reader(settings, keys, lent, store=kept is not None))
    books, shelf_problem = books_at_hand(settings)
    tools = VerifyTools(
        manifests=load("manifests", "c2pa")(),
        trust=anchors,
        marks=marks,
        shelf=None if books is None else books.shelf(at),
        max_pixels=settings.max_pixels,
        own_root=_own_root(keys, settings),
        marks_problem=marks_problem if keys.exists or lent or kept is None else _NO_KEY,
        shelf_problem=shelf_problem,
        eyes=PictureEyes(settings),
        status_list=status,
        store=kept,
    )
    return tools, at


def roots(settings: Settings, trust: Path | None) -> str:
    """The roots of claim signers in the given file, or in the home's (PEM). Raises ConfigError where there are none."""
    return _pem(trust or settings.trust, given=trust is not None)


def _reader(settings: Settings, keys: Any, lent: Sequence[Opener], *, store: bool) -> PixelReader | None:
    """Who has a store and no key looks for likenesses only: a mark is read with the keys of who made it."""
    if not (keys.exists or lent or store):
        return None
    ring = keys.mark_ring() if keys.exists else ()
    own = [CheckKey(tile_key=one.tile_key, check_key=one.check_key, key_id=one.key_id) for one in ring]
    return PixelReader(settings, (*own, *lent))


def books_at_hand(settings: Settings) -> tuple[Any, str | None]:
    """The home's books, only to be read; or None, and why where the home has keys and so must have books."""
    keys = load("signers", settings.signer, plugins=settings.plugins)(settings.keys)
    if not keys.exists:
        return None, None
    if not has_books(settings):
        return None, "the books of this home are missing"
    found, problem = _at_hand(lambda: _held_books(settings, keys))
    return found, f"the books cannot be read: {problem}" if problem else None


def _held_books(settings: Settings, keys: Any) -> Any:
    """The books, once they do not lag behind the checkpoint that is held outside them."""
    books = open_books(settings, keys.log_origin, read_only=True)
    key = keys.registry_key(make=False)
    if key is not None:
        books.unseal_with(key)
    books.require_held(settings.log_folder, keys.log_public)
    return books


def _at_hand(make: Callable[[], T]) -> tuple[T | None, str | None]:
    """A thing of the home, or why it is not at hand."""
    try:
        return make(), None
    except CountenanceError as error:
        return None, error.message
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, "a file of the key folder is damaged"


def _own_root(keys: Any, settings: Settings) -> str | None:
    """The root of this home's claim signers, in the very form of `_pem`; None where this is nobody's home."""
    if not keys.exists:
        return None
    own, _ = _at_hand(lambda: _certificates(keys.claim_root_pem.encode()))
    handed_out, _ = _at_hand(lambda: _pem(settings.trust, given=False))
    return own or handed_out


def _operators(settings: Settings, claim: str, trust: Path | None, operators: Path | None) -> str | None:
    if operators is not None:
        return _pem(operators, given=True)
    if trust is None:
        return _pem(settings.operators_trust, given=False)
    home, _ = _at_hand(lambda: _pem(settings.trust, given=False))
    return _pem(settings.operators_trust, given=False) if home == claim else None


def _pem(path: Path, *, given: bool) -> str:
    try:
        return _certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        what = "there is no root to trust in the given file" if given else "there is no root to trust"
        hint = "give a PEM file" if given else "give --trust PEM: the root of whoever should have signed"
        raise ConfigError(what, hint=hint) from error


def _certificates(pem: bytes) -> str:
    """The certificates alone, without what stands around them. Raises ValueError where there is none."""
    found = x509.load_pem_x509_certificates(pem)
    return "".join(certificate.public_bytes(Encoding.PEM).decode() for certificate in found)
