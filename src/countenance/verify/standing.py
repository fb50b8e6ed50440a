"""(5) Whether the operator still stands behind it: a right to act that has ended, and who approved besides."""

from datetime import UTC, datetime

from countenance.core.clock import format_instant
from countenance.core.records.report import Finding
from countenance.errors import CountenanceError
from countenance.manifest.ports import ManifestReading
from countenance.verify.ports import KnownEdit, Shelf


def operator_stands(
    found: Finding, reading: ManifestReading, known: KnownEdit | None, in_log: Finding, shelf: Shelf | None
) -> Finding:
    """What was found of the operator's signature, once it is asked whether they may have signed then.

    A signature from before the revocation stands where a trusted time-stamp or the log's entry says when it was made;
    one from later, or from nobody knows when, fails. What the file itself says of the time counts for nothing.
    """
    if found.result != "holds" or reading.identity is None or shelf is None:
        return found
    try:
        ended = shelf.revoked_at(reading.identity.pseudonym)
    except CountenanceError as error:
        return found.model_copy(update={"result": "unchecked", "detail": f"the books cannot be read: {error.message}"})
    if ended is None:
        return found
    logged = known.published_at if known is not None and in_log.result == "holds" else None
    known_at = [at for at in (_stamped(reading), logged) if at is not None]
    if not known_at:
        why = f"the operator's right to act ended at {ended}, and nothing trusted says that this was signed before"
        return found.model_copy(update={"result": "fails", "detail": why})
    if max(known_at) >= ended:
        why = f"signed at {max(known_at)}, after the operator's right to act had ended at {ended}"
        return found.model_copy(update={"result": "fails", "detail": why})
    return found.model_copy(update={"detail": f"{found.detail}; their right to act ended later, at {ended}"})


def approvals(reading: ManifestReading, known: KnownEdit | None) -> Finding | None:
    """What a second operator approved, as the signed edit says, and whether the books at hand have it."""
    said = reading.edit.get("approvals") or {}
    if not said:
        return None
    named = _named(set(said))
    if known is None or known.approvals is None:
        return Finding(check="approvals", result="unchecked", detail=f"the signer says that {named}")
    if any(known.approvals.get(digest, of) != of for of, digest in said.items()):
        return Finding(check="approvals", result="fails", detail="an approval that it names is one of something else")
    if any(digest not in known.approvals for digest in said.values()):
        return Finding(check="approvals", result="unchecked", detail=f"no longer in the books: that {named}")
    return Finding(check="approvals", result="holds", detail=named)


def _named(kinds: set[str]) -> str:
    """Whose approvals these are: of a picture the depicted person's own, by whoever recorded it."""
    seconds = ", ".join(sorted(kinds - {"picture"}))
    said = [f"a second operator approved: {seconds}"] if seconds else []
    return "; ".join([*said, *(["the depicted person agreed to this picture"] if "picture" in kinds else [])])


def _stamped(reading: ManifestReading) -> str | None:
    """The instant of a trusted time-stamp."""
    if reading.timestamp != "trusted" or reading.timestamp_at is None:
        return None
    try:
        moment = datetime.fromisoformat(reading.timestamp_at)
    except ValueError:
        return None
    return format_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
