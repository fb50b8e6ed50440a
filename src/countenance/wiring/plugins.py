"""Adapters by entry point: picked by URI, from the settings' allow-list, loaded only when asked for."""

from importlib.metadata import entry_points
from typing import Any

from countenance.errors import ConfigError
from countenance.settings import Settings

ALLOWED: dict[str, frozenset[str]] = {
    "editors": frozenset({"warp"}),
    "watermarks": frozenset({"spread"}),
    "fingerprints": frozenset({"phash"}),
    "images": frozenset({"vips"}),
    "policies": frozenset({"cedar"}),
    "books": frozenset({"sqlite"}),
    "signers": frozenset({"file"}),
    "manifests": frozenset({"c2pa"}),
    "outputs": frozenset({"folder"}),
    "models": frozenset({"pip"}),
    "sealers": frozenset({"c2pa"}),
    "clocks": frozenset({"system"}),
    "ids": frozenset({"system"}),
    "screeners": frozenset(),
}
"""The built-ins. A plug-in of another package joins by name in the setting `plugins`."""


def load(kind: str, uri: str, *, plugins: tuple[str, ...] = ()) -> Any:
    """The factory behind an entry point.

    Args:
        kind: the group's last word, `editors` for `countenance.editors`.
        uri: `name:version`; the version is checked by whoever builds the adapter.
        plugins: further allowed names, each as `kind/name`.

    Raises:
        ConfigError: not on the allow-list, or not installed.
    """
    name = uri.partition(":")[0]
    if name not in ALLOWED[kind] and f"{kind}/{name}" not in plugins:
        raise ConfigError(f"`{name}` is not an allowed plug-in for {kind}", hint="allow it in the setting `plugins`")
    found = entry_points(group=f"countenance.{kind}", name=name)
    if not found:
        raise ConfigError(
            f"the plug-in `{name}` for {kind} is not installed", hint="install the package that brings it"
        )
    return next(iter(found)).load()


def screener(settings: Settings) -> Any:
    """The screener that the settings name; None where they name none. None is built in: nothing here guesses.

    Raises:
        ConfigError: it is not allowed, not installed, or of another version.
    """
    if settings.screener is None:
        return None
    found = load("screeners", settings.screener, plugins=settings.plugins)()
    wanted = settings.screener.partition(":")[2].removeprefix("v")
    if wanted and wanted != found.version:
        raise ConfigError(f"the settings ask for `{settings.screener}`, installed is version {found.version}")
    return found


def policy_engine(settings: Settings) -> Any:
    """The policy engine on the settings' rules.

    Raises:
        ConfigError: the rules are not valid.
    """
    return load("policies", settings.policy, plugins=settings.plugins)(settings.policies)
