"""The answer of `recover`: which published picture a file is a copy of, whose it is, and whether the consent stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from countenance.core import digest
from countenance.core.records.marks import MarkRead
from countenance.core.records.report import ConsentState, Finding
from countenance.errors import CountenanceError
from countenance.manifest.ports import ManifestReading
from countenance.request.sniff import sniff
from countenance.verify import findings as check
from countenance.verify import stored
from countenance.verify.consent_status import CHECK, read_status
from countenance.verify.inspect import embedded_failures
from countenance.verify.ports import VerifyTools
from countenance.verify.recover import Recovered, look, recover
from countenance.verify.stored import Candidate, Lead

FoundVerdict = Literal["recovered", "mark-of-another-picture", "candidates", "unknown"]
Why = Literal["nothing", "no-proof", "damaged-store", "untrusted", "file-fails", "mark-fails"]
STAGES = ("mark", "manifest", "the file's own manifest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Whether the consent stands, as of when, and who says so: the books at hand, or a published list."""

    state: ConsentState
    as_of: str | None
    by: Literal["books", "status list"] | None
    asked: bool = True
    """Whether there was one to be asked for: not of a picture that was marked, and not edited."""


NOBODY_SAYS = Consent(state="unknown", as_of=None, by=None)
NOT_ASKED = Consent(state="unknown", as_of=None, by=None, asked=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A published picture, and the consent to it. `original`: the file is what was edited or marked, byte for byte."""

    candidate: Candidate
    consent: Consent
    original: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the file led to. `told` is the one picture that was recovered, or those that it may be a copy of."""

    verdict: FoundVerdict
    mark: MarkRead | None
    told: tuple[Told, ...]
    findings: tuple[Finding, ...]
    lead: Lead | None = None
    """Where the mark leads to, whatever comes of it."""
    why: Why = "nothing"
    """Of `unknown`: what stands in the way."""


def find(data: bytes, tools: VerifyTools, *, at: str, step: Callable[[str], None] = lambda _: None) -> Found:
    """Look for the manifest of a file that lost it. It names an organisation, and never a person.

    `step` is told each of `STAGES`.

    Raises:
        InputError: not a picture that is handled.
    """
    media_type = sniff(data, max_pixels=tools.max_pixels).media_type
    step(STAGES[0])
    seen = look(data, media_type, tools)
    step(STAGES[1])
    found = recover(data, media_type, seen, tools)
    step(STAGES[2])
    wrong = embedded_failures(data, tools, at=at)
    verdict = _verdict(found, wrong)
    one = Candidate(lead=found.lead, alike=found.alike) if found.lead and found.alike else None
    told, said = _told(data, media_type, found.candidates if one is None else (one,), tools, at=at)
    findings = (*_of_file(wrong), *_of_lead(found.findings, apart=bool(wrong)), *_no_root(tools), *said)
    return Found(
        verdict=verdict,
        mark=found.mark or seen.mark,
        told=told,
        findings=tuple(dict.fromkeys(findings)),  # a store is asked twice, and may be doubted twice
        lead=found.lead,
        why=_why(found, wrong),
    )


def _verdict(found: Recovered, wrong: Sequence[Finding]) -> FoundVerdict:
    if any(one.check == "fingerprint" and one.result == "fails" for one in found.findings):
        return "mark-of-another-picture"
    if wrong or found.verdict == "invalid":
        return "unknown"
    if found.verdict == "recovered":
        return "recovered"
    return "candidates" if found.candidates else "unknown"


def _why(found: Recovered, wrong: Sequence[Finding]) -> Why:
    if wrong and {one.check for one in wrong} <= {"trust", "operator"} and found.verdict != "invalid":
        return "untrusted"
    if wrong or found.verdict == "invalid":
        return "file-fails" if wrong else "mark-fails"
    if any(one.check == "store" and one.detail.startswith(stored.DAMAGED) for one in found.findings):
        return "damaged-store"
    return "nothing" if found.lead is None else "no-proof"


def _of_file(wrong: Sequence[Finding]) -> list[Finding]:
    return [one.model_copy(update={"detail": f"the manifest in the file: {one.detail}"}) for one in wrong]


def _of_lead(findings: Sequence[Finding], *, apart: bool) -> list[Finding]:
    """What was found by the mark: told apart from what the file carries, and the manifest's words as its words."""
    of_manifest = {"signature", "trust", "operator", "log"}
    said = []
    for one in findings:
        if apart and (one.check, one.result) == ("recovery", "holds"):
            continue  # so it is not called
        before = "the manifest says: " if one.check == "actions" and one.result == "holds" else ""
        if apart and one.check in of_manifest:
            before = "the manifest that the mark leads to: "
        said.append(one.model_copy(update={"detail": f"{before}{one.detail}"}))
    return said


def _no_root(tools: VerifyTools) -> list[Finding]:
    if tools.trust.claim_pem:
        return []
    return [Finding(check="trust", result="unchecked", detail="no root is at hand to trust: give --trust PEM")]


def _told(
    data: bytes, media_type: str, named: Sequence[Candidate], tools: VerifyTools, *, at: str
) -> tuple[tuple[Told, ...], list[Finding]]:
    """Each published picture with the consent to it, and what a given status list has to do with them."""
    of_file = digest.of_file(data)
    told, said = [], list[Finding]()
    for each in named:
        consent, finding = _consent(data, media_type, each.lead, tools, at=at)
        original = each.lead.known is not None and each.lead.known.source_digest == of_file
        told.append(Told(candidate=each, consent=consent, original=original))
        said += [finding] if finding is not None and finding not in said else []
    if tools.status_list is not None and not told:
        said = [Finding(check=CHECK, result="unchecked", detail="no picture was found that a status list speaks of")]
    return tuple(told), said


def _consent(
    data: bytes, media_type: str, lead: Lead, tools: VerifyTools, *, at: str
) -> tuple[Consent, Finding | None]:
    """What the books say, unless a list that was given knows of a withdrawal; without books, what the list says."""
    if _marked_only(lead):
        return NOT_ASKED, None
    books = NOBODY_SAYS
    if lead.known is not None and lead.known.consent_now != "unknown":
        books = Consent(state=lead.known.consent_now, as_of=at, by="books")
    if tools.status_list is None:
        return books, None
    told = read_status(_reading(data, media_type, lead, tools), tools.status_list, tools, at=at)
    if told.withdrawn and books.state not in {"withdrawn", "erased"}:
        return Consent(state="withdrawn", as_of=told.as_of, by="status list"), told.finding
    if told.withdrawn is False and books.by is None:
        return Consent(state="active", as_of=told.as_of, by="status list"), told.finding
    return books, told.finding


def _marked_only(lead: Lead) -> bool:
    return lead.entry.how == "marked" if lead.entry is not None else lead.known is not None and lead.known.marked_only


def _reading(data: bytes, media_type: str, lead: Lead, tools: VerifyTools) -> ManifestReading | None:
    """The candidate's manifest, where it is to be had and its signature is that of who is trusted."""
    try:
        manifest = lead.manifest()
        reading = tools.manifests.read(data, media_type, tools.trust, manifest=manifest) if manifest else None
    except CountenanceError:
        return None
    sound = reading is not None and reading.claim_trusted and check.signature(reading).result == "holds"
    return reading if sound else None
