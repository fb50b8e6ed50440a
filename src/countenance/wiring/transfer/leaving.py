"""`registry export`: facts as they stand, as lines of canonical records, under a manifest that the organisation signs.

A withdrawn release leaves with its withdrawal, a contested one with its dispute. Approvals, clearances, reviews and
operators stay: they are this organisation's own acts, and count nowhere else. So do invitations and what persons signed
by them: those are acts by keys that are known in this log only. A release says of itself that it was signed so.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.core import digest, envelope
from countenance.core.records.base import Record
from countenance.core.records.transfer import Exported, ExportedFile, ExportManifest
from countenance.errors import ConfigError, StoreError
from countenance.toolkit.act import act
from countenance.wiring.office import Office

MANIFEST, SIGNER = "manifest.dsse", "signer.pem"
FILES = ("persons.jsonl", "releases.jsonl", "titles.jsonl", "face-ties.jsonl", "revocations.jsonl", "disputes.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is to leave; everything where neither is named."""

    persons: frozenset[str] = frozenset()
    releases: frozenset[str] = frozenset()

    @property
    def all(self) -> bool:
        """Whether nothing was chosen."""
        return not (self.persons or self.releases)


def export(office: Office, folder: Path, chosen: Chosen, *, operator_id: str | None) -> ExportManifest:
    """Log that facts leave, then write them into a new folder that only its owner may read.

    Raises:
        ConfigError: the folder holds something, or a person or release is not known here.
        StoreError: it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError("the export's folder is not empty", hint="name a new folder")
    pen, key = office.pen(operator_id), office.keys.unlock_claim(office.secrets.organisation)
    organisation = office.organisation()
    with act(pen):
        at = pen.clock.now()
        files = {name: _lines(records) for name, records in _facts(pen.books, chosen).items()}
        manifest = ExportManifest(
            organisation_id=organisation.id,
            organisation=organisation.name,
            origin=office.origin,
            entries=office.books.size(),
            exported_at=at,
            chosen=tuple(sorted(chosen.persons | chosen.releases)),
            nonce=pen.ids.secret(16).hex(),
            files=tuple(_described(name, *files[name]) for name in FILES),
        )
        said = Exported(
            manifest_digest=manifest.digest(),
            chosen=manifest.chosen,
            rows=sum(one.rows for one in manifest.files),
            at=at,
        )
        pen.write("export", said, subject=organisation.id, at=at)
    office.write_log()
    signed = envelope.sign(manifest.payload_type(), manifest.canonical(), key)
    signer = str(key.chain_pem).encode()
    _write(folder, {**{name: data for name, (data, _) in files.items()}, SIGNER: signer, MANIFEST: signed})
    return manifest


def _facts(books: Any, chosen: Chosen) -> dict[str, list[Record]]:
    releases = [one for one in books.releases() if _leaves(one, chosen)]
    people = {one.person_id for one in releases} | chosen.persons
    persons = [one for one in books.persons() if chosen.all or one.id in people]
    _require_known(chosen, {one.id for one in persons}, {one.id for one in releases})
    names = {one.id for one in releases}
    titles, ties = _pictures(books, None if chosen.all else names)
    contested = [*names, *(title.id for title in titles)]
    return {
        "persons.jsonl": _each(books.person_versions, (one.id for one in persons)),
        "releases.jsonl": _each(books.release_versions, (one.id for one in releases)),
        "titles.jsonl": titles,
        "face-ties.jsonl": ties,
        "revocations.jsonl": _each(books.revocations, (one.id for one in releases)),
        "disputes.jsonl": _each(books.disputes, contested),
    }


def signed_here(books: Any, chosen: Chosen) -> tuple[str, ...]:
    """The releases among them that their persons signed here, by keys of their own: the evidence of that stays."""
    return tuple(one.id for one in books.releases() if _leaves(one, chosen) and books.signings(one.id))


def _leaves(release: Any, chosen: Chosen) -> bool:
    return chosen.all or release.id in chosen.releases or release.person_id in chosen.persons


def _require_known(chosen: Chosen, persons: set[str], releases: set[str]) -> None:
    unknown = sorted((chosen.persons - persons) | (chosen.releases - releases))
    if unknown:
        raise ConfigError(f"`{unknown[0]}` is not known here", hint="`person list` and `release list` show what is")


def _pictures(books: Any, releases: set[str] | None) -> tuple[list[Any], list[Any]]:
    """The title that counts of each picture, and the ties of its faces; of a choice, what hangs on those releases."""
    titles: list[Any] = []
    ties: list[Any] = []
    for title in books.titles():
        if books.title_of(title.asset.digest_of_file) != title:
            continue
        found = [tie for tie in books.ties(title.id) if releases is None or tie.release_id in releases]
        if releases is None or found:
            titles.append(title)
            ties += found
    return titles, ties


def _each(read: Callable[[str], Sequence[Record]], ids: Iterable[str]) -> list[Record]:
    return [record for one in ids for record in read(one)]


def _lines(records: Sequence[Record]) -> tuple[bytes, int]:
    return b"".join(record.canonical() + b"\n" for record in records), len(records)


def _described(name: str, data: bytes, rows: int) -> ExportedFile:
    return ExportedFile(path=name, size_bytes=len(data), rows=rows, digest=digest.of_file(data))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """The manifest comes last: a folder without one was cut short, and is taken nowhere."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, data in files.items():
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
    except OSError as error:
        raise StoreError(f"the export cannot be written: {error.strerror}", hint="check the folder") from error
