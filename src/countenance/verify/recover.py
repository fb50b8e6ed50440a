"""From a stripped file back to its manifest: the mark first, then the fingerprints, which are never certain alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countenance.core.records.marks import MarkRead
from countenance.core.records.report import Finding, Result, Verdict
from countenance.errors import AuditError, CountenanceError, EvidenceError, UncheckedError
from countenance.manifest.ports import ManifestReading
from countenance.request.sniff import sniff
from countenance.verify import findings as check
from countenance.verify import stored
from countenance.verify.logged import in_log
from countenance.verify.ports import Alike, KnownEdit, MarkReader, VerifyTools
from countenance.verify.stored import Candidate, Lead

_MOST_NAMED = 5
_NOT_OURS = "no mark of this house was found; those of other houses need their read key (recover --read-key)"
_NOT_LENT = "no mark was found with the keys at hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the pixels alone tell. `problem` says why they could not be looked at."""

    mark: MarkRead | None = None
    fingerprint: str | None = None
    problem: str | None = None

    @property
    def mark_id(self) -> str | None:
        """The id in the mark."""
        return self.mark.mark_id if self.mark else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a file without a manifest led to."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    reading: ManifestReading | None = None
    known: KnownEdit | None = None
    lead: Lead | None = None
    alike: Alike | None = None
    candidates: tuple[Candidate, ...] = ()
    mark: MarkRead | None = None
    """The one that was followed: of several upon each other the newest that leads somewhere."""


def look(data: bytes, media_type: str, tools: VerifyTools) -> Seen:
    """Read mark and fingerprint from the pixels, once the file's structure is known to be whole."""
    if tools.marks is None:
        return Seen(problem=tools.marks_problem)
    try:
        seen = sniff(data, max_pixels=tools.max_pixels)
        fingerprint = tools.marks.fingerprint(data, media_type)
    except CountenanceError as error:
        return Seen(problem=error.message)
    try:
        return Seen(mark=tools.marks.read(data, media_type), fingerprint=fingerprint)
    except CountenanceError as error:  # such as one that is too small: a likeness may still be found
        size = f"{seen.width_px} x {seen.height_px} px"
        return Seen(fingerprint=fingerprint, problem=f"{error.message} ({size}){error.hint and f': {error.hint}'}")


def recover(data: bytes, media_type: str, seen: Seen, tools: VerifyTools) -> Recovered:
    """Follow the mark to the books or a store, and check the manifest found there; without a mark, name candidates."""
    if seen.fingerprint is None or tools.marks is None:
        return _unknown(Finding(check="watermark", result="unchecked", detail=seen.problem or "no mark reader"))
    try:
        if seen.mark is None:
            return _candidates(data, media_type, seen, seen.fingerprint, tools)
        return _follow(data, media_type, seen.mark, seen.fingerprint, tools)
    except CountenanceError as error:
        return _stopped(error, _not_read(seen, tools) if seen.mark is None else _was_read(seen.mark))


def _follow(data: bytes, media_type: str, mark: MarkRead, fingerprint: str, tools: VerifyTools) -> Recovered:
    tried, doubts = [], list[Finding]()
    for each in (mark, *(tools.marks.beside(data, media_type) if tools.marks else ())):
        leads, doubted = stored.by_mark(each.mark_id, tools)
        tried += [replace(_try(data, media_type, each, one, tools), mark=each) for one in leads]
        doubts += doubted
    # A store may hold several entries for a mark: what leads to a manifest counts before what accuses.
    best = min(_newest(tried), key=lambda one: _ORDER.index(one.verdict), default=None)
    followed = (best.mark if best else None) or mark
    read = _was_read(followed)
    if best is None:
        why = tools.shelf_problem or "no store at hand knows this mark"
        lost = _unknown(read, *doubts, Finding(check="recovery", result="unchecked", detail=why))
        return _with_likenesses(lost, data, media_type, fingerprint, tools)
    return replace(best, findings=(read, *doubts, *best.findings))


def _newest(tried: Sequence[Recovered]) -> Sequence[Recovered]:
    """Without those whose mark a manifest found here names as one that its parent carried already."""
    readings = [one.reading for one in tried if one.verdict == "recovered" and one.reading]
    older = {mark for reading in readings for mark in check.carried_before(reading)}
    return [one for one in tried if one.mark is None or one.mark.mark_id not in older] or tried


_ORDER: tuple[Verdict, ...] = ("recovered", "invalid", "unknown")


def _was_read(mark: MarkRead) -> Finding:
    held: Result = "holds" if mark.checked else "unchecked"
    return Finding(check="watermark", result=held, detail=f"{mark.mark_id}, {mark.by}")


def _not_read(seen: Seen, tools: VerifyTools) -> Finding:
    why = seen.problem or tools.marks_problem
    if why is not None:
        return Finding(check="watermark", result="unchecked", detail=why)
    return Finding(check="watermark", result="absent", detail=_NOT_LENT if tools.keys_lent else _NOT_OURS)


def _stopped(error: CountenanceError, *so_far: Finding) -> Recovered:
    """What does not hold on the way is `invalid`; a store that is damaged or away is no fault of the picture."""
    if isinstance(error, EvidenceError | AuditError):
        return Recovered(
            verdict="invalid", findings=(*so_far, Finding(check="recovery", result="fails", detail=error.message))
        )
    name, hint = ("store", f": {error.hint}") if error.message.startswith(stored.DAMAGED) else ("recovery", "")
    return _unknown(*so_far, Finding(check=name, result="unchecked", detail=f"{error.message}{hint}"))


