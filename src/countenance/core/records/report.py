"""What verify answers."""

from typing import Literal

from countenance.core.records.base import Instant, Part, Record, UnitName

Result = Literal["holds", "fails", "absent", "unchecked"]
Verdict = Literal["trusted", "valid", "recovered", "invalid", "unknown"]
ConsentState = Literal["active", "withdrawn", "erased", "expired", "unknown"]


class Finding(Part):
    """One numbered check: its result, and why."""

    check: str
    result: Result
    detail: str


class EditFacts(Part):
    """What the manifest says was changed, in permille, by which pseudonymous operator, for what."""

    au: dict[UnitName, int]
    operator: str
    purpose: str


class ConsentFacts(Part):
    """Consent when the file was made, and as the registry knows it."""

    then: ConsentState
    now: ConsentState
    as_of: Instant


class VerificationReport(Record):
    """All findings, the verdict, and consent then and now."""

    KIND = "verification"
    verdict: Verdict
    findings: tuple[Finding, ...]
    edit: EditFacts | None
    consent: ConsentFacts
    watermark_id: str | None
    manifest_id: str | None = None
    edit_id: str | None = None
