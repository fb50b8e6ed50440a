"""The way back: any bytes to a report. Never raises for bad evidence.

(1) parse, (2) hard binding, (3) signature, (4) trust and time, (5) actions and operator, (6) soft bindings,
(7) log inclusion, (8) checkpoint, (9) consent then and now.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from countenance.core import digest
from countenance.core.records.report import ConsentFacts, EditFacts, Finding, Verdict, VerificationReport
from countenance.errors import ConfigError, CountenanceError
from countenance.manifest.ports import ManifestReading
from countenance.request.sniff import media_type_of
from countenance.verify import findings as check
from countenance.verify.ports import KnownEdit, VerifyTools
from countenance.verify.recover import Seen, look, recover
from countenance.verify.verdict import verdict_of


def inspect(data: bytes, tools: VerifyTools, *, at: str, original: bytes | None = None) -> VerificationReport:
    """All checks on a file, the verdict, and consent then and now.

    With `original`, also whether that file is the one that the manifest says was edited.
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
        return _recovered(data, media_type, seen, parsed, tools, at)
    present = Finding(check="manifest", result="holds", detail=reading.manifest_id)
    known, logged = _known(reading, tools)
    findings = [parsed, present, *_claim(reading, known), *_soft(reading, seen, tools), logged]
    findings += _source(reading, original)
    return report(findings, verdict_of(findings), at, reading=reading, known=known, mark=seen.mark_id)


def report(
    findings: Sequence[Finding],
    verdict: Verdict,
    at: str,
    *,
    reading: ManifestReading | None = None,
    known: KnownEdit | None = None,
    mark: str | None = None,
) -> VerificationReport:
    """The report, with (9) consent then, as the receipt says, and now, as the registry at hand says."""
    receipt = reading.receipt if reading else {}
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


def _claim(reading: ManifestReading, known: KnownEdit | None) -> list[Finding]:
    # (2) hard binding, (3) signature, (4) trust and time
    findings = [check.hard_binding(reading), check.signature(reading), check.trust(reading), check.timestamp(reading)]
    # (5) actions and operator: asked of every file that says it is ours, by an edit or by its signer
    if check.is_edit(reading) or reading.claim_trusted:
        return [*findings, check.actions(reading), check.operator(reading.identity, known)]
    return [*findings, Finding(check="actions", result="absent", detail="no expression edit is recorded in it")]


def _soft(reading: ManifestReading, seen: Seen, tools: VerifyTools) -> list[Finding]:
    # (6) soft bindings
    if not check.is_edit(reading):
        return []
    if tools.marks is None or seen.fingerprint is None:
        return [Finding(check="watermark", result="unchecked", detail=seen.problem or "no mark reader is at hand")]
    mark, fingerprint = check.bound_values(reading.soft_bindings)
    return [check.watermark(seen.mark, mark), check.fingerprint(seen.fingerprint, fingerprint, seen.mark, tools.marks)]


def _source(reading: ManifestReading, original: bytes | None) -> list[Finding]:
    if original is None:
        return []
    if digest.of_file(original) == reading.edit.get("source_sha256"):
        return [Finding(check="source", result="holds", detail="the given original is the picture that was edited")]
    return [Finding(check="source", result="fails", detail="the given original is not the picture that was edited")]


def _known(reading: ManifestReading, tools: VerifyTools) -> tuple[KnownEdit | None, Finding]:
    """The published edit that the manifest names by its receipt, or else by the mark that it binds."""
    # (7) log inclusion, (8) checkpoint
    if tools.shelf is None:
        return None, check.in_log(reading, None)
    receipt_id, (mark, _) = reading.receipt.get("receipt_id"), check.bound_values(reading.soft_bindings)
    try:
        known = tools.shelf.by_receipt(str(receipt_id)) if receipt_id else None
        known = known or (tools.shelf.by_mark(mark) if mark else None)
    except CountenanceError as error:
        return None, Finding(check="log", result="fails", detail=error.message)
    return known, check.in_log(reading, known)


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
    data: bytes, media_type: str, seen: Seen, parsed: Finding, tools: VerifyTools, at: str
) -> VerificationReport:
    found = recover(data, media_type, seen, tools)
    findings = [parsed, Finding(check="manifest", result="absent", detail="no manifest in the file"), *found.findings]
    return report(findings, found.verdict, at, reading=found.reading, known=found.known, mark=seen.mark_id)
