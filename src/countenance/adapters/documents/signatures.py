"""The signatures of a PDF, each checked by pyHanko against given roots. Nothing is fetched.

`intact`, `valid` and `trusted` of pyHanko stay true after an incremental update: coverage and difference analysis are
read too. Revocation is told only by what the file itself embeds (in the signature, or in its document security store).
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError

from countenance.core import digest
from countenance.core.clock import format_instant, parse_instant
from countenance.request.documents import Coverage, Modification, SignatureFound

MAX_SIGNATURES = 40
_COVERAGE: dict[SignatureCoverageLevel, Coverage] = {
    SignatureCoverageLevel.ENTIRE_FILE: "entire-file",
    SignatureCoverageLevel.ENTIRE_REVISION: "entire-revision",
    SignatureCoverageLevel.CONTIGUOUS_BLOCK_FROM_START: "from-start",
    SignatureCoverageLevel.UNCLEAR: "unclear",
}
_MODIFICATION: dict[ModificationLevel, Modification] = {
    ModificationLevel.NONE: "none",
    ModificationLevel.LTA_UPDATES: "lta-updates",
    ModificationLevel.FORM_FILLING: "form-filling",
    ModificationLevel.ANNOTATIONS: "annotations",
    ModificationLevel.OTHER: "other",
}
_USAGES = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
"""Either will do: many signing certificates assert only one of them."""
_UNCHECKABLE = (SignatureValidationError, PdfReadError, PathError, ValueError, KeyError, TypeError, NotImplementedError)


class EncryptedError(Exception):
    """The file is encrypted: what it shows cannot be said."""


def read_signatures(data: bytes, roots_pem: Sequence[str], at: str) -> list[SignatureFound]:
    """Every filled signature field, in the order made; time-stamps of the document only where they do not hold.

    Raises:
        EncryptedError: the file is encrypted.
        Exception: whatever pyHanko raises on a damaged file; the process that calls this is there for nothing else.
    """
    reader = PdfFileReader(io.BytesIO(data), strict=True)
    if reader.encrypted:
        raise EncryptedError
    fields = [name for name, _, _ in enumerate_sig_fields(reader, filled_status=True)]
    if len(fields) > MAX_SIGNATURES:
        raise PdfReadError("too many signatures")
    roots = _certificates(roots_pem)
    known = reader.embedded_signatures
    found = [one for embedded in known for one in _found(reader, embedded, roots, parse_instant(at))]
    unknown = sorted(set(fields) - {embedded.field_name for embedded in known})
    return [*found, *(SignatureFound(field=name[:100], signer="", checked=False) for name in unknown)]


def _found(reader: PdfFileReader, embedded: Any, roots: list[Any], at: datetime) -> Iterator[SignatureFound]:
    """A time-stamp of the document that holds says nothing of who agreed: it is left out."""
    name = str(embedded.field_name)[:100]
    try:
        if embedded.sig_object_type == "/DocTimeStamp":
            stamp = validate_pdf_timestamp(embedded, _context(reader, roots, at))
            if not (stamp.intact and stamp.valid):
                yield SignatureFound(field=name, signer="a time-stamp", problem="the time-stamp does not hold")
            return
        yield _told(name, embedded, _status(reader, embedded, roots, at))
    except _UNCHECKABLE:
        yield SignatureFound(field=name, signer="", checked=False, problem="it cannot be checked")


def _status(reader: PdfFileReader, embedded: Any, roots: list[Any], at: datetime) -> Any:
    """As of now; where a trusted time-stamp says when it was signed, as of then."""
    now = _context(reader, roots, at)
    status = validate_pdf_signature(embedded, now, key_usage_settings=_USAGES)
    stamped = _stamped(status)
    if stamped is None or status.trusted:
        return status
    then = _context(reader, roots, stamped)
    return validate_pdf_signature(embedded, then, ts_validation_context=now, key_usage_settings=_USAGES)


def _told(name: str, embedded: Any, status: Any) -> SignatureFound:
    stamped, claimed = _stamped(status), status.signer_reported_dt
    trusted = bool(status.trusted and status.bottom_line)
    return SignatureFound(
        field=name,
        signer=str(status.signing_cert.subject.human_friendly)[:200],
        intact=bool(status.intact and status.valid),
        trusted=trusted,
        coverage=_COVERAGE[status.coverage],
        modification=_MODIFICATION[status.modification_level or ModificationLevel.NONE],
        permitted=bool(status.docmdp_ok),
        certified=embedded.docmdp_level in (MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE),
        signed_at=format_instant(claimed) if claimed is not None and claimed.tzinfo is not None else None,
        timestamped_at=format_instant(stamped) if stamped is not None else None,
        root=_root(status),
        problem="" if trusted else _problem(status),
    )


def _problem(status: Any) -> str:
    if status.revoked:
        return "a certificate was revoked, as the file itself shows"
    if not status.trusted:
        return "its certificate does not reach a given root, has expired, or is not for signing"
    if not (status.intact and status.valid):
        return "it does not fit what it signed"
    if not status.docmdp_ok:
        return "the file was changed after it, in a way that it does not permit"
    if status.timestamp_validity is not None and _stamped(status) is None:
        return "its time-stamp does not reach a given root"
    return "a condition of its form field is not met"


def _stamped(status: Any) -> datetime | None:
    stamp = status.timestamp_validity
    held: bool = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
    return stamp.timestamp if held else None


def _root(status: Any) -> str | None:
    path = status.validation_path
    anchor = None if path is None else getattr(path.trust_anchor.authority, "certificate", None)
    return None if anchor is None else digest.of_file(anchor.dump())


def _certificates(roots_pem: Sequence[str]) -> list[Any]:
    return [found for text in roots_pem for found in load_certs_from_pemder_data(text.encode())]


def _context(reader: PdfFileReader, roots: list[Any], moment: datetime) -> ValidationContext:
    """Trusts these roots only, not the system's; fetches nothing; knows of revocation what the file embeds."""
    told: dict[str, Any] = {
        "trust_roots": roots,
        "moment": moment,
        "allow_fetching": False,
        "revocation_mode": "soft-fail",
    }
    try:
        context: ValidationContext = DocumentSecurityStore.read_dss(reader).as_validation_context(told)
    except NoDSSFoundError:
        return ValidationContext(**told)
    return context
