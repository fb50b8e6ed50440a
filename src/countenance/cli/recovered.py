"""What `recover` found, as people and machines read it."""

from typing import TYPE_CHECKING, Any

from countenance.cli.state import printable
from countenance.core.records.marks import chance_of_accident

if TYPE_CHECKING:
    from countenance.verify.found import Consent, Found, Told
    from countenance.verify.ports import Alike

_LOUD = "MARK OF ANOTHER PICTURE: the watermark was copied; this is not the picture that it was made for"
_RECOVERED = "this says where it comes from, not that it is untouched; --heat shows replaced parts"
_LIKE = "it may be a copy of one of these; a likeness is never certain"
_WRONG = frozenset({"untrusted", "file-fails", "mark-fails"})
_UNKNOWN = {
    "nothing": "nothing at hand knows it",
    "no-proof": "its mark leads to a manifest, and whether it is of that picture cannot be told here",
    "damaged-store": "its mark leads to a manifest, and the store that should hold it is damaged",
    "untrusted": "the manifest in the file is signed by nobody who is trusted here (--trust)",
    "file-fails": "the manifest in the file does not hold",
    "mark-fails": "the manifest that its mark leads to does not hold",
}


def recovered_json(found: "Found") -> dict[str, Any]:
    """The JSON of a recovery."""
    one = found.told[0] if found.told else None
    accident = chance_of_accident(found.mark) if found.mark else None
    return {
        "schema": "countenance.recovery/1",
        "found": found.mark is not None,
        "watermark_id": found.mark.mark_id if found.mark else None,
        "algorithm": found.mark.algorithm if found.mark else None,
        "checked": found.mark.checked if found.mark else None,
        "certainty": None if accident is None else 1 - accident,
        "chance_of_accident": accident,
        "manifest_id": found.lead.manifest_id if found.lead else None,
        "fingerprint": _distances(one.candidate.alike if one else None),
        "verdict": found.verdict,
        "means": _means(found),
        "organisation": found.lead.organisation if found.lead else None,
        "consent": _consent(one.consent if one and found.verdict == "recovered" else None),
        "candidates": [_candidate(each) for each in found.told] if found.verdict == "candidates" else [],
        "findings": [finding.model_dump() for finding in found.findings],
    }


def recovered_text(found: "Found") -> str:
    """The same for people: loud where a mark was copied."""
    lines = [_LOUD if found.verdict == "mark-of-another-picture" else found.verdict]
    if found.verdict != "mark-of-another-picture":
        lines += [f"  {printable(_means(found))}"]
    if found.verdict == "recovered":
        lines += [f"  {_named(each)}" for each in found.told]
    elif found.verdict == "candidates":
        lines += [f"  {_how(each)}: {_named(each)}" for each in found.told]
    elif found.lead is not None:
        lines += [f"  {printable(f'it leads to {found.lead.manifest_id}, published by {found.lead.organisation}')}"]
    lines += [f"  {finding.check}: {printable(finding.detail)}" for finding in found.findings]
    return "\n".join(lines)


def exit_code(found: "Found") -> int:
    """0 where it was recovered, 4 where something is wrong, 5 where nothing can be said for certain."""
    wrong = found.verdict == "mark-of-another-picture" or (found.verdict == "unknown" and found.why in _WRONG)
    return 4 if wrong else 0 if found.verdict == "recovered" else 5


def _means(found: "Found") -> str:
    if found.verdict == "recovered":
        return _RECOVERED
    if found.verdict == "mark-of-another-picture":
        return _LOUD
    if found.verdict == "unknown":
        return _UNKNOWN[found.why]
    if found.lead is not None and found.mark is not None:
        sure = "for certain" if found.mark.checked else "unchecked"
        whose = f"a mark of {found.lead.organisation} was read, {sure}"
        return f"{whose}; whether this is the picture that it was made for cannot be told"
    return (
        "it is the original, byte for byte, of what is named here as such"
        if any(t.original for t in found.told)
        else _LIKE
    )


def _how(one: "Told") -> str:
    return "this is the original of" if one.original else _bits(one.candidate.alike)


def _candidate(one: "Told") -> dict[str, Any]:
    lead, alike = one.candidate.lead, one.candidate.alike
    return {
        "manifest_id": lead.manifest_id,
        "phash_distance": alike.phash_bits,
        "iscc_distance": alike.iscc_bits,
        "likeness": None if alike.likeness_permille is None else alike.likeness_permille / 1000,
        "organisation": lead.organisation,
        "original": one.original,
        "consent": _consent(one.consent),
    }


def _distances(alike: "Alike | None") -> dict[str, int | None]:
    return {
        "phash_distance": alike.phash_bits if alike else None,
        "iscc_distance": alike.iscc_bits if alike else None,
    }


def _consent(consent: "Consent | None") -> dict[str, str | bool | None]:
    if consent is None:
        return {"state": "unknown", "as_of": None, "by": None, "asked": None}
    return {"state": consent.state, "as_of": consent.as_of, "by": consent.by, "asked": consent.asked}


def _named(one: "Told") -> str:
    consent = one.consent
    by = f" as of {consent.as_of}, by the {consent.by}" if consent.by else ": nothing at hand says"
    state = f"consent {consent.state}{by}" if consent.asked else "consent not asked, nothing was edited"
    return printable(f"{one.candidate.lead.manifest_id}, published by {one.candidate.lead.organisation}; {state}")


def _bits(alike: "Alike") -> str:
    iscc = "" if alike.iscc_bits is None else f", ISCC {alike.iscc_bits}"
    likeness = "" if alike.likeness_permille is None else f", likeness {alike.likeness_permille / 1000:.3f}"
    return f"pHash {alike.phash_bits}{iscc}{likeness}"
