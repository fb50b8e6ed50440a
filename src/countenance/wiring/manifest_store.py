"""The manifest store beside the books: what is pushed there, and whether it is all there still."""

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from countenance.core import store_entry
from countenance.core.records.audit import Publication
from countenance.core.records.marks import Marking
from countenance.core.records.stored import StoreEntry
from countenance.errors import ConfigError, CountenanceError, EvidenceError, StoreError, UncheckedError
from countenance.settings import Settings
from countenance.wiring.office import Office
from countenance.wiring.plugins import load, store_at
from countenance.wiring.status import own_entry
from countenance.wiring.store_place import HINT as PLACES
from countenance.wiring.store_place import require_there

LetOut = Publication | Marking
_STORE = "fsspec"
_EXPORT = "give what `countenance store export` wrote: a folder with `entries` in it, or a .zip"
_HINT = "give --store URL, or set manifest_store, such as file:///srv/manifests"


@dataclass(slots=True)
class Checked:
    """What a check found: of everything let out, by manifest id."""

    whole: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    repaired: int = 0
    erased: int = 0
    """Manifests that are no longer in the books, and so cannot be asked for."""
    others: int = 0
    """Entries of the store that are not of these books."""


@dataclass(slots=True)
class Imported:
    """What became of the entries of another store."""

    added: int = 0
    present: int = 0
    refused: list[str] = field(default_factory=list)


class Shelving:
    """Signs entries with the organisation's claim key, and writes them with their manifests."""

    def __init__(self, office: Office, claim: Any, store: Any) -> None:
        self._office = office
        self._claim = claim
        self._store = store

    def shelve(self, one: LetOut) -> tuple[str, ...]:
        """Put what was just let out into the store; what went wrong as a warning, since the picture is out already."""
        if self._store is None:
            return ()
        try:
            self.put(one)
        except CountenanceError as error:
            return (f"not in the manifest store: {error.message}; `countenance store check --repair` puts it there",)
        return ()

    def put(self, one: LetOut, *, again: bool = False) -> bool:
        """Write manifest and entry; False where the manifest is no longer in the books."""
        manifest = self._office.books.manifest(one.manifest_digest)
        if manifest is None:
            return False
        entry = self.entry_of(one)
        self._store.put(entry, store_entry.sign(entry, self._claim), manifest, again=again)
        return True

    def entry_of(self, one: LetOut) -> StoreEntry:
        """What is said of a picture that was let out: nothing that its manifest does not say too."""
        edited = isinstance(one, Publication)
        return StoreEntry(
            manifest_id=one.manifest_id,
            manifest_digest=one.manifest_digest,
            output_digest=one.output_digest,
            pixels_digest=one.pixels_digest,
            watermark_id=one.watermark_id,
            fingerprint=one.fingerprint,
            content_code=one.content_code,
            how="edited" if edited else "marked",
            organisation=self._office.organisation().name,
            published_at=one.at,
            status=own_entry(self._office, one.edit_id) if isinstance(one, Publication) else None,
            signed_at=self._office.clock.now(),
        )

    def state_of(self, one: LetOut) -> str:
        """`whole`, `missing` or `damaged`."""
        signed = self._store.entry(one.manifest_digest)
        try:
            if signed is None or self._store.manifest(one.manifest_digest) is None:
                return "missing"
            entry = store_entry.read(signed, self._office.keys.claim_root_pem)
        except StoreError:
            raise
        except CountenanceError:
            return "damaged"
        if entry.model_copy(update={"signed_at": ""}) != self.entry_of(one).model_copy(update={"signed_at": ""}):
            return "damaged"
        return "whole" if self._store.indexed(entry) else "missing"


def require_store(settings: Settings, url: str | None = None, *, new: bool = True) -> Any:
    """The same, where there must be one; unless `new`, its folder has to be there. Raises ConfigError."""
    found, where = store_at(settings, url), url or settings.manifest_store
    if found is None or where is None:
        raise ConfigError("no manifest store is set up", hint=_HINT)
    if not new:
        require_there(where, hint=f"{PLACES}; `store check --repair` makes a new one")
    return found


