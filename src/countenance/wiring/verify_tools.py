"""What verify works with: trust anchors, and the home's books and mark keys where they are at hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from numpy.typing import NDArray

from countenance.core import digest, payload
from countenance.core.envelope import NO_CERTIFICATE
from countenance.core.records.marks import MarkRead
from countenance.errors import ConfigError, CountenanceError
from countenance.manifest.ports import Trust
from countenance.settings import Settings
from countenance.verify.findings import CROP_LIKENESS_PERMILLE, FRAMED_BITS, SAME_PICTURE_BITS
from countenance.verify.ports import Alike, VerifyTools
from countenance.wiring.codecs import readers
from countenance.wiring.eyes import PictureEyes
from countenance.wiring.mark_openers import CheckKey, Opener, read_keys
from countenance.wiring.mark_search import MarkSearch
from countenance.wiring.plugins import has_books, load, open_books, store_at
from countenance.wiring.store_place import require_there

T = TypeVar("T")

_WAYS = 8
_NO_KEY = "no key of marks is at hand (--read-key), so that none was looked for"


class PixelReader:
    """`countenance.verify.ports.MarkReader`. Networks are loaded when a mark is first asked for."""

    def __init__(self, settings: Settings, ring: Sequence[Opener], *, confirmed: bool = False) -> None:
        """`confirmed`: there is a store that confirms ids which no key checks, so that those are looked for, too."""
        self._settings = settings
        self._ring = ring
        self._confirmed = confirmed
        self._seen: tuple[str, Any] | None = None
        self._search: tuple[str, MarkSearch] | None = None

    def read(self, data: bytes, media_type: str, *, algorithm: str | None = None) -> MarkRead | None:
        """The newest mark that is told from chance, in the picture's own framing or else in any; or None.

        With an `algorithm`, that a manifest names: a mark of that kind, checked by a key of ours or not.

        Raises:
            UncheckedError: marks of that kind cannot be read here.
        """
        search = self._searched(data, media_type)
        found = search.first(checked=not self._confirmed) if algorithm is None else search.of(algorithm)
        return None if found is None else found.mark

    def beside(self, data: bytes, media_type: str) -> tuple[MarkRead, ...]:
        """Marks of other kinds than the one that is read, in the picture's own framing."""
        return tuple(one.mark for one in self._searched(data, media_type).beside(checked=not self._confirmed))

    def presence(self, data: bytes, media_type: str) -> NDArray[np.float32] | None:
        """How clearly the mark that is read lies in each cell of the picture, 0 to 1; None where none is found.

        Raises:
            CountenanceError: the mark is of a kind that is not looked for by place.
        """
        found = self._searched(data, media_type).first(checked=not self._confirmed)
        if found is None:
            return None
        pixels = self._picture(data, media_type).pixels
        heat = found.codec.presence(pixels, found.tile_key, payload.coded_of(found.info))
        return None if heat is None else np.asarray(heat.values.cpu(), dtype=np.float32)

    def _searched(self, data: bytes, media_type: str) -> MarkSearch:
        name = digest.of_file(data)
        if self._search is None or self._search[0] != name:
            pixels = self._picture(data, media_type).pixels
            self._search = (name, MarkSearch(pixels, self._codecs, self._ring))
        return self._search[1]

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
        if grid is not None and crop is not None and crop.likeness_permille < CROP_LIKENESS_PERMILLE:
            framed = self._in_its_frame(data, media_type, fingerprint, content_code, grid)
            if framed is not None:
                return framed
        return Alike(
            phash_bits=least,
            turned=way > 0,
            iscc_bits=code,
            likeness_permille=None if crop is None else crop.likeness_permille,
            area_permille=None if crop is None else crop.area_permille,
        )

    def _in_its_frame(
        self, data: bytes, media_type: str, fingerprint: str, content_code: str | None, grid: str
    ) -> Alike | None:
        """The copy in the frame that its mark lies in, where both fingerprints say that this shows the picture.

        Of a mark that was read without a search, that is the frame of the copy itself. There are many frames to try, so
        that one fingerprint alone would fit another picture too easily.
        """
        from countenance.marks.grid import aspects  # noqa: PLC0415 - torch is loaded when pixels are asked for

        found = self._searched(data, media_type).first(checked=not self._confirmed)
        if found is None or found.mark.whole or content_code is None:
            return None
        pixels = self._picture(data, media_type).pixels
        shown = found.codec.framings(pixels, found.tile_key, payload.coded_of(found.info), aspects(grid))
        bits = [int(self._prints.distance(self._prints.fingerprint(one), fingerprint)) for one in shown]
        least = min(bits, default=FRAMED_BITS + 1)
        if least > FRAMED_BITS:
            return None
        code = int(self._codes.distance(self._codes.fingerprint(shown[bits.index(least)]), content_code))
        return None if code > FRAMED_BITS else Alike(phash_bits=least, iscc_bits=code, straightened=True)

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
    def _codecs(self) -> tuple[Any, ...]:
        return readers(self._settings, load("models", "pip")(self._settings.models, self._settings.model_cache))

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
    looking: bool = False,
) -> tuple[VerifyTools, str]:
    """The tools, and the instant that they speak of. The home is only read.

    `read_key`: of another house, published, to look for its marks as well. `looking`: for a manifest that was lost,
    which can be done without anchors where none are given and there is no home; nothing is then believed of a store.

    What of the home is damaged or missing is not at hand, and the tools say why.

    Raises:
        ConfigError: no anchors to trust, or they cannot be read; or no read key is in its file.
    """
    at = load("clocks", "system")().now()
    kept = store_at(settings, store)
    if store is not None:
        require_there(store)
    keys = load("signers", settings.signer, plugins=settings.plugins)(settings.keys)
    homeless = trust is None and not keys.exists and not settings.trust.exists()
    claim = "" if looking and homeless else roots(settings, trust)
    anchors = Trust(
        claim_pem=claim,
        operators_pem=_operators(settings, claim, trust, operators) if claim or operators else None,
        tsa_pem=None if tsa is None else _pem(tsa, given=True),
    )
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
        keys_lent=bool(lent),
        marks_problem=marks_problem if keys.exists or lent else _NO_KEY,
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
    return PixelReader(settings, (*own, *lent), confirmed=store)


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
    try:
        found = x509.load_pem_x509_certificates(pem)
    except NO_CERTIFICATE as error:
        raise ValueError("no certificates") from error
    return "".join(certificate.public_bytes(Encoding.PEM).decode() for certificate in found)
