"""Watermark codecs by name: the one that marks, and all that read."""

from typing import Any

from countenance.errors import BackendError, ConfigError
from countenance.settings import Settings
from countenance.wiring.plugins import ALLOWED, load

OURS = "spread"
BESIDE = ("trustmark:q", "trustmark:p", "trustmark:b", "trustmark:c")
"""Built in too, where their extra and their weights are there."""


def codec_of(uri: str, settings: Settings, store: Any) -> Any:
    """The codec of a name, `spread` or `trustmark:q`; what stands behind the colon is the version, or the variant.

    Raises:
        ConfigError: no such codec is allowed or installed, or it is of another version.
        BackendError: its package or its weights are not here.
    """
    name, _, asked = uri.partition(":")
    _require_known(name, settings)
    wanted = asked.removeprefix("v") or None
    codec = load("watermarks", uri, plugins=settings.plugins)(store, wanted)
    if wanted is not None and wanted != codec.version:
        raise ConfigError(f"the settings ask for `{uri}`, installed is version {codec.version}")
    return codec


def readers(settings: Settings, store: Any) -> tuple[Any, ...]:
    """Every codec that reads: ours, the one of the settings, and of the others those whose weights are there.

    Raises:
        ConfigError: the settings name a codec that is not there.
        BackendError: our own weights are absent.
    """
    found = [codec_of(OURS, settings, store)]
    for uri in dict.fromkeys((settings.watermark, *BESIDE)):
        if uri.partition(":")[0] == OURS:
            continue
        try:
            one = codec_of(uri, settings, store)
        except BackendError:  # what it alone reads is then `unchecked`
            continue
        found.append(one)
    return tuple(found)


def require_codec(settings: Settings) -> None:
    """Refuse a codec that is not here before anything is decided or logged. Ours always is.

    Raises:
        ConfigError, BackendError: as `codec_of`.
    """
    if settings.watermark not in {OURS, Settings.model_fields["watermark"].default}:
        codec_of(settings.watermark, settings, load("models", "pip")(settings.models, settings.model_cache))


def _require_known(name: str, settings: Settings) -> None:
    kind = "watermarks"
    plugged = {one.removeprefix(f"{kind}/") for one in settings.plugins if one.startswith(f"{kind}/")}
    if name in ALLOWED[kind] | plugged:
        return
    there = ", ".join((OURS, *BESIDE, *sorted(plugged)))
    raise ConfigError(f"there is no watermark codec `{name}`", hint=f"use one of {there}")
