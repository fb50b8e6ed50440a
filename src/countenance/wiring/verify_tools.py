"""What verify works with: trust anchors, and the home's books and mark keys where they are at hand."""

from functools import cached_property
from pathlib import Path
from typing import Any

from countenance.core import digest, payload
from countenance.core.records.marks import MarkRead
from countenance.errors import ConfigError
from countenance.manifest.ports import Trust
from countenance.settings import Settings
from countenance.verify.ports import VerifyTools
from countenance.wiring.plugins import load

_WHOLE = frozenset({"direct", "orient"})


class PixelReader:
    """`countenance.verify.ports.MarkReader`. Networks are loaded when a mark is first asked for."""

    def __init__(self, settings: Settings, tile_key: bytes, check_key: bytes) -> None:
        self._settings = settings
        self._tile_key = tile_key
        self._check_key = check_key
        self._seen: tuple[str, Any] | None = None

    def read(self, data: bytes, media_type: str) -> MarkRead | None:
        """The mark whose check holds, or None."""
        for word in self._codec.candidates(self._pixels(data, media_type), self._tile_key, deep=True):
            found = payload.open_word(word.info, self._check_key)
            if found is not None:
                return MarkRead(mark_id=f"{found:09x}", whole=word.path in _WHOLE)
        return None

    def fingerprint(self, data: bytes, media_type: str) -> str:
        """The perceptual fingerprint."""
        return str(self._prints.fingerprint(self._pixels(data, media_type)))

    def pixels_digest(self, data: bytes, media_type: str) -> str:
        """Digest of the decoded pixels."""
        from countenance.marks.photo import pixels_digest  # noqa: PLC0415 - torch is loaded when pixels are asked for

        return pixels_digest(self._pixels(data, media_type))

    def distance(self, a: str, b: str) -> int:
        """Bits in which two fingerprints differ."""
        return int(self._prints.distance(a, b))

    def _pixels(self, data: bytes, media_type: str) -> Any:
        name = digest.of_file(data)
        if self._seen is None or self._seen[0] != name:
            picture = load("images", "pillow")().decode(data, media_type)
            self._seen = (name, picture.pixels.to(self._settings.device))
        return self._seen[1]

    @cached_property
    def _codec(self) -> Any:
        store = load("models", "pip")(self._settings.models, self._settings.model_cache)
        return load("watermarks", self._settings.watermark, plugins=self._settings.plugins)(store)

    @cached_property
    def _prints(self) -> Any:
        return load("fingerprints", self._settings.fingerprint, plugins=self._settings.plugins)()


def verify_tools(
    settings: Settings, *, trust: Path | None = None, operators: Path | None = None
) -> tuple[VerifyTools, str]:
    """The tools, and the instant that they speak of.

    Raises:
        ConfigError: no anchors to trust, or they cannot be read.
    """
    at = load("clocks", "system")().now()
    keys = load("signers", settings.signer, plugins=settings.plugins)(settings.keys)
    anchors = Trust(
        claim_pem=_pem(trust or settings.trust, given=trust is not None),
        operators_pem=_operators(settings, trust, operators),
    )
    marks = PixelReader(settings, *keys.mark_keys()) if keys.exists else None
    shelf = None
    if keys.exists and settings.database.exists():
        shelf = load("books", "sqlite")(settings.database, keys.log_origin).shelf(at)
    tools = VerifyTools(
        manifests=load("manifests", "c2pa")(), trust=anchors, marks=marks, shelf=shelf, max_pixels=settings.max_pixels
    )
    return tools, at


def _operators(settings: Settings, trust: Path | None, operators: Path | None) -> str | None:
    if operators is not None:
        return _pem(operators, given=True)
    if trust is None or (settings.trust.exists() and _pem(trust, given=True) == _pem(settings.trust, given=False)):
        return _pem(settings.operators_trust, given=False)
    return None


def _pem(path: Path, *, given: bool) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        hint = "give a PEM file" if given else "give --trust PEM: the root of whoever should have signed"
        raise ConfigError("there is no root to trust", hint=hint) from error
