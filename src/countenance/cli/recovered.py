"""What `recover` found, as people and machines read it."""

from typing import TYPE_CHECKING, Any

from countenance.cli.state import printable
from countenance.core.records.marks import chance_of_accident

if TYPE_CHECKING:
    from countenance.verify.found import Consent, Found, Told
    from countenance.verify.ports import Alike

_LOUD = "MARK OF ANOTHER PICTURE: the watermark was copied; this is not the picture that it was made for"


def recovered_json(found: "Found") -> dict[str, Any]:
    """The JSON of a recovery."""
    one = found.told[0] if found.told else None
    accident = chance_of_accident(found.mark) if found.mark else None
    return {
        "schema": "countenance.recovery/1",
        "found": found.mark is not None,
        "watermark_id": found.mark.mark_id if found.mark else None,
        "checked": found.mark.checked if found.mark else None,
        "certainty": None if accident is None else 1 - accident,
        "chance_of_accident": accident,
        "manifest_id": one.candidate.lead.manifest_id if one and found.verdict == "recovered" else None,
        "fingerprint": _distances(one.candidate.alike if one else None),
        "verdict": "unknown" if found.verdict == "invalid" else found.verdict,
        "organisation": one.candidate.lead.organisation if one and found.verdict == "recovered" else None,
        "consent": _consent(one.consent if one and found.verdict == "recovered" else None),
        "candidates": [_candidate(each) for each in found.told] if found.verdict == "candidates" else [],
        "findings": [finding.model_dump() for finding in found.findings],
    }


def recovered_text(found: "Found") -> str:
    """The same for people: loud where a mark was copied."""
    lines = [_LOUD if found.verdict == "mark-of-another-picture" else found.verdict]
    if found.verdict == "recovered":
        lines += [f"  {_named(each)}" for each in found.told]
    if found.verdict == "candidates":
        lines += ["  it may be a copy of one of these; a likeness is never certain"]
        lines += [f"  {_bits(each.candidate.alike)}: {_named(each)}" for each in found.told]
    lines += [f"  {finding.check}: {printable(finding.detail)}" for finding in found.findings]
    return "\n".join(lines)


def _candidate(one: "Told") -> dict[str, Any]:
    lead, alike = one.candidate.lead, one.candidate.alike
    return {
        "manifest_id": lead.manifest_id,
        "phash_distance": alike.phash_bits,
        "iscc_distance": alike.iscc_bits,
        "likeness": None if alike.likeness_permille is None else alike.likeness_permille / 1000,
        "organisation": lead.organisation,
        "consent": _consent(one.consent),
    }


def _distances(alike: "Alike | None") -> dict[str, int | None]:
    return {
        "phash_distance": alike.phash_bits if alike else None,
        "iscc_distance": alike.iscc_bits if alike else None,
    }


def _consent(consent: "Consent | None") -> dict[str, str | None]:
    if consent is None:
        return {"state": "unknown", "as_of": None, "by": None}
    return {"state": consent.state, "as_of": consent.as_of, "by": consent.by}


def _named(one: "Told") -> str:
    consent = one.consent
    by = f" as of {consent.as_of}, by the {consent.by}" if consent.by else ": nothing at hand says"
    said = (
        f"{one.candidate.lead.manifest_id}, published by {one.candidate.lead.organisation}; consent {consent.state}{by}"
    )
    return printable(said)


def _bits(alike: "Alike") -> str:
    iscc = "" if alike.iscc_bits is None else f", ISCC {alike.iscc_bits}"
    likeness = "" if alike.likeness_permille is None else f", likeness {alike.likeness_permille / 1000:.3f}"
    return f"pHash {alike.phash_bits}{iscc}{likeness}"
