"""The way back: any bytes to a report. Never raises for bad evidence.

(1) parse, (2) hard binding, (3) signature, (4) trust and time, (5) actions and operator, (6) soft bindings,
(7) log inclusion, (8) checkpoint, (9) consent then and now.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from countenance.core import digest
from countenance.core.records.marks import MarkRead
from countenance.core.records.report import ConsentFacts, EditFacts, Finding, Verdict, VerificationReport
from countenance.errors import ConfigError, CountenanceError
from countenance.manifest.ports import ManifestReading, Trust
from countenance.request.sniff import media_type_of
from countenance.verify import changes, logged
from countenance.verify import findings as check
from countenance.verify.consent_status import with_status
from countenance.verify.ports import Alike, KnownEdit, MarkReader, Shelf, VerifyTools
from countenance.verify.recover import Seen, look, recover
from countenance.verify.standing import approvals, operator_stands
from countenance.verify.verdict import verdict_of


def inspect(data: bytes, tools: VerifyTools, *, at: str, original: bytes | None = None) -> VerificationReport:
    """All checks on a file, the verdict, and consent then and now.

    With `original`, also whether that file is the one that the manifest says was edited, and what changed.
    """
    # (1) parse
    media_type = media_type_of(data)
    if media_type is None:
        return report([Finding(check="parse", result="unchecked", detail="neither a JPEG nor a PNG")], "unknown", at)
    parsed = Finding(check="parse", result="holds", detail=media_type)
    try:
        reading = tools.manifests.read(data, media_type, tools.trust)
    except ConfigError:
        raise  # the given anchors are wrong, not the file
    except CountenanceError as error:
        return report([parsed, Finding(check="manifest", result="fails", detail=error.message)], "invalid", at)
    seen = look(data, media_type, tools)
    if reading is None:
        return _recovered(data, media_type, seen, parsed, tools, at, original)
    present = Finding(check="manifest", result="holds", detail=reading.manifest_id)
    ours = _ours(data, media_type, reading, tools)
    known, in_log = logged.find(reading, tools, output=digest.of_file(data), ours=ours)
    soft = _soft(data, media_type, reading, seen, tools, ours=ours)
    findings = [parsed, present, *_claim(reading, known, in_log, tools.shelf), *soft, in_log]
    if original is not None:
        findings += [
            check.source(reading, digest.of_file(original)),
            *changes.findings(data, original, reading, known, tools),
        ]
    verdict = verdict_of(findings, log_needed=ours)
    told = report(findings, verdict, at, reading=reading, known=known, mark=seen.mark_id)
    return with_status(told, reading, tools)


def embedded_failures(data: bytes, tools: VerifyTools, *, at: str) -> tuple[Finding, ...]:
    """What fails in a file that does carry a manifest: such a file is not one to be recovered."""
    found = inspect(data, tools, at=at)
    if any(finding.check == "manifest" and finding.result == "absent" for finding in found.findings):
        return ()
    return tuple(finding for finding in found.findings if finding.result == "fails" and found.verdict == "invalid")


def report(
    findings: Sequence[Finding],
    verdict: Verdict,
    at: str,
    *,
    reading: ManifestReading | None = None,
    known: KnownEdit | None = None,
    mark: str | None = None,
) -> VerificationReport:
    """The report, with (9) consent then, as the receipt says, and now, as the registry at hand says.

    What a receipt says counts only where the manifest's signature holds, and nothing else fails.
    """
    sound = reading is not None and verdict != "invalid" and check.signature(reading).result == "holds"
    receipt = reading.receipt if reading and sound else {}
    return VerificationReport(
        verdict=verdict,
        findings=tuple(findings),
        edit=_edit(reading),
        consent=ConsentFacts(
            then="active" if receipt.get("state") == "active" else "unknown",
            now=known.consent_now if known else "unknown",
            as_of=at,
        ),
        watermark_id=mark,
        manifest_id=reading.manifest_id if reading else None,
        edit_id=known.edit_id if known else None,
    )


def _ours(data: bytes, media_type: str, reading: ManifestReading, tools: VerifyTools) -> bool:
    """Whether the claim signer chains to the root of the home at hand, whatever root was given to trust."""
    if tools.own_root is None or tools.own_root == tools.trust.claim_pem:
        return tools.own_root is not None and reading.claim_trusted
    own = tools.manifests.read(data, media_type, Trust(claim_pem=tools.own_root))
    return own is not None and own.claim_trusted


def _claim(reading: ManifestReading, known: KnownEdit | None, in_log: Finding, shelf: Shelf | None) -> list[Finding]:
    # (2) hard binding, (3) signature, (4) trust and time
    whole = check.hard_binding(reading, published=known is not None and in_log.result == "holds")
    findings = [whole, check.signature(reading), check.trust(reading), check.timestamp(reading)]
    # (5) actions and operator: asked of every file that says it is ours, by an edit or by its signer
    signed = operator_stands(check.operator(reading, known), reading, known, in_log, shelf)
    if check.is_marking(reading):
        return [*findings, check.marked_only(reading), signed]
    if check.is_edit(reading) or reading.claim_trusted:
        approved = approvals(reading, known)
        return [*findings, check.actions(reading), signed, *([approved] if approved else [])]
    return [*findings, Finding(check="actions", result="absent", detail="no expression edit is recorded in it")]


def _soft(
    data: bytes, media_type: str, reading: ManifestReading, seen: Seen, tools: VerifyTools, *, ours: bool
) -> list[Finding]:
    # (6) soft bindings
    if not (check.is_edit(reading) or check.is_marking(reading)):
        return _stray(reading, seen, tools)
    if tools.marks is None or seen.fingerprint is None or seen.problem is not None:
        return [Finding(check="watermark", result="unchecked", detail=seen.problem or "no mark reader is at hand")]
    bound, fingerprint = check.bound_values(reading.soft_bindings)
    alike = _alike(data, media_type, reading, fingerprint, tools.marks)
    try:
        read = _of_the_bound_kind(data, media_type, reading, seen, tools.marks)
    except CountenanceError as error:
        cannot = Finding(check="watermark", result="unchecked", detail=error.message)
        return [cannot, check.fingerprint(alike, fingerprint, None)]
    return [check.watermark(read, bound, ours=ours), check.fingerprint(alike, fingerprint, read)]


def _of_the_bound_kind(
    data: bytes, media_type: str, reading: ManifestReading, seen: Seen, marks: MarkReader
) -> MarkRead | None:
    """The mark that was seen; where it is not the bound one, that of the bound kind, if there is one beside it.

    Raises:
        CountenanceError: marks of that kind cannot be read here, or not from this picture.
    """
    bound, _ = check.bound_values(reading.soft_bindings)
    algorithm = check.bound_algorithm(reading.soft_bindings)
    if algorithm is None or seen.mark_id == bound:
        return seen.mark
    return marks.read(data, media_type, algorithm=algorithm) or seen.mark


def _alike(
    data: bytes, media_type: str, reading: ManifestReading, fingerprint: str | None, marks: MarkReader
) -> Alike | None:
    """The picture beside what its manifest binds; None where that is of another kind."""
    code, grid = check.other_prints(reading.soft_bindings)
    if fingerprint is None:
        return None
    try:
        return marks.compare(data, media_type, fingerprint=fingerprint, content_code=code, grid=grid)
    except CountenanceError:
        return None


def _stray(reading: ManifestReading, seen: Seen, tools: VerifyTools) -> list[Finding]:
    if seen.mark is None or tools.shelf is None:
        return []
    try:
        known = tools.shelf.by_mark(seen.mark.mark_id)
    except CountenanceError as error:
        return [Finding(check="watermark", result="unchecked", detail=f"the books cannot be read: {error.message}")]
    found = check.stray_mark(seen.mark, reading.soft_bindings, known)
    return [found] if found else []


def _edit(reading: ManifestReading | None) -> EditFacts | None:
    if reading is None or not reading.edit:
        return None
    units: Mapping[str, Any] = reading.edit.get("au", {})
    return EditFacts(
        au={name: int(value) for name, value in units.items()},
        operator=reading.identity.pseudonym if reading.identity else "unknown",
        purpose=str(reading.edit.get("purpose", "unknown")),
    )


def _recovered(
    data: bytes,
    media_type: str,
    seen: Seen,
    parsed: Finding,
    tools: VerifyTools,
    at: str,
    original: bytes | None,
) -> VerificationReport:
    found = recover(data, media_type, seen, tools)
    findings = [parsed, Finding(check="manifest", result="absent", detail="no manifest in the file"), *found.findings]
    if original is not None:
        findings += [check.source(found.reading, digest.of_file(original))]
        findings += changes.findings(data, original, found.reading, found.known, tools, copy=True)
    verdict: Verdict = "invalid" if any(finding.result == "fails" for finding in findings) else found.verdict
    told = report(findings, verdict, at, reading=found.reading, known=found.known, mark=seen.mark_id)
    return with_status(told, found.reading, tools)
