"""Entries of a manifest store, about manifests that are a few bytes."""

from countenance.core.digest import of_file
from countenance.core.records.stored import StoreEntry

AT = "2026-11-24T10:00:00.000Z"
PRINT = "00ff" * 16


def entry(manifest: bytes = b"manifest", mark: str = "0123456ab", print_: str = PRINT) -> StoreEntry:
    """What is said of a manifest."""
    return StoreEntry(
        manifest_id="urn:c2pa:1", manifest_digest=of_file(manifest), output_digest=of_file(b"output of " + manifest),
        pixels_digest=of_file(b"pixels"), watermark_id=mark, fingerprint=print_, how="edited", organisation="Agency",
        published_at=AT, signed_at=AT,
    )  # fmt: skip
