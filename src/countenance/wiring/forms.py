"""The forms that are shipped: commented release files to fill in, `policies/forms/NAME.yaml`."""

from pathlib import Path

from countenance.errors import ConfigError, StoreError
from countenance.settings import Settings


def form_names(settings: Settings) -> tuple[str, ...]:
    """The forms that are here."""
    return tuple(sorted(path.stem for path in _folder(settings).glob("*.yaml")))


def forms_about(settings: Settings) -> dict[str, str]:
    """Each form by name, with what it is for: its first line."""
    return {
        name: form(settings, name).decode().partition("\n")[0].lstrip("# ").rstrip(".") for name in form_names(settings)
    }


def form(settings: Settings, name: str) -> bytes:
    """One form, with its comments.

    Raises:
        ConfigError: there is none of this name.
        StoreError: it cannot be read.
    """
    names = form_names(settings)
    if name not in names:
        raise ConfigError("there is no form of this name", hint=f"known: {', '.join(names)}")
    try:
        return (_folder(settings) / f"{name}.yaml").read_bytes()
    except OSError as error:
        raise StoreError(f"the form `{name}` cannot be read: {error.strerror}") from error


def _folder(settings: Settings) -> Path:
    return settings.policies / "forms"
