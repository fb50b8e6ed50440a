"""(9) Consent as a published status list says it: nameless, dated, and signed by who signed the file."""

from dataclasses import dataclass

from pydantic import ValidationError

from countenance.core import status_credential, status_list
from countenance.core.records.report import ConsentFacts, Finding, VerificationReport
from countenance.core.records.status import StatusEntry
from countenance.errors import CountenanceError, EvidenceError, UncheckedError
from countenance.manifest.ports import ManifestReading
from countenance.verify.ports import VerifyTools

CHECK = "consent-status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the list says of the file: withdrawn or not, as of when; None where it says nothing that counts."""

    finding: Finding
    withdrawn: bool | None = None
    as_of: str = ""


def with_status(report: VerificationReport, reading: ManifestReading | None, tools: VerifyTools) -> VerificationReport:
    """The report with what the given list says; as it is where no list was given.

    The entry counts where the manifest's signature holds and nothing else fails, as what a receipt says does. What the
    books at hand say of consent now is newer than the list, but for a withdrawal.
    """
    if tools.status_list is None:
        return report
    told = read_status(
        reading if report.consent.then == "active" else None, tools.status_list, tools, at=report.consent.as_of
    )
    now, as_of = report.consent.now, report.consent.as_of
    if told.withdrawn and now not in {"withdrawn", "erased"}:
        now, as_of = "withdrawn", told.as_of
    elif told.withdrawn is False and now == "unknown":
        now, as_of = "active", told.as_of
    verdict = "invalid" if told.finding.result == "fails" else report.verdict
    consent = ConsentFacts(then=report.consent.then, now=now, as_of=as_of)
    return report.model_copy(
        update={"findings": (*report.findings, told.finding), "verdict": verdict, "consent": consent}
    )


def read_status(reading: ManifestReading | None, token: bytes, tools: VerifyTools, *, at: str) -> Told:
    """Look the file's own entry up in a list.

    A withdrawal does not make the file false: it is told as `absent`, the consent being that. A list whose signature
    does not hold `fails`; one that is too old, of somebody else or cannot be read leaves it `unchecked`.
    """
    entry = _entry(reading)
    if entry is None:
        return _unchecked("the manifest names no entry in a status list")
    try:
        found = status_credential.read(token, tools.trust.claim_pem)
        _require_of(found, entry)
        status_credential.require_fresh(found, at=at)
        withdrawn = status_list.is_set(found.bits, entry.index)
    except EvidenceError as error:
        return Told(finding=Finding(check=CHECK, result="fails", detail=error.message))
    except CountenanceError as error:
        return _unchecked(error.message)
    said = f"by the list of {found.valid_from}, which counts until {found.valid_until}"
    return Told(
        finding=Finding(check=CHECK, result="absent", detail=f"withdrawn, {said}")
        if withdrawn
        else Finding(check=CHECK, result="holds", detail=f"not withdrawn, {said}"),
        withdrawn=withdrawn,
        as_of=found.valid_from,
    )


def _entry(reading: ManifestReading | None) -> StatusEntry | None:
    try:
        return StatusEntry.model_validate(reading.receipt.get("status")) if reading else None
    except ValidationError:
        return None


def _require_of(found: status_credential.StatusList, entry: StatusEntry) -> None:
    if (found.list_id, found.issuer) != (entry.list_id, entry.issuer):
        raise UncheckedError("it is another status list than the one that the manifest names")


def _unchecked(why: str) -> Told:
    return Told(finding=Finding(check=CHECK, result="unchecked", detail=why))