def everything(office: Office) -> Iterator[LetOut]:
    """All that these books let out."""
    yield from (publication for publication, *_ in office.books.published())
    yield from (marking for marking, _ in office.books.markings())


def check(office: Office, store: Any, *, repair: bool) -> Checked:
    """Whether everything that was let out is in the store, intact; with `repair`, it is put there.

    Raises:
        StoreError: the store cannot be read or written.
        ConfigError: a wrong passphrase.
    """
    shelving = Shelving(office, office.keys.unlock_claim(office.secrets.organisation) if repair else None, store)
    found, ours = Checked(), set()
    for one in everything(office):
        ours.add(one.manifest_digest)
        state = shelving.state_of(one)
        if state == "whole":
            found.whole += 1
        elif office.books.manifest(one.manifest_digest) is None:
            found.erased += 1
        elif repair and shelving.put(one, again=True):
            found.repaired += 1
        else:
            (found.missing if state == "missing" else found.damaged).append(one.manifest_id)
    found.others = sum(name not in ours for name, _ in store.entries())
    return found


def export(office: Office, target: Path) -> int:
    """Write everything that these books let out into a new folder or .zip, as a store; how many.

    Raises:
        ConfigError: there is something at the target.
        StoreError: it cannot be written.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError("there is something at the target already", hint="name a new folder or .zip file")
    claim = office.keys.unlock_claim(office.secrets.organisation)
    if target.suffix.lower() != ".zip":
        return _fill(office, claim, target)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".store-") as scratch:
            count = _fill(office, claim, Path(scratch))
            _pack(Path(scratch), target)
    except OSError as error:
        raise StoreError(f"the target cannot be written: {error.strerror}") from error
    return count


def import_into(store: Any, source: Path, roots_pem: str) -> Imported:
    """Add the entries of an exported folder or .zip: digest and signature checked, nothing overwritten but ruins.

    Raises:
        ConfigError: there is no store at the source.
        StoreError: one of the two cannot be read or written.
    """
    given = _exported(source)
    done = Imported()
    for name, signed in given.entries():
        try:
            entry = store_entry.read(signed, roots_pem)
            manifest = given.manifest(name)
            if entry.manifest_digest != name or manifest is None:
                raise EvidenceError("the entry is filed under another manifest, or its manifest is not there")
        except StoreError:
            raise
        except CountenanceError as error:
            done.refused.append(f"{name}: {error.message}")
            continue
        present = _stands(store, name, roots_pem)
        store.put(entry, signed, manifest, again=not present)
        done.present += present
        done.added += not present
    return done


def _exported(source: Path) -> Any:
    """The store that an export is. Raises ConfigError where it is none."""
    if not source.exists():
        raise ConfigError("there is no such folder or file", hint=_EXPORT)
    if source.is_dir():
        if not (source / "entries").is_dir():
            raise ConfigError("this folder is no export of a store", hint=_EXPORT)
        return load("stores", _STORE)(source.absolute().as_uri())
    if not zipfile.is_zipfile(source):
        raise ConfigError("this file is no export of a store", hint=_EXPORT)
    given = load("stores", "archive")(source)
    if next(iter(given.entries()), None) is None:
        raise ConfigError("this .zip is no export of a store", hint=_EXPORT)
    return given


def _stands(store: Any, name: str, roots_pem: str) -> bool:
    """Whether manifest and entry are there and hold; an entry by somebody else counts, and stays.

    Raises:
        StoreError: the store cannot be read.
    """
    try:
        signed = store.entry(name)
        if signed is None or store.manifest(name) is None:
            return False
        store_entry.read(signed, roots_pem)
    except EvidenceError:
        return False
    except UncheckedError:
        return True
    return True


def _fill(office: Office, claim: Any, folder: Path) -> int:
    shelving = Shelving(office, claim, load("stores", _STORE)(folder.absolute().as_uri()))
    return sum(shelving.put(one) for one in everything(office))


def _pack(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
