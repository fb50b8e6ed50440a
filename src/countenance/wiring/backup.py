"""A home in one encrypted file, and back: a restored home never goes on beside a later one that is known of."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from countenance.audit import merkle
from countenance.audit.checkpoint import PublicKey, open_checkpoint
from countenance.core.records.audit import Checkpoint, Receipt
from countenance.core.records.backup import BackupFile, BackupManifest, Restoring
from countenance.errors import ConfigError, CountenanceError, EvidenceError, StoreError, TamperedLogError
from countenance.settings import Settings
from countenance.toolkit.act import act
from countenance.wiring.erase import erase_again
from countenance.wiring.office import Office, Secrets
from countenance.wiring.plugins import open_books

_BLOCK = 1 << 20
_MAX_MANIFEST_BYTES = 1 << 28
_NOT_KEPT = frozenset({"kept"})
"""Face readings go when a release ends; in a backup they would stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """A backup that was written and read back."""

    manifest: BackupManifest
    size_bytes: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """A home that was restored, and whether anything could show that no later one exists."""

    manifest: BackupManifest
    compared: bool
    log_index: int
    erased_again: int


def back_up(office: Office, out: Path) -> BackedUp:
    """Write the home into one file, encrypted under the organisation's passphrase, and read it back.

    Raises:
        ConfigError: a wrong passphrase, or the file exists.
        TamperedLogError: the log is not in order: a backup of it would be of no use.
        StoreError: something cannot be read or written.
    """
    if out.exists():
        raise ConfigError("there is a file of this name already", hint="choose another --out; backups are not replaced")
    office.keys.unlock_claim(office.secrets.organisation)  # what is not the organisation's would open nothing later
    home = office.settings.home
    office.organisation()
    with office.keys.changes.locked(), _plainly("written"), _scratch(home, ".backup-") as scratch:
        files, manifest = _gather(office, scratch)
        fresh = scratch_file(out)
        try:
            with fresh.open("wb") as file:
                _pour(office.keys.archive_writer(file, office.secrets.organisation), manifest, files)
                file.flush()
                os.fsync(file.fileno())
            digest = _read_back(office, fresh, manifest)
            size = fresh.stat().st_size
            fresh.rename(out)
            _sync(out.parent)
        finally:
            fresh.unlink(missing_ok=True)
    return BackedUp(manifest=manifest, size_bytes=size, digest=digest)


def restore(
    source: Path,
    home: Path,
    *,
    flags: Mapping[str, Any],
    ask: Callable[[str], str],
    held: tuple[str, ...],
    erased: tuple[str, ...] = (),
) -> PutBack:
    """Make a home of a backup, beside its place; it is renamed into place when its first act is logged.

    Args:
        source: the backup.
        home: a folder that is new or empty.
        flags: settings of the process, passphrases too.
        ask: asks for a passphrase.
        held: checkpoint notes that were kept elsewhere.
        erased: ids of persons and releases that were erased since the backup: they are erased again.

    Raises:
        TamperedLogError: a later checkpoint exists, or another one of the same log: going on would fork it.
        ConfigError: a wrong passphrase, or the folder holds something.
        StoreError: the backup is damaged, or the home cannot be written.
    """
    home = home.absolute()
    known = (*held, *_note_in(home))
    occupied = home.exists() and (not home.is_dir() or any(home.iterdir()))
    if occupied and not known:
        raise _occupied()
    with _plainly("restored"):
        home.parent.mkdir(parents=True, exist_ok=True)
        with _scratch(home.parent, f".{home.name}-restoring-") as building:
            put = _rebuild(source, building, {**flags, "home": building}, ask, known, erased)
            if occupied:
                raise _occupied()
            _sync(building)
            building.rename(home)
            _sync(home.parent)
    return put


def scratch_file(out: Path) -> Path:
    """A new, private file beside the one that it will become."""
    handle, name = tempfile.mkstemp(prefix=".new-", dir=out.parent)
    os.close(handle)
    return Path(name)


