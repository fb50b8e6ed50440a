"""What verify works with: trust anchors, and the home's books and mark keys where they are at hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from countenance.core import digest, payload
from countenance.core.records.marks import MarkRead
from countenance.errors import ConfigError, CountenanceError
from countenance.manifest.ports import Trust
from countenance.settings import Settings
from countenance.verify.ports import VerifyTools
from countenance.wiring.eyes import PictureEyes
from countenance.wiring.plugins import load

T = TypeVar("T")

_WHOLE = frozenset({"direct", "orient"})


class PixelReader:
    """`countenance.verify.ports.MarkReader`. Networks are loaded when a mark is first asked for."""

    def __init__(self, settings: Settings, ring: Sequence[Any]) -> None:
        self._settings = settings
        self._ring = ring
        self._seen: tuple[str, Any] | None = None

    def read(self, data: bytes, media_type: str) -> MarkRead | None:
        """The mark whose check holds, under the newest key or an older one; or None."""
        pixels = self._picture(data, media_type).pixels
        for number, key in enumerate(self._ring):
            for word in self._codec.candidates(pixels, key.tile_key, deep=True):
                found = payload.open_word(word.info, key.check_key)
                if found is not None:
                    retired = key.key_id if number else None
                    return MarkRead(mark_id=f"{found:09x}", whole=word.path in _WHOLE, retired_key=retired)
        return None

    def fingerprint(self, data: bytes, media_type: str) -> str:
        """The perceptual fingerprint."""
        return str(self._prints.fingerprint(self._picture(data, media_type).pixels))

    def pixels_digest(self, data: bytes, media_type: str) -> str:
        """Digest of the decoded pixels."""
        from countenance.marks.photo import pixels_digest  # noqa: PLC0415 - torch is loaded when pixels are asked for

        picture = self._picture(data, media_type)
        return pixels_digest(picture.pixels, levels=picture.levels)

    def distance(self, a: str, b: str) -> int:
        """Bits in which two fingerprints differ."""
        return int(self._prints.distance(a, b))

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


def verify_tools(
    settings: Settings,
    *,
    trust: Path | None = None,
    operators: Path | None = None,
    tsa: Path | None = None,
    status: bytes | None = None,
) -> tuple[VerifyTools, str]:
    """The tools, and the instant that they speak of. The home is only read.

    What of the home is damaged or missing is not at hand, and the tools say why.

    Raises:
        ConfigError: no anchors to trust, or they cannot be read.
    """
    at = load("clocks", "system")().now()
    claim = _pem(trust or settings.trust, given=trust is not None)
    anchors = Trust(
        claim_pem=claim,
        operators_pem=_operators(settings, claim, trust, operators),
        tsa_pem=None if tsa is None else _pem(tsa, given=True),
    )
    keys = load("signers", settings.signer, plugins=settings.plugins)(settings.keys)
    marks, marks_problem = _at_hand(lambda: PixelReader(settings, keys.mark_ring()) if keys.exists else None)
    books, shelf_problem = books_at_hand(settings)
    tools = VerifyTools(
        manifests=load("manifests", "c2pa")(),
        trust=anchors,
        marks=marks,
        shelf=None if books is None else books.shelf(at),
        max_pixels=settings.max_pixels,
        own_root=_own_root(keys, settings),
        marks_problem=marks_problem,
        shelf_problem=shelf_problem,
        eyes=PictureEyes(settings),
        status_list=status,
    )
    return tools, at


def books_at_hand(settings: Settings) -> tuple[Any, str | None]:
    """The home's books, only to be read; or None, and why where the home has keys and so must have books."""
    keys = load("signers", settings.signer, plugins=settings.plugins)(settings.keys)
    if not keys.exists:
        return None, None
    if not settings.database.exists():
        return None, "the books of this home are missing"
    found, problem = _at_hand(lambda: _held_books(settings, keys))
    return found, f"the books cannot be read: {problem}" if problem else None


def _held_books(settings: Settings, keys: Any) -> Any:
    """The books, once they do not lag behind the checkpoint that is held outside them."""
    books = load("books", "sqlite")(settings.database, keys.log_origin, read_only=True)
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
