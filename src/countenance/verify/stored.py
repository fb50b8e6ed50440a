"""What may be told of a published picture that a file may be a copy of: from the books at hand, or a manifest store.

The books are the home's own. A store may be anybody's: its entries count for their signature, under the given roots,
and only as far as the manifest that they name says the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from countenance.core import store_entry
from countenance.core.records.report import Finding
from countenance.core.records.stored import StoreEntry
from countenance.errors import CountenanceError, EvidenceError, StoreError
from countenance.manifest.ports import ManifestReading
from countenance.verify.findings import bound_values, other_prints
from countenance.verify.ports import Alike, KnownEdit, ManifestStore, Shelf, VerifyTools

T = TypeVar("T")
DAMAGED = "the manifest store is damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A published picture, as it was found."""

    manifest_id: str
    manifest_digest: str
    watermark_id: str
    fingerprint: str
    content_code: str | None
    pixels_digest: str
    organisation: str
    manifest: Callable[[], bytes | None]
    """Its bytes, integrity checked where they lie."""
    known: KnownEdit | None = None
    entry: StoreEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A published picture that a file looks like."""

    lead: Lead
    alike: Alike


def by_mark(watermark_id: str, tools: VerifyTools) -> tuple[tuple[Lead, ...], tuple[Finding, ...]]:
    """Who is known under a mark: in the books, else in the store; and what of the store was not believed.

    Raises:
        CountenanceError: the books or the store cannot be read.
    """
    known = tools.shelf.by_mark(watermark_id) if tools.shelf else None
    if known is not None and tools.shelf is not None:
        return (_of_books(known, tools.shelf),), ()
    store = tools.store
    leads, doubts = _believed(_kept(lambda: list(store.by_mark(watermark_id))) if store else [], tools)
    here = tuple(one for one in leads if one.watermark_id == watermark_id)
    astray = [_doubt("an entry is filed under a mark that is not its own")] * (len(leads) - len(here))
    return here, (*doubts, *astray)


def near(
    fingerprint: str, within_bits: int, tools: VerifyTools
) -> tuple[tuple[tuple[Lead, int], ...], tuple[Finding, ...]]:
    """Published pictures with a fingerprint so near, nearest first, of books and store together.

    Raises:
        CountenanceError: the books or the store cannot be read.
    """
    found: dict[str, tuple[Lead, int]] = {}
    if tools.shelf is not None:
        for known, bits in tools.shelf.near(fingerprint, within_bits=within_bits):
            found[known.manifest_id] = (_of_books(known, tools.shelf), bits)
    store = tools.store
    filed = _kept(lambda: list(store.near(fingerprint, within_bits=within_bits))) if store else []
    leads, doubts = _believed([entry for entry, _ in filed], tools)
    for lead in leads:
        bits = (int(lead.fingerprint, 16) ^ int(fingerprint, 16)).bit_count()
        if bits <= within_bits:
            found.setdefault(lead.manifest_id, (lead, bits))
    return tuple(sorted(found.values(), key=lambda one: (one[1], one[0].manifest_id))), doubts


def agrees(lead: Lead, reading: ManifestReading) -> Finding:
    """Whether a store's entry and the manifest that it names say the same, both signed by whom is trusted."""
    mark, fingerprint = bound_values(reading.soft_bindings)
    code, _ = other_prints(reading.soft_bindings)
    says = (reading.manifest_id, mark, fingerprint, code)
    if says != (lead.manifest_id, lead.watermark_id, lead.fingerprint, lead.content_code):
        return _doubt("the entry and the manifest that it leads to do not agree")
    if not reading.claim_trusted:
        return _doubt("the manifest that the entry leads to is signed by nobody who is trusted")
    return Finding(check="store", result="holds", detail=f"its entry is signed by {lead.organisation}")


def _kept(ask: Callable[[], T]) -> T:
    """What a store keeps. That it is damaged says nothing of the picture. Raises StoreError."""
    try:
        return ask()
    except EvidenceError as error:
        raise StoreError(f"{DAMAGED}: {error.message}", hint="`countenance store check --repair` mends it") from error


def _believed(signed: list[bytes], tools: VerifyTools) -> tuple[list[Lead], tuple[Finding, ...]]:
    if signed and not tools.trust.claim_pem:
        return [], (_doubt("no root is at hand to believe its entries: give --trust PEM"),)
    leads, doubts = [], []
    for one in signed:
        try:
            entry = store_entry.read(one, tools.trust.claim_pem)
        except CountenanceError as error:
            doubts.append(_doubt(f"an entry is not believed: {error.message}"))
            continue
        if tools.store is not None:
            leads.append(_of_store(entry, tools.store))
    return leads, tuple(dict.fromkeys(doubts))


def _of_books(known: KnownEdit, shelf: Shelf) -> Lead:
    return Lead(
        manifest_id=known.manifest_id,
        manifest_digest=known.manifest_digest,
        watermark_id=known.watermark_id,
        fingerprint=known.fingerprint,
        content_code=known.content_code,
        pixels_digest=known.pixels_digest,
        organisation=known.organisation,
        manifest=lambda: shelf.manifest(known.manifest_digest),
        known=known,
    )


def _of_store(entry: StoreEntry, store: ManifestStore) -> Lead:
    return Lead(
        manifest_id=entry.manifest_id,
        manifest_digest=entry.manifest_digest,
        watermark_id=entry.watermark_id,
        fingerprint=entry.fingerprint,
        content_code=entry.content_code,
        pixels_digest=entry.pixels_digest,
        organisation=entry.organisation,
        manifest=lambda: _kept(lambda: store.manifest(entry.manifest_digest)),
        entry=entry,
    )


def _doubt(why: str) -> Finding:
    return Finding(check="store", result="unchecked", detail=why)
