"""The answer of `recover`: which published picture a file is a copy of, whose it is, and whether the consent stands."""

from dataclasses import dataclass
from typing import Literal

from countenance.core.records.marks import MarkRead
from countenance.core.records.report import ConsentState, Finding
from countenance.errors import CountenanceError
from countenance.manifest.ports import ManifestReading
from countenance.request.sniff import sniff
from countenance.verify import findings as check
from countenance.verify.consent_status import read_status
from countenance.verify.inspect import embedded_failures
from countenance.verify.ports import VerifyTools
from countenance.verify.recover import look, recover
from countenance.verify.stored import Candidate, Lead

FoundVerdict = Literal["recovered", "mark-of-another-picture", "candidates", "unknown", "invalid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Whether the consent stands, as of when, and who says so: the books at hand, or a published list."""

    state: ConsentState
    as_of: str | None
    by: Literal["books", "status list"] | None


NOBODY_SAYS = Consent(state="unknown", as_of=None, by=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A published picture, and the consent to it."""

    candidate: Candidate
    consent: Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the file led to. `told` is the one picture that was recovered, or those that it may be a copy of.

    `invalid`: a manifest was found, in the file or by its mark, and does not hold.
    """

    verdict: FoundVerdict
    mark: MarkRead | None
    told: tuple[Told, ...]
    findings: tuple[Finding, ...]


def find(data: bytes, tools: VerifyTools, *, at: str) -> Found:
    """Look for the manifest of a file that lost it. It names an organisation, and never a person.

    Raises:
        InputError: not a picture that is handled.
    """
    media_type = sniff(data, max_pixels=tools.max_pixels).media_type
    seen = look(data, media_type, tools)
    found = recover(data, media_type, seen, tools)
    wrong = embedded_failures(data, tools, at=at)
    copied = any(one.check == "fingerprint" and one.result == "fails" for one in found.findings)
    verdict: FoundVerdict = "invalid" if wrong or found.verdict == "invalid" else "unknown"
    if copied:
        verdict = "mark-of-another-picture"
    elif verdict != "invalid" and found.verdict == "recovered":
        verdict = "recovered"
    elif verdict != "invalid" and found.candidates:
        verdict = "candidates"
    one = Candidate(lead=found.lead, alike=found.alike) if found.lead and found.alike else None
    named = found.candidates if one is None else (one,)
    told = tuple(Told(candidate=each, consent=_consent(data, media_type, each.lead, tools, at=at)) for each in named)
    return Found(verdict=verdict, mark=seen.mark, told=told, findings=(*wrong, *found.findings))


def _consent(data: bytes, media_type: str, lead: Lead, tools: VerifyTools, *, at: str) -> Consent:
    """What the books say, else a list that was given, by the entry that the picture's own manifest names."""
    if lead.known is not None and lead.known.consent_now != "unknown":
        return Consent(state=lead.known.consent_now, as_of=at, by="books")
    if tools.status_list is None:
        return NOBODY_SAYS
    told = read_status(_reading(data, media_type, lead, tools), tools.status_list, tools, at=at)
    if told.withdrawn is None:
        return NOBODY_SAYS
    return Consent(state="withdrawn" if told.withdrawn else "active", as_of=told.as_of, by="status list")


def _reading(data: bytes, media_type: str, lead: Lead, tools: VerifyTools) -> ManifestReading | None:
    """The candidate's manifest, where it is to be had and its signature is that of who is trusted."""
    try:
        manifest = lead.manifest()
        reading = tools.manifests.read(data, media_type, tools.trust, manifest=manifest) if manifest else None
    except CountenanceError:
        return None
    sound = reading is not None and reading.claim_trusted and check.signature(reading).result == "holds"
    return reading if sound else None