def _gather(office: Office, scratch: Path) -> tuple[dict[str, Path], BackupManifest]:
    """Every file of the home, as it is now; of the database, a snapshot that is not older than the log folder."""
    home, settings = office.settings.home, office.settings
    office.write_log()
    checkpoint, database = scratch / "checkpoint", scratch / "books"
    checkpoint.write_bytes("".join(_note_in(home)).encode())  # before the snapshot: the log only grows
    office.books.snapshot(database)
    files = dict(_files(home))
    files[settings.database.relative_to(home).as_posix()] = database
    files[(settings.log_folder.relative_to(home) / "checkpoint").as_posix()] = checkpoint
    head = open_checkpoint(checkpoint.read_text(), _log_keys(office), office.origin)
    manifest = BackupManifest(
        created_at=office.clock.now(),
        origin=office.origin,
        entries=head.size,
        root_hex=head.root_hex,
        files=tuple(_described(name, path) for name, path in sorted(files.items())),
    )
    return files, manifest


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    """Files by their place in the home; not the database's own, nor what is hidden, as it is still being written."""
    for path in sorted(home.rglob("*")):
        place = path.relative_to(home)
        if place.parts[0] in _NOT_KEPT or any(part.startswith(".") for part in place.parts):
            continue
        if path.is_symlink():
            raise StoreError("there is a link in the home folder", hint="put the file itself there")
        if path.is_file() and not place.name.startswith("books.sqlite3"):
            yield place.as_posix(), path


def _described(name: str, path: Path) -> BackupFile:
    size, hashed = 0, hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            size += len(block)
            hashed.update(block)
    mode = path.stat().st_mode & 0o755
    return BackupFile(path=name, size_bytes=size, digest=f"sha256:{hashed.hexdigest()}", mode=mode)


def _pour(writer: Any, manifest: BackupManifest, files: Mapping[str, Path]) -> None:
    said = manifest.canonical()
    writer.write(len(said).to_bytes(8, "big") + said)
    for one in manifest.files:
        with files[one.path].open("rb") as file:
            left = one.size_bytes
            while left:
                block = file.read(min(_BLOCK, left))
                if not block:
                    raise StoreError("a file of the home changed while it was backed up", hint="try again")
                writer.write(block)
                left -= len(block)
    writer.close()


def _read_back(office: Office, path: Path, manifest: BackupManifest) -> str:
    """The file's digest, once everything in it was read and is what the manifest says."""
    with path.open("rb") as file:
        reader = office.keys.archive_reader(file, office.secrets.organisation)
        if _manifest_of(reader) != manifest:
            raise StoreError("the backup does not read back as it was written", hint="check the disk")
        for one in manifest.files:
            _copy(reader, one, None)
        reader.finish()
    return _described("backup", path).digest


def _rebuild(
    source: Path,
    building: Path,
    flags: Mapping[str, Any],
    ask: Callable[[str], str],
    known: tuple[str, ...],
    erased: tuple[str, ...],
) -> PutBack:
    first = Settings.load(flags)
    secrets = Secrets(first, ask=ask)
    backup = _described("backup", source)
    with source.open("rb") as file:
        reader = Office(first, secrets).keys.archive_reader(file, secrets.organisation)
        manifest = _manifest_of(reader)
        for one in manifest.files:
            _copy(reader, one, building)
        reader.finish()
    settings = Settings.load(flags)  # again: now with those in the restored home
    office = Office(settings.model_copy(update={"database_url": None}), secrets)
    try:
        _require_whole(office, manifest)
        _require_latest(office, known)
        if settings.database_url is not None:
            office = _onto_server(office, settings, secrets)
        receipt = _first_act(office, manifest, backup.digest, compared=bool(known))
        again = erase_again(office, erased)
        return PutBack(manifest=manifest, compared=bool(known), log_index=receipt.index, erased_again=again)
    finally:
        office.books.close()


def _onto_server(office: Office, settings: Settings, secrets: Secrets) -> Office:
    """The same home with its books on the server that the settings name, which has none yet; the file goes."""
    source, file = office.books, settings.database
    aside = settings.model_copy(update={"home": settings.home / ".books", "database_url": None})
    source.close()
    aside.home.mkdir(mode=0o700)
    file.rename(aside.database)
    source, target = open_books(aside, office.origin), open_books(settings, office.origin)
    try:
        target.receive(source)
    finally:
        source.close()
        target.close()
    shutil.rmtree(aside.home)
    return Office(settings, secrets)


