"""An export, opened: the signature is checked before anything else in the folder is read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.core import chain, digest, envelope
from countenance.core.records.base import Record
from countenance.core.records.consent import DepictedPerson, FaceTie, ModelRelease, Revocation, Title
from countenance.core.records.oversight import Dispute
from countenance.core.records.transfer import ExportManifest
from countenance.errors import ConfigError, CountenanceError, EvidenceError, StoreError, UncheckedError
from countenance.manifest.labels import EKU_CLAIM_SIGNING
from countenance.wiring.transfer.leaving import FILES, MANIFEST, SIGNER

_MAX_HEAD_BYTES = 1 << 20
_KINDS: dict[str, type[Record]] = dict(
    zip(FILES, (DepictedPerson, ModelRelease, Title, FaceTie, Revocation, Dispute), strict=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an export: the record, or why it is none."""

    file: str
    line: int
    record: Any = None
    problem: str = ""


def open_manifest(folder: Path, trust_pem: str, *, at: str) -> ExportManifest:
    """The manifest, signed by a claim signer that one of the trusted roots issued.

    Raises:
        ConfigError: the folder is no export.
        EvidenceError: the signature does not hold.
        UncheckedError: it was signed by somebody else, or a newer program wrote it.
    """
    signer, signed = (_read(folder / name, _MAX_HEAD_BYTES) for name in (SIGNER, MANIFEST))
    try:
        leaf = chain.der_of(signer.decode(errors="replace"))
        public_pem, _ = chain.issuer_of(leaf, trust_pem, at=at, usage=EKU_CLAIM_SIGNING)
        kind, payload, _ = envelope.open_envelope(signed, [public_pem])
    except (EvidenceError, UncheckedError) as error:
        raise type(error)(f"the export cannot be trusted: {error.message}", hint="ask where it came from") from error
    if kind != ExportManifest.payload_type():
        raise EvidenceError("what was signed is no export")
    manifest = ExportManifest.from_bytes(payload)
    names = [one.path for one in manifest.files]
    if sorted(names) != sorted(FILES):
        raise UncheckedError("the export holds files of a kind that is not known", hint="update countenance")
    return manifest


def lines_of(folder: Path, manifest: ExportManifest, *, max_bytes: int) -> list[Line]:
    """Every line of every file, once each file is the one that the manifest names.

    Raises:
        ConfigError: a file is missing or too large.
        EvidenceError: a file is not the one that was signed.
    """
    held: dict[str, bytes] = {}
    for one in manifest.files:
        data = _read(folder / one.path, min(max_bytes, one.size_bytes + 1))
        if digest.of_file(data) != one.digest:
            raise EvidenceError(f"`{one.path}` is not as it was signed", hint="ask for the export again")
        held[one.path] = data
    return [line for name in FILES for line in _parsed(name, held[name])]


def _parsed(name: str, data: bytes) -> list[Line]:
    return [_line(name, number, text) for number, text in enumerate(data.splitlines(), start=1)]


def _line(name: str, number: int, text: bytes) -> Line:
    try:
        return Line(file=name, line=number, record=_KINDS[name].from_bytes(text))
    except CountenanceError as error:
        return Line(file=name, line=number, problem=error.message)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError(f"`{path.name}` is not in the folder", hint="name the folder of a whole export") from error
    except OSError as error:
        raise StoreError(f"`{path.name}` cannot be read: {error.strerror}") from error
    if len(data) > most:
        raise ConfigError(f"`{path.name}` is larger than it may be")
    return data
