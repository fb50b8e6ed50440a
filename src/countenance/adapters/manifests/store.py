"""A manifest store: a folder, an object store, or memory, whatever fsspec opens.

    manifests/<sha256>.c2pa                      the bytes that signing returned
    entries/<sha256>.json                        the signed entry of that manifest
    by-mark/<watermark id>/<sha256>              empty files, whose names are the index
    by-print/<pHash>.<sha256>
    by-output/<sha256 of the file>/<sha256>

Names are by content, so a store can be copied by any means, and two stores merged. What is there is never written
again, unless it is damaged. The index is a hint only: entries are believed for their signature, manifests for their
digest.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]

from countenance.core import digest
from countenance.core.records.stored import StoreEntry
from countenance.core.store_entry import MAX_BYTES
from countenance.errors import ConfigError, EvidenceError, StoreError

_HEX = re.compile(r"[0-9a-f]{64}")
_PRINT = re.compile(r"(?P<print>[0-9a-f]{64})\.(?P<manifest>[0-9a-f]{64})")
_MARK = re.compile(r"[0-9a-f]{9,12}")
_MAX_MANIFEST_BYTES = 64_000_000
"""Below the 100 MB from which s3fs would upload in parts: an object is there whole, or not."""
_PATIENCE = {"connect_timeout": 10, "read_timeout": 10, "retries": {"max_attempts": 0}}
"""Seconds; s3fs tries five times by itself. The picture is out by then, and whoever made it waits."""
_OPTIONS: dict[str, dict[str, Any]] = {
    "file": {"auto_mkdir": True},
    "s3": {"use_listings_cache": False, "config_kwargs": _PATIENCE},
}
_WORDS = {
    "PermissionError": "access is refused",
    "FileNotFoundError": "there is no such bucket",
    "NoCredentialsError": "no credentials are set",
    "EndpointConnectionError": "its server cannot be reached",
    "ConnectTimeoutError": "its server does not answer",
    "ReadTimeoutError": "its server does not answer",
}


class FileStore:
    """`countenance.verify.ports.ManifestStore`, and what writes it."""

    def __init__(self, system: Any, root: str) -> None:
        self._system = system
        self._root = root.rstrip("/")
        self._bucket = self._root.partition("/")[0] if "s3" in system.protocol else ""

    def by_mark(self, watermark_id: str) -> list[bytes]:
        """Signed entries that are filed under a mark."""
        return self._entries(self._names(f"by-mark/{watermark_id}")) if _MARK.fullmatch(watermark_id) else []

    def by_output(self, output_digest: str) -> list[bytes]:
        """Signed entries that are filed under a published file's digest."""
        return self._entries(self._names(f"by-output/{_hex(output_digest)}"))

    def near(self, fingerprint: str, *, within_bits: int) -> list[tuple[bytes, int]]:
        """Signed entries that are filed under a fingerprint so near, nearest first. Reads all names, and no files."""
        wanted = int(fingerprint, 16)
        found = [
            ((wanted ^ int(name["print"], 16)).bit_count(), name["manifest"])
            for name in map(_PRINT.fullmatch, self._names("by-print"))
            if name
        ]
        close = sorted(one for one in found if one[0] <= within_bits)
        return [(entry, bits) for bits, name in close for entry in self._entries([name])]

    def entries(self) -> Iterator[tuple[str, bytes]]:
        """Every signed entry, with the digest of the manifest that it is filed under."""
        for name in self._names("entries"):
            stem = name.removesuffix(".json")
            if _HEX.fullmatch(stem):
                yield from ((f"sha256:{stem}", entry) for entry in self._entries([stem]))

    def entry(self, manifest_digest: str) -> bytes | None:
        """The signed entry of a manifest."""
        return self._read(f"entries/{_hex(manifest_digest)}.json", MAX_BYTES)

    def manifest(self, manifest_digest: str) -> bytes | None:
        """The manifest's bytes; None where it is not there.

        Raises:
            EvidenceError: what is there are other bytes.
            StoreError: the store cannot be read.
        """
        data = self._read(f"manifests/{_hex(manifest_digest)}.c2pa", _MAX_MANIFEST_BYTES)
        if data is not None and digest.of_file(data) != manifest_digest:
            raise EvidenceError("the manifest in the store is not the one of its name")
        return data

    def indexed(self, entry: StoreEntry) -> bool:
        """Whether every name is there by which the entry is found."""
        return all(self._exists(name) for name in _index(entry))

    def put(self, entry: StoreEntry, signed: bytes, manifest: bytes, *, again: bool = False) -> None:
        """Write manifest, entry and index, in this order; what is there stays, unless it is to be written `again`.

        Raises:
            EvidenceError: the manifest is not the one that the entry names.
            StoreError: the store cannot be written.
        """
        if digest.of_file(manifest) != entry.manifest_digest:
            raise EvidenceError("the manifest is not the one that its entry names")
        stem = _hex(entry.manifest_digest)
        files = {f"manifests/{stem}.c2pa": manifest, f"entries/{stem}.json": signed}
        for name, data in (files | dict.fromkeys(_index(entry), b"")).items():
            if (again and data) or not self._exists(name):
                self._write(name, data)

    def _entries(self, stems: list[str]) -> list[bytes]:
        found = (self._read(f"entries/{stem}.json", MAX_BYTES) for stem in stems if _HEX.fullmatch(stem))
        return [entry for entry in found if entry is not None]

    def _names(self, folder: str) -> list[str]:
        try:
            self._system.invalidate_cache()
            return sorted(str(path).rpartition("/")[2] for path in self._system.ls(self._at(folder), detail=False))
        except FileNotFoundError:
            self._require_bucket()
            return []
        except Exception as error:
            raise _unreachable(error, "read") from error

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}" if self._root else name

    def _exists(self, name: str) -> bool:
        try:
            return bool(self._system.exists(self._at(name)))
        except Exception as error:
            raise _unreachable(error, "read") from error

    def _require_bucket(self) -> None:
        """A folder comes with what is first put there; a bucket is never made, since its name may be a wrong one."""
        if not self._bucket:
            return
        try:
            self._system.call_s3("head_bucket", Bucket=self._bucket)
        except Exception as error:
            raise _unreachable(error, "read") from error

    def _read(self, name: str, most: int) -> bytes | None:
        try:
            with self._system.open(self._at(name), "rb") as file:
                data: bytes = file.read(most + 1)
        except (FileNotFoundError, KeyError):
            self._require_bucket()
            return None
        except Exception as error:
            raise _unreachable(error, "read") from error
        if len(data) > most:
            raise EvidenceError("a file in the manifest store is larger than any of its kind")
        return data

    def _write(self, name: str, data: bytes) -> None:
        path = self._at(name)
        try:
            if not self._bucket:
                self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._system.pipe_file(path, data)
        except Exception as error:
            raise _unreachable(error, "written") from error


