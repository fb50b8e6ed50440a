"""Where a manifest store may be: which places are known, and that a folder is there before it is read."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from countenance.errors import ConfigError

HINT = "write file:///FOLDER, such as file:///srv/manifests, or s3://BUCKET/PREFIX"


def require_place(url: str) -> None:
    """Refuse what no store is ever at.

    Raises:
        ConfigError: a kind of place that is not known, a bare path, or a folder or bucket that is not named in full.
    """
    parts = urlsplit(url)
    folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if not (folder or (parts.scheme == "s3" and parts.netloc)):
        raise ConfigError("there is no such store", hint=HINT)


def require_there(url: str, *, hint: str = HINT) -> None:
    """The same, and a folder must exist: one that was mistyped is not an empty store.

    Raises:
        ConfigError: no such place.
    """
    require_place(url)
    parts = urlsplit(url)
    if parts.scheme == "file" and not Path(unquote(parts.path)).is_dir():
        raise ConfigError("there is no such store: the folder does not exist", hint=hint)