def _require_whole(office: Office, manifest: BackupManifest) -> None:
    report = office.books.check(office.settings.log_folder, office.keys.log_public)
    root = merkle.root(manifest.entries, office.books.node).hex() if report.size >= manifest.entries else ""
    if (report.origin, root) != (manifest.origin, manifest.root_hex):
        raise StoreError("the backup does not hold the log that it names", hint="use another copy of it")


def _require_latest(office: Office, known: tuple[str, ...]) -> None:
    """No held checkpoint is later than the books, and each is one of theirs."""
    for note in known:
        head = _opened(office, note)
        if head.size > office.books.size():
            raise TamperedLogError(
                f"a later checkpoint exists: it covers {head.size} entries, and the backup has {office.books.size()}; "
                "going on from the backup would fork the log",
                hint="restore the newest backup, or the home that the checkpoint is from",
            )
    office.books.check(office.settings.log_folder, office.keys.log_public, held=known)


def _opened(office: Office, note: str) -> Checkpoint:
    try:
        return open_checkpoint(note, _log_keys(office), office.origin)
    except EvidenceError as error:
        raise TamperedLogError(
            f"the held checkpoint cannot be compared: {error.message}", hint="give a checkpoint of this very log"
        ) from error


def _log_keys(office: Office) -> PublicKey:
    keys: PublicKey = office.books.log_keys(office.keys.log_public)
    return keys


def _first_act(office: Office, manifest: BackupManifest, digest: str, *, compared: bool) -> Receipt:
    pen = office.organisation_pen()
    with act(pen):
        at = pen.clock.now()
        said = Restoring(
            backup_digest=digest,
            backed_up_at=manifest.created_at,
            entries=manifest.entries,
            evidence="held-checkpoint" if compared else "none",
            at=at,
        )
        receipt = pen.write("restored", said, subject=pen.actor.id, at=at)
    office.write_log()
    return receipt


def _manifest_of(reader: Any) -> BackupManifest:
    size = int.from_bytes(reader.read(8), "big")
    if size > _MAX_MANIFEST_BYTES:
        raise StoreError("the backup's manifest is too large")
    try:
        manifest = BackupManifest.from_bytes(reader.read(size))
    except StoreError:
        raise
    except CountenanceError as error:
        raise StoreError(f"the backup's manifest cannot be read: {error.message}", hint="update countenance") from error
    if not all(_inside(one.path) for one in manifest.files):
        raise StoreError("the backup names a file outside the home")
    return manifest


def _inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and "\0" not in path and not any(p.startswith(".") for p in parts)


def _copy(reader: Any, one: BackupFile, folder: Path | None) -> None:
    """The file's bytes, checked against the manifest; written below the folder, if there is one."""
    hashed, left = hashlib.sha256(), one.size_bytes
    with _created(one, folder) as out:
        while left:
            block = reader.read(min(_BLOCK, left))
            hashed.update(block)
            left -= len(block)
            if out is not None:
                out.write(block)
    if f"sha256:{hashed.hexdigest()}" != one.digest:
        raise StoreError("a file in the backup is not the one that its manifest names", hint="make the backup again")


@contextmanager
def _created(one: BackupFile, folder: Path | None) -> Iterator[BinaryIO | None]:
    if folder is None:
        yield None
        return
    path = folder / one.path
    for above in reversed(path.relative_to(folder).parents):
        (folder / above).mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, one.mode | 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _note_in(home: Path) -> tuple[str, ...]:
    path = home / "log" / "checkpoint"
    try:
        return (path.read_bytes().decode(errors="replace"),) if path.is_file() else ()
    except OSError as error:
        raise StoreError("the checkpoint in the home folder cannot be read") from error


@contextmanager
def _scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """A private folder, gone afterwards; what a crash left of an earlier one goes too."""
    for leftover in parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _plainly(done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise StoreError(f"the backup cannot be {done}: {reason}", hint="check path, permissions and space") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _occupied() -> ConfigError:
    return ConfigError("the home folder is not empty", hint="restore into a new folder: --home NEW")
