"""From bytes to a ManifestReading: three Readers, three questions, and our own look at the signatures."""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from c2pa import C2paError, Context, Reader

from countenance.adapters.manifests import boxes, container, cose, saying, settings
from countenance.errors import EvidenceError, UnsupportedMediaError
from countenance.manifest import labels
from countenance.manifest.ports import Identity, ManifestReading, Trust

_MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/tiff")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one Reader said."""

    store: bytes
    manifest_id: str
    report: Mapping[str, Any]
    detailed: Mapping[str, Any]

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The active manifest."""
        return saying.mapping(saying.mapping(self.report.get("manifests")).get(self.manifest_id))

    @property
    def details(self) -> Mapping[str, Any]:
        """The active manifest with its claim and assertion store."""
        return saying.mapping(saying.mapping(self.detailed.get("manifests")).get(self.manifest_id))

    def codes(self, outcome: str) -> list[str]:
        """Validation codes of the active manifest: `success`, `informational` or `failure`."""
        return saying.codes(saying.mapping(self.report.get("validation_results")).get("activeManifest"), outcome)


def read(data: bytes, media_type: str, trust: Trust, manifest: bytes | None) -> ManifestReading | None:
    """What the manifest says and which of it holds; None where there is none.

    Raises:
        EvidenceError: it cannot be read, or the Readers and our own parser disagree about what was signed.
        UnsupportedMediaError: of another kind.
        ConfigError: anchors that are no certificates.
    """
    if media_type not in _MEDIA_TYPES:
        raise UnsupportedMediaError("manifests are read in JPEG, PNG, WebP and TIFF files")
    try:
        return _read(data, media_type, trust, manifest)
    except RecursionError as error:
        raise EvidenceError("the file's manifest is nested too deeply") from error


def _read(data: bytes, media_type: str, trust: Trust, manifest: bytes | None) -> ManifestReading | None:
    claim = _ask(data, media_type, manifest, "manifest", trust.claim_pem)
    if claim is None:
        return None
    _require_form(data, media_type, claim.store, embedded=manifest is None)
    operators = _again(data, media_type, claim, "cawg", trust.operators_pem)
    stamp = _again(data, media_type, claim, "tsa", trust.tsa_pem)
    signature = cose.of_manifest(claim.store, claim.manifest_id)
    info = saying.mapping(claim.manifest.get("signature_info"))
    if signature.serial != info.get("cert_serial_number"):
        raise EvidenceError("the manifest's signature and certificate do not agree")
    return _reading(claim, operators, stamp, signature, trust)


def _require_form(data: bytes, media_type: str, store: bytes, *, embedded: bool) -> None:
    """The form of the bytes that no hash covers. Raises EvidenceError where it is not that of C2PA."""
    if not boxes.sound(store):
        raise EvidenceError("the boxes of the file's manifest are not those of C2PA")
    if embedded and not container.holds(data, media_type, store):
        raise EvidenceError("the file's manifest does not lie in it as C2PA lays it")


def _ask(data: bytes, media_type: str, manifest: bytes | None, kind: str, anchors: str | None) -> _Answer | None:
    chosen = settings.for_reading(kind, anchors)
    try:
        with (
            Context.from_dict(chosen) as context,
            Reader(media_type, io.BytesIO(data), manifest, context) as reader,
        ):
            report, detailed = json.loads(reader.json()), json.loads(reader.detailed_json())
            manifest_id = report["active_manifest"]
            store = io.BytesIO()
            # Any path inside the active manifest gives the whole store, as the SDK itself sees it.
            reader.resource_to_stream(f"self#jumbf=/c2pa/{manifest_id}", store)
    except C2paError.ManifestNotFound:
        return None
    except (C2paError, ValueError, KeyError, TypeError) as error:
        if manifest is None and b"jumb" not in data:
            return None  # a broken picture, but not one that pretends to carry a manifest
        raise EvidenceError("the file's manifest cannot be read") from error
    return _Answer(store=store.getvalue(), manifest_id=manifest_id, report=report, detailed=detailed)


def _again(data: bytes, media_type: str, claim: _Answer, kind: str, anchors: str | None) -> _Answer | None:
    """Another question about the very bytes that the first one was about."""
    if anchors is None:
        return None
    answer = _ask(data, media_type, claim.store, kind, anchors)
    if answer is None or answer.manifest_id != claim.manifest_id or answer.details != claim.details:
        raise EvidenceError("the file's manifest reads differently the second time")
    return answer


def _reading(
    claim: _Answer, operators: _Answer | None, stamp: _Answer | None, signature: cose.Signature, trust: Trust
) -> ManifestReading:
    success, failure = claim.codes("success"), claim.codes("failure")
    said = saying.of(claim.manifest)
    identity, hidden = _identity(claim, operators)
    parents = [entry for entry in said.ingredients if entry.get("relationship") == "parentOf"]
    return ManifestReading(
        manifest_id=claim.manifest_id,
        claim_version=said.claim_version,
        data_hash_matches="assertion.dataHash.match" in success and "assertion.dataHash.mismatch" not in failure,
        failures=tuple(saying.failures(claim.report)),
        signature_valid="claimSignature.validated" in success
        and not any(code.startswith("claimSignature.") for code in failure),
        claim_trusted=bool(trust.claim_pem)
        and "signingCredential.trusted" in success
        and not any(code.startswith("signingCredential.") for code in failure),
        claim_eku=signature.has_usage(labels.EKU_CLAIM_SIGNING),
        signer=signature.names,
        timestamp=_timestamp(claim, stamp, stamped=signature.stamped),
        timestamp_at=saying.text(saying.mapping(claim.manifest.get("signature_info")).get("time")),
        signed_at=saying.text(said.edited.get("when")),
        pad_is_zero=signature.pad_is_zero and not hidden,
        thumbnails=saying.shows_thumbnail(claim.report) or saying.shows_thumbnail(claim.detailed),
        actions=said.actions,
        edit=saying.edit_of(said.edited),
        labels=saying.visible_labels(said.actions),
        marking=saying.marking_of(said.actions),
        digital_source_type=saying.text(said.edited.get("digitalSourceType")),
        all_actions_included=said.all_actions_included,
        soft_bindings=said.soft_bindings,
        receipt=said.receipt,
        identity=identity,
        ingredient_failures=_ingredient_failures(claim, said.ingredients),
        parent_labelled=len(parents) == 1 and saying.opens(said.actions, str(parents[0].get("label"))),
    )


def _timestamp(claim: _Answer, stamp: _Answer | None, *, stamped: bool) -> str | None:
    if not stamped:
        return None
    told = [code for outcome in ("success", "informational", "failure") for code in (stamp or claim).codes(outcome)]
    if any(code in told for code in ("timeStamp.malformed", "timeStamp.mismatch", "timeStamp.outsideValidity")):
        return "malformed"
    return "trusted" if stamp and "timeStamp.trusted" in told and "timeStamp.validated" in told else "untrusted"


def _identity(claim: _Answer, operators: _Answer | None) -> tuple[Identity | None, bool]:
    """The one identity assertion, and whether something is hidden in its padding."""
    store = saying.mapping(claim.details.get("assertion_store"))
    found = [label for label in store if label.split("__")[0] == labels.IDENTITY]
    if not found:
        return None, False
    content = saying.mapping(store[found[0]])
    try:
        signature = cose.parse(base64.b64decode(str(content.get("signature")), validate=True))
        pads = [base64.b64decode(str(content[pad]), validate=True) for pad in ("pad1", "pad2") if content.get(pad)]
    except ValueError as error:
        raise EvidenceError("the operator's signature cannot be read") from error
    success, failure = claim.codes("success"), claim.codes("failure")
    broken = [code for code in failure if code.startswith("cawg.") and not code.startswith(saying.ELSEWHERE)]
    valid = len(found) == 1 and "cawg.x509.signature.validated" in success and not broken
    trusted = None if operators is None else _trusted(operators)
    return Identity(
        pseudonym=signature.common_name,
        valid=valid,
        trusted=trusted,
        referenced=_really_signed(content, claim.details),
        certificate_sha256=signature.certificate_sha256,
    ), not signature.pad_is_zero or any(map(any, pads))


def _trusted(operators: _Answer) -> bool:
    told = operators.codes("failure")
    return "cawg.x509.credential.trusted" in operators.codes("success") and not any(
        code.startswith("cawg.") for code in told
    )


def _really_signed(content: Mapping[str, Any], details: Mapping[str, Any]) -> tuple[str, ...]:
    """Labels whose reference in the operator's payload carries the hash that the claim carries."""
    claim = saying.mapping(details.get("claim"))
    claimed = _hashes(
        [*saying.sequence(claim.get("created_assertions")), *saying.sequence(claim.get("gathered_assertions"))]
    )
    payload = saying.mapping(content.get("signer_payload"))
    signed = _hashes(saying.sequence(payload.get("referenced_assertions")))
    return tuple(sorted(label for label, value in signed.items() if claimed.get(label) == value))


def _hashes(references: Sequence[Any]) -> dict[str, Any]:
    entries = [saying.mapping(reference) for reference in references]
    return {str(entry.get("url")).rpartition("/")[2]: entry.get("hash") for entry in entries if entry.get("hash")}


def _ingredient_failures(claim: _Answer, ingredients: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    results = [saying.mapping(entry.get("validation_results")).get("activeManifest") for entry in ingredients]
    report = saying.mapping(claim.report.get("validation_results"))
    results += [
        saying.mapping(delta).get("validationDeltas") for delta in saying.sequence(report.get("ingredientDeltas"))
    ]
    failures = {code for result in results for code in saying.codes(result, "failure")}
    return tuple(sorted(code for code in failures if not code.startswith(saying.ELSEWHERE)))
