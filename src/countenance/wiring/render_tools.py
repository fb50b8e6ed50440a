"""The render room: pixels and networks, on one device. No keys, no registry."""

from importlib.metadata import version
from typing import Any

import torch

from countenance.errors import ConfigError
from countenance.settings import Settings
from countenance.toolkit.render import RenderTools
from countenance.wiring.codecs import codec_of, readers
from countenance.wiring.plugins import load


def model_store(settings: Settings) -> Any:
    """Where weights are."""
    return load("models", "pip")(settings.models, settings.model_cache, settings.device)


def render_tools(settings: Settings) -> RenderTools:
    """Open the render room.

    Raises:
        EngineError: weights are absent or damaged.
        BackendError: the mark's package or weights are.
        ConfigError: a plug-in is not allowed, not installed, or of another version.
    """
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    _require_device(settings.device)
    store = model_store(settings)
    engine = load("editors", settings.editor, plugins=settings.plugins)(store)
    wanted = settings.editor.partition(":")[2].removeprefix("v")
    if wanted and wanted != engine.version:
        raise ConfigError(f"the settings ask for `{settings.editor}`, installed is version {engine.version}")
    watermark = codec_of(settings.watermark, settings, store)
    return RenderTools(
        images=load("images", "vips")(),
        engine=engine,
        watermark=watermark,
        other_marks=tuple(one for one in readers(settings, store) if one.algorithm != watermark.algorithm),
        fingerprinter=load("fingerprints", settings.fingerprint, plugins=settings.plugins)(),
        content_code=load("fingerprints", settings.content_code, plugins=settings.plugins)(),
        toolkit_version=version("countenance"),
        device=settings.device,
    )


def _require_device(name: str) -> None:
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"the device `{name}` is not here", hint="set `device` to cpu") from error
