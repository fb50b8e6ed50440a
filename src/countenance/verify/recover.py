"""From a stripped file back to its manifest: the mark first, then the fingerprint, which is never certain alone."""

from dataclasses import dataclass

from countenance.core.records.marks import MarkRead
from countenance.core.records.report import Finding, Verdict
from countenance.errors import AuditError, CountenanceError, EvidenceError
from countenance.manifest.ports import ManifestReading
from countenance.request.sniff import sniff
from countenance.verify import findings as check
from countenance.verify.logged import in_log
from countenance.verify.ports import KnownEdit, VerifyTools


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
    candidates: tuple[tuple[KnownEdit, int], ...] = ()


def look(data: bytes, media_type: str, tools: VerifyTools) -> Seen:
    """Read mark and fingerprint from the pixels, once the file's structure is known to be whole."""
    if tools.marks is None:
        return Seen(problem=tools.marks_problem)
    try:
        sniff(data, max_pixels=tools.max_pixels)
        return Seen(mark=tools.marks.read(data, media_type), fingerprint=tools.marks.fingerprint(data, media_type))
    except CountenanceError as error:
        return Seen(problem=error.message)


def recover(data: bytes, media_type: str, seen: Seen, tools: VerifyTools) -> Recovered:
    """Follow the mark to the local store and check the manifest found there; without a mark, name candidates."""
    if seen.fingerprint is None:
        return _unknown(Finding(check="watermark", result="unchecked", detail=seen.problem or "no mark reader"))
    try:
        if seen.mark is None:
            return _candidates(seen.fingerprint, tools)
        return _follow(data, media_type, seen.mark, seen.fingerprint, tools)
    except (EvidenceError, AuditError) as error:
        failed = Finding(check="recovery", result="fails", detail=error.message)
        return Recovered(verdict="invalid", findings=(failed,))
    except CountenanceError as error:
        return _unknown(Finding(check="recovery", result="unchecked", detail=error.message))


def _follow(data: bytes, media_type: str, mark: MarkRead, fingerprint: str, tools: VerifyTools) -> Recovered:
    read = Finding(check="watermark", result="holds", detail=f"{mark.mark_id}, {mark.by}")
    known = tools.shelf.by_mark(mark.mark_id) if tools.shelf else None
    if known is None or tools.shelf is None or tools.marks is None:
        why = tools.shelf_problem or "no store at hand knows this mark"
        return _unknown(read, Finding(check="recovery", result="unchecked", detail=why))
    alike = check.fingerprint(fingerprint, known.fingerprint, mark, tools.marks)
    if alike.result == "fails":
        return Recovered(verdict="invalid", findings=(read, alike))
    if alike.result == "unchecked":
        return Recovered(
            verdict="unknown",
            findings=(read, alike, Finding(check="recovery", result="unchecked", detail=f"may be {known.manifest_id}")),
            candidates=((known, tools.marks.distance(fingerprint, known.fingerprint)),),
        )
    stored = tools.shelf.manifest(known.manifest_digest)
    reading = tools.manifests.read(data, media_type, tools.trust, manifest=stored) if stored else None
    if reading is None:
        gone = Finding(check="recovery", result="absent", detail="its manifest is not in the store")
        return _unknown(read, alike, gone)
    same = tools.marks.pixels_digest(data, media_type) == known.pixels_digest
    opened = tools.shelf.opens(known.receipt_id, str(reading.receipt.get("commitment")))
    recovered = f"recovered, {'pixels identical' if same else 'pixels not identical'}"
    findings = (read, alike, Finding(check="recovery", result="holds", detail=recovered))
    return _judge(reading, known, findings, opened=opened)


def _judge(
    reading: ManifestReading, known: KnownEdit, findings: tuple[Finding, ...], *, opened: bool | None
) -> Recovered:
    checked = (
        check.signature(reading),
        check.trust(reading),
        check.actions(reading),
        check.operator(reading.identity, known),
        in_log(reading, known, opened=opened, output=None),
    )
    verdict: Verdict = "invalid" if any(finding.result == "fails" for finding in checked) else "recovered"
    return Recovered(verdict=verdict, findings=(*findings, *checked), reading=reading, known=known)


def _candidates(fingerprint: str, tools: VerifyTools) -> Recovered:
    absent = Finding(check="watermark", result="absent", detail="no watermark was found")
    if tools.shelf is None and tools.shelf_problem:
        return _unknown(absent, Finding(check="recovery", result="unchecked", detail=tools.shelf_problem))
    near = tools.shelf.near(fingerprint, within_bits=check.SAME_PICTURE_BITS) if tools.shelf else ()
    if not near:
        return _unknown(
            absent, Finding(check="fingerprint", result="absent", detail="no published picture looks like it")
        )
    listed = ", ".join(f"{known.manifest_id} ({distance} bits differ)" for known, distance in near[:5])
    looks = Finding(check="fingerprint", result="unchecked", detail=f"looks like {listed}; a likeness is never certain")
    return Recovered(verdict="unknown", findings=(absent, looks), candidates=near)


def _unknown(*findings: Finding) -> Recovered:
    return Recovered(verdict="unknown", findings=findings)
