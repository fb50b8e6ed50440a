"""What opens the words that may be in a picture: a house's own keys, or a read key that another house published."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from countenance.core import payload
from countenance.core.canon import canonical
from countenance.core.payload import TRUSTMARK, V2
from countenance.core.records.consent import Organisation
from countenance.errors import ConfigError

SCHEMA = "countenance.mark-read-keys/1"

_ONE = "countenance.mark-read-key/1"
_KEY_BYTES = 32
_MOST_BYTES = 1_000_000
CLEAR_PERMILLE = 660
"""Between noise and every mark that was measured: see docs/guides/mark.md."""


class Word(Protocol):
    """The part of `countenance.marks.ports.Candidate` that is needed here."""

    @property
    def info(self) -> tuple[int, ...]:
        """Information bits."""

    @property
    def clearness_permille(self) -> int | None:
        """How clearly it lies in the picture."""


class Opener(Protocol):
    """A key that marks are looked for with."""

    @property
    def tile_key(self) -> bytes:
        """Reads words."""

    @property
    def key_id(self) -> str:
        """Its name."""

    @property
    def checked(self) -> bool:
        """Whether it tells a mark from chance by a keyed check."""

    def open(self, word: Word) -> str | None:
        """The id in a word, or None where it is taken for chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckKey:
    """A house's own key."""

    tile_key: bytes = field(repr=False)
    check_key: bytes = field(repr=False)
    key_id: str
    checked: bool = True

    def open(self, word: Word) -> str | None:
        """The id, where the keyed check holds."""
        return payload.open_text(word.info, self.check_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadKey:
    """A published key: it has no check, so what it reads has to lie clearly in the picture. Version 2 only."""

    tile_key: bytes = field(repr=False)
    reading: bytes = field(repr=False)
    key_id: str
    checked: bool = False

    def open(self, word: Word) -> str | None:
        """The id, where the word lies in the picture more clearly than chance ever puts one there."""
        if word.clearness_permille is None or word.clearness_permille < CLEAR_PERMILLE:
            return None
        found = payload.read_unchecked(word.info, self.reading, V2)
        return None if found is None else f"{found:0{V2.digits}x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoKey:
    """For marks that anyone can read, such as TrustMark's: the id is there, and nothing tells it from chance."""

    tile_key: bytes = b""
    key_id: str = ""
    checked: bool = False

    def open(self, word: Word) -> str | None:
        """The id in a word that is not whitened; of another word, none."""
        found = payload.read_unchecked(word.info, b"", TRUSTMARK)
        return None if found is None else f"{found:0{TRUSTMARK.digits}x}"


def published(organisation: Organisation, keys: tuple[bytes, ...]) -> bytes:
    """The file that a house may hand out: whose the keys are, and each of them, the newest first."""
    return canonical(
        {
            "schema": SCHEMA,
            "organisation_id": organisation.id,
            "organisation": organisation.name,
            "keys": [json.loads(key) for key in keys],
        }
    )


def read_keys(path: Path) -> tuple[ReadKey, ...]:
    """The keys in such a file.

    Raises:
        ConfigError: it cannot be read, or is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
        value = json.loads(data)
        if value["schema"] != SCHEMA:
            raise _none()
        found = tuple(_read_key(one) for one in value["keys"])
    except OSError as error:
        raise ConfigError("the read key cannot be read", hint="give the file that the house published") from error
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _none() from error
    if not found:
        raise _none()
    return found


def _read_key(value: Any) -> ReadKey:
    tile_key, reading = bytes.fromhex(value["tile_key_hex"]), bytes.fromhex(value["reading_key_hex"])
    sound = value["schema"] == _ONE and isinstance(value["key_id"], str)
    if not sound or (len(tile_key), len(reading)) != (_KEY_BYTES, _KEY_BYTES):
        raise _none()
    return ReadKey(tile_key=tile_key, reading=reading, key_id=value["key_id"])


def _none() -> ConfigError:
    return ConfigError("this is no read key of marks", hint="`countenance keys read-key export` makes one")