def _try(data: bytes, media_type: str, mark: MarkRead, lead: Lead, tools: VerifyTools) -> Recovered:
    """Whether the file is a copy of the picture that its mark leads to; that lead is told whatever comes of it."""
    try:
        return replace(_tried(data, media_type, mark, lead, tools), lead=lead)
    except CountenanceError as error:
        return replace(_stopped(error), lead=lead)


def _tried(data: bytes, media_type: str, mark: MarkRead, lead: Lead, tools: VerifyTools) -> Recovered:
    marks: MarkReader | None = tools.marks
    manifest = lead.manifest()
    reading = tools.manifests.read(data, media_type, tools.trust, manifest=manifest) if manifest else None
    entry = () if reading is None or lead.entry is None else (stored.agrees(lead, reading),)
    if any(one.result != "holds" for one in entry):
        return _unknown(*entry)
    alike = _compare(data, media_type, lead, reading, marks)
    likeness = check.fingerprint(alike, lead.fingerprint, mark)
    if likeness.result == "fails":
        return Recovered(verdict="invalid", findings=(*entry, likeness), lead=lead, alike=alike)
    if likeness.result == "unchecked" or marks is None or alike is None:
        maybe = Finding(check="recovery", result="unchecked", detail=f"may be {lead.manifest_id}")
        named = () if alike is None else (Candidate(lead=lead, alike=alike),)
        return Recovered(verdict="unknown", findings=(*entry, likeness, maybe), candidates=named, alike=alike)
    if reading is None:
        gone = Finding(check="recovery", result="absent", detail="its manifest is not in the store")
        return _unknown(likeness, gone)
    same = marks.pixels_digest(data, media_type) == lead.pixels_digest
    recovered = f"recovered, {'pixels identical' if same else 'pixels not identical'}"
    findings = (*entry, likeness, Finding(check="recovery", result="holds", detail=recovered))
    return _judge(reading, lead, alike, findings, tools)


def _compare(
    data: bytes, media_type: str, lead: Lead, reading: ManifestReading | None, marks: MarkReader | None
) -> Alike | None:
    """The file beside the picture's fingerprints; the grid, in which a crop is found, stands in the manifest only."""
    _, grid = check.other_prints(reading.soft_bindings) if reading else (None, None)
    if marks is None:
        return None
    code = lead.content_code
    try:
        return marks.compare(data, media_type, fingerprint=lead.fingerprint, content_code=code, grid=grid)
    except UncheckedError:
        return None


def _judge(
    reading: ManifestReading, lead: Lead, alike: Alike, findings: tuple[Finding, ...], tools: VerifyTools
) -> Recovered:
    checked = [
        check.signature(reading),
        check.trust(reading),
        check.marked_only(reading) if check.is_marking(reading) else check.actions(reading),
        check.operator(reading, lead.known),
    ]
    if lead.known is not None and tools.shelf is not None:
        opened = tools.shelf.opens(lead.known.receipt_id, str(reading.receipt.get("commitment")))
        checked.append(in_log(reading, lead.known, opened=opened, output=None))
    verdict: Verdict = "invalid" if any(finding.result == "fails" for finding in checked) else "recovered"
    return Recovered(
        verdict=verdict, findings=(*findings, *checked), reading=reading, known=lead.known, lead=lead, alike=alike
    )


def _candidates(data: bytes, media_type: str, seen: Seen, fingerprint: str, tools: VerifyTools) -> Recovered:
    absent = _not_read(seen, tools)
    if tools.shelf is None and tools.store is None and tools.shelf_problem:
        return _unknown(absent, Finding(check="recovery", result="unchecked", detail=tools.shelf_problem))
    return _with_likenesses(_unknown(absent), data, media_type, fingerprint, tools)


def _with_likenesses(
    so_far: Recovered, data: bytes, media_type: str, fingerprint: str, tools: VerifyTools
) -> Recovered:
    """What looks like the file, by pHash, each with what ISCC says of it: named, and never certain."""
    near, doubts = stored.near(fingerprint, check.SAME_PICTURE_BITS, tools)
    compared = [(lead, _compare(data, media_type, lead, None, tools.marks)) for lead, _ in near]
    found = tuple(Candidate(lead=lead, alike=alike) for lead, alike in compared if alike is not None)
    if not found:
        nothing = Finding(check="fingerprint", result="absent", detail="no published picture looks like it")
        return replace(so_far, findings=(*so_far.findings, *doubts, nothing))
    listed = ", ".join(f"{one.lead.manifest_id} ({_bits(one.alike)})" for one in found[:_MOST_NAMED])
    looks = Finding(check="fingerprint", result="unchecked", detail=f"looks like {listed}; a likeness is never certain")
    return replace(so_far, findings=(*so_far.findings, *doubts, looks), candidates=found)


def _bits(alike: Alike) -> str:
    doubtful = alike.iscc_bits is not None and alike.iscc_bits > check.SAME_CODE_BITS
    return check.bits_text(alike) + (", which ISCC does not confirm" if doubtful else "")


def _unknown(*findings: Finding) -> Recovered:
    return Recovered(verdict="unknown", findings=findings)
