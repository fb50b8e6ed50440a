"""Settings, read once: flag, then `COUNTENANCE_*`, then `countenance.toml` in the home folder, then default.

The only module that reads the environment.
"""

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from countenance.errors import ConfigError

_PREFIX = "COUNTENANCE_"
_FILE = "countenance.toml"


def _data_folder(name: str) -> Path:
    """A folder of rules, models or examples: inside the installed wheel, or beside `src` in a checkout."""
    package = Path(__file__).parent
    installed = package / "data" / name
    return installed if installed.is_dir() else package.parents[1] / name


def _model_cache() -> Path:
    """Where fetched weights lie: with the virtual environment that uses them, else in the user's cache."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "share" / "countenance" / "models"
    return platformdirs.user_cache_path("countenance") / "models"


class Settings(BaseSettings):
    """Every setting, frozen."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid")

    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("countenance"))
    passphrase: SecretStr | None = None
    passphrase_file: Path | None = None
    operator_passphrase: SecretStr | None = None
    operator_passphrase_file: Path | None = None
    new_passphrase: SecretStr | None = None
    new_passphrase_file: Path | None = None
    operator: str | None = None
    """Who acts where a command names nobody: an id, or a name."""
    max_bytes: int = Field(default=200_000_000, ge=1)
    max_pixels: int = Field(default=120_000_000, ge=1)
    device: str = "cpu"
    threads: int | None = Field(default=None, ge=1)
    editor: str = "warp:v2"
    watermark: str = "spread:v2"
    """What pictures are marked with: ours, or `trustmark:q` with its extra. Read is every kind that is here."""
    fingerprint: str = "phash:v1"
    content_code: str = "iscc:v0"
    manifest_store: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9+]*://[^\s]*$")
    policy: str = "cedar:v1"
    signer: str = "file:v1"
    plugins: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    screener: str | None = None
    tsa_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    status_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$", max_length=1900)
    database_url: SecretStr | None = None
    """A PostgreSQL server's, for books that are not in the home folder; it may hold a password."""
    retention_years: int | None = Field(default=None, ge=0, le=100)
    retention_refusals_years: int | None = Field(default=None, ge=0, le=100)
    policies: Path = Field(default_factory=lambda: _data_folder("policies"))
    models: Path = Field(default_factory=lambda: _data_folder("models"))
    examples: Path = Field(default_factory=lambda: _data_folder("examples"))
    model_cache: Path = Field(default_factory=_model_cache)

    @field_validator("database_url")
    @classmethod
    def _understood(cls, given: SecretStr | None) -> SecretStr | None:
        if given is None or not given.get_secret_value():
            return None
        if not given.get_secret_value().startswith("postgresql://"):
            raise ValueError("it begins with postgresql://")
        return given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment; the file is merged below them by `load`."""
        del settings_cls, dotenv_settings, file_secret_settings
        return init_settings, env_settings

    @property
    def keys(self) -> Path:
        """Folder of wrapped keys."""
        return self.home / "keys"

    @property
    def database(self) -> Path:
        """Registry and log, where no `database_url` names a server; and their place in a backup, from either."""
        return self.home / "books.sqlite3"

    @property
    def log_folder(self) -> Path:
        """Tiles and the held checkpoint, derived from the database."""
        return self.home / "log"

    @property
    def status_folder(self) -> Path:
        """Status lists as they were last signed, to be put where `status_url` says."""
        return self.home / "status"

    @property
    def trust(self) -> Path:
        """The root of the organisation's claim signers, to hand to anyone who verifies."""
        return self.home / "trust.pem"

    @property
    def operators_trust(self) -> Path:
        """The root of the organisation's operators: never among the anchors of claim signers."""
        return self.home / "trust-operators.pem"

    @classmethod
    def load(cls, flags: Mapping[str, Any]) -> Self:
        """Settings of this process. `flags` are the command line's, by field name.

        Raises:
            ConfigError: an unknown or impossible setting.
        """
        given = {name: value for name, value in flags.items() if value is not None}
        if given.get("home") == "":
            raise ConfigError("the home folder has no name", hint="give --home DIR")
        if os.environ.get(f"{_PREFIX}HOME") == "":
            given.setdefault("home", platformdirs.user_data_path("countenance"))
        home = Path(given.get("home") or os.environ.get(f"{_PREFIX}HOME") or platformdirs.user_data_path("countenance"))
        from_file = _read_file(home / _FILE)
        below_environment = {k: v for k, v in from_file.items() if f"{_PREFIX}{k}".upper() not in os.environ}
        try:
            return cls(**{**below_environment, **given})
        except SettingsError as error:
            raise ConfigError(f"a setting cannot be read: {str(error).splitlines()[0]}") from error
        except ValidationError as error:
            problem = error.errors()[0]
            name = ".".join(str(part) for part in problem["loc"])
            raise ConfigError(f"the setting `{name}` is wrong: {problem['msg'].lower()}") from error

    def sources(self, flags: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        """Each setting's shown value (secrets masked) and where it came from."""
        from_file = _read_file(self.home / _FILE)
        shown = {}
        for name in type(self).model_fields:
            if flags.get(name) is not None:
                source = "flag"
            elif f"{_PREFIX}{name}".upper() in os.environ:
                source = f"{_PREFIX}{name}".upper()
            else:
                source = _FILE if name in from_file else "default"
            value = self._shown(name)
            shown[name] = ("" if value is None else str(value), source)
        return shown

    def _shown(self, name: str) -> Any:
        value = getattr(self, name)
        return _without_secrets(value.get_secret_value()) if name == "database_url" and value is not None else value


def _without_secrets(url: str) -> str:
    """A database's URL with the server and the database, and neither user, password nor options."""
    try:
        parts = urlsplit(url)
        place = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "postgresql://..."
    user, options = "...@" if "@" in parts.netloc else "", "?..." if parts.query else ""
    return f"postgresql://{user}{place}{parts.path}{options}"


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"`{_FILE}` in the home folder cannot be read", hint="it must be TOML") from error


def read_passphrase(secret: SecretStr | None, file: Path | None) -> str | None:
    """A passphrase from the settings, or from the first line of a file.

    Raises:
        ConfigError: the file cannot be read.
    """
    if secret is not None:
        return secret.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise ConfigError(
            "the passphrase file cannot be read", hint="it holds the passphrase on its first line"
        ) from error
