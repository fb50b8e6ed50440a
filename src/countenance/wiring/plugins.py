"""Adapters by entry point: picked by URI, from the settings' allow-list, loaded only when asked for."""

from importlib.metadata import entry_points
from typing import Any

from countenance.errors import ConfigError
from countenance.settings import Settings
from countenance.wiring.store_place import require_place

ALLOWED: dict[str, frozenset[str]] = {
    "editors": frozenset({"warp"}),
    "watermarks": frozenset({"spread", "trustmark"}),
    "fingerprints": frozenset({"phash", "iscc"}),
    "images": frozenset({"vips", "said"}),
    "policies": frozenset({"cedar"}),
    "books": frozenset({"sqlite", "postgres"}),
    "signers": frozenset({"file"}),
    "manifests": frozenset({"c2pa"}),
    "outputs": frozenset({"folder"}),
    "stores": frozenset({"fsspec", "archive"}),
    "models": frozenset({"pip"}),
    "sealers": frozenset({"c2pa"}),
    "clocks": frozenset({"system"}),
    "ids": frozenset({"system"}),
    "screeners": frozenset(),
    "documents": frozenset({"pdf"}),
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


def has_books(settings: Settings) -> bool:
    """Whether there is a file to open; of a server it is not known before it is asked."""
    return settings.database_url is not None or settings.database.exists()


def open_books(settings: Settings, origin: str, *, read_only: bool = False) -> Any:
    """The books that the settings name, in the home folder or on a server; unless `read_only`, made if need be.

    Raises:
        ConfigError: there are books in both places, or the server's URL will not do.
        StoreError: they cannot be opened.
        UncheckedError: a newer program made them.
    """
    if settings.database_url is None:
        return load("books", "sqlite")(settings.database, origin, read_only=read_only)
    if settings.database.exists():
        raise ConfigError(
            "this home has its books in a file, and `database_url` names a server",
            hint="`backup`, then `restore` into a new home with `database_url` set, moves them",
        )
    return load("books", "postgres")(settings.database_url.get_secret_value(), origin, read_only=read_only)


def store_at(settings: Settings, url: str | None = None) -> Any:
    """The manifest store at the URL, or at the setting's; None where neither is given.

    Raises:
        ConfigError: no such kind of place.
    """
    where = url or settings.manifest_store
    if where:
        require_place(where)
    return load("stores", "fsspec")(where) if where else None


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