def build(url: str) -> FileStore:
    """The store at a URL: `file:///folder`, `s3://bucket/prefix` (with the extra s3), `memory://name`.

    Endpoint and credentials of S3 are where every tool of it looks for them: the variables `AWS_*`, or `~/.aws`.

    Raises:
        ConfigError: no such kind of place, or the package that opens it is not installed.
        StoreError: it cannot be opened.
    """
    try:
        system, root = fsspec.core.url_to_fs(url, **_OPTIONS.get(url.partition(":")[0], {}))
    except (ImportError, ValueError) as error:
        kind = url.partition(":")[0]
        raise ConfigError(
            f"a manifest store of the kind `{kind}` cannot be opened here",
            hint="file:///FOLDER needs nothing; s3://BUCKET/PREFIX needs the extra s3: pip install 'countenance[s3]'",
        ) from error
    except Exception as error:
        raise _unreachable(error, "opened") from error
    return FileStore(system, root)


def archive(path: Path) -> FileStore:
    """A store in a .zip file, only to be read.

    Raises:
        StoreError: it is none, or cannot be read.
    """
    try:
        return FileStore(fsspec.filesystem("zip", fo=str(path)), "")
    except Exception as error:
        raise StoreError("the file is no .zip that can be read", hint="give what `store export` wrote") from error


def _index(entry: StoreEntry) -> list[str]:
    stem = _hex(entry.manifest_digest)
    return [
        f"by-mark/{entry.watermark_id}/{stem}",
        f"by-print/{entry.fingerprint}.{stem}",
        f"by-output/{_hex(entry.output_digest)}/{stem}",
    ]


def _hex(of_file: str) -> str:
    stem = of_file.removeprefix("sha256:")
    if not _HEX.fullmatch(stem):
        raise EvidenceError("this is no digest")
    return stem


def _unreachable(error: Exception, what: str) -> StoreError:
    """Any failure of a file system that anybody may bring; its words may hold a path or a key, and are not repeated."""
    name = type(error).__name__
    return StoreError(
        f"the manifest store cannot be {what}: {_WORDS.get(name, name)}",
        hint="check the setting manifest_store, and for s3:// endpoint, credentials and rights: docs/guides/recover.md",
    )
