"""What options and a file say of a title, put together: an option outweighs the file, and both outweigh the picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countenance.cli.state import State, read_file
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from countenance.request.title_file import TitleFile

_LICENCE = {
    "licensor": "licensor",
    "tier": "tier",
    "licence_number": "number",
    "editorial_only": "editorial_only",
    "licence_until": "expires",
    "licence_territory": "territories",
}
"""Options of a licence, by their names in a title file."""
_FILES = frozenset({"agreement", "evidence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Titling:
    """What is said of a title. `details`: the later fields of the record, by name."""

    owner: str
    basis: Any
    alteration: Any
    details: Mapping[str, Any]


def titling(state: State, file: Path | None, options: Mapping[str, Any], found: Mapping[str, Any]) -> Titling:
    """The title as options, a file and the picture itself say it.

    Args:
        state: of the command line.
        file: a title file, where one is given.
        options: by name, those that were not given being None or empty.
        found: what stands in the picture's own metadata, by field; it only fills what nobody said.

    Raises:
        ConfigError: a value is not allowed, or owner, basis or alteration is not said.
    """
    said = {name: value for name, value in options.items() if value not in (None, [], False)}
    at = state.office.clock.now()
    from_file = None if file is None else _parsed(file, at)
    known: dict[str, Any] = dict(found)
    if from_file is not None:
        known |= {"owner": from_file.owner, "basis": from_file.basis, "alteration": from_file.alteration}
        known |= from_file.details
    known |= _read(said, at)
    for name in ("owner", "basis", "alteration"):
        if name not in known:
            raise ConfigError(f"`--{name}` is missing", hint="give the option, or --file with a title file")
    owner, basis, alteration = (known.pop(name) for name in ("owner", "basis", "alteration"))
    return Titling(owner=owner, basis=basis, alteration=alteration, details=known)


def hashed(path: Path) -> str:
    """The digest of a file, which is not kept. Raises as `read_file` does."""
    from countenance.core import digest  # noqa: PLC0415

    return digest.of_file(read_file(str(path)))


def _parsed(file: Path, at: str) -> "TitleFile":
    from countenance.request.title_file import parse_title  # noqa: PLC0415

    data = read_file(str(file), max_bytes=1_000_000)
    return parse_title(data, at=at, digest_of=lambda path: hashed(file.parent / path))


def _read(said: Mapping[str, Any], at: str) -> dict[str, Any]:
    """Each option by the rules of the file."""
    from countenance.request.title_file import read_field  # noqa: PLC0415

    licence = {key: _word(said[option]) for option, key in _LICENCE.items() if option in said}
    plain = {name: value for name, value in said.items() if name not in _LICENCE and name not in _FILES}
    read = {name: read_field(name, value, at=at) for name, value in plain.items()}
    if licence:
        read["licence"] = read_field("licence", licence, at=at)
    if "agreement" in said:
        read["agreement"] = hashed(said["agreement"])
    if "evidence" in said:
        read["evidence"] = tuple(dict.fromkeys(hashed(path) for path in said["evidence"]))
    return read


def _word(value: Any) -> Any:
    """A switch as the file writes it."""
    return "yes" if value is True else value
