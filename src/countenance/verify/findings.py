"""The checks on what a manifest says: each a pure function from facts to one finding."""

from collections.abc import Mapping

from countenance.core.records.marks import MarkRead
from countenance.core.records.report import Finding
from countenance.errors import UncheckedError
from countenance.manifest.labels import DIGITAL_SOURCE_TYPES, FINGERPRINT_PREFIX, REFERENCED, WATERMARK_PREFIX
from countenance.manifest.ports import Identity, ManifestReading
from countenance.verify.ports import KnownEdit, MarkReader

SAME_PICTURE_BITS = 40
"""Distance of pHash-256 up to which a copy counts as the same picture. Measured (benchmarks/fingerprint.py): re-saved,
halved or brightened copies differ in up to 26 bits, crops of 2 % a side in up to 38; portraits of different people from
one studio in at least 54, and of one person with another expression in at least 42."""


def hard_binding(reading: ManifestReading, *, published: bool) -> Finding:
    """(2) The bytes are those that were signed: all of them, where the log knows the whole file by its digest."""
    if reading.data_hash_matches:
        which = "the bytes" if published else "the bytes that C2PA covers"
        return Finding(check="hard-binding", result="holds", detail=f"{which} are those that were signed")
    return Finding(check="hard-binding", result="fails", detail="the file was changed after signing")


def signature(reading: ManifestReading) -> Finding:
    """(3) The claim's signature and every assertion's hash hold; nothing is hidden in the signature's padding."""
    others = [code for code in reading.failures if not code.startswith("assertion.dataHash")]
    if not reading.signature_valid or others:
        return Finding(check="signature", result="fails", detail=f"does not hold: {', '.join(others) or 'signature'}")
    if not reading.pad_is_zero:
        return Finding(check="signature", result="fails", detail="data is hidden in the signature's padding")
    return Finding(check="signature", result="holds", detail="signature and assertion hashes hold")


def trust(reading: ManifestReading) -> Finding:
    """(4) The claim signer chains to a given root and may sign claims."""
    if not reading.claim_eku:
        return Finding(check="trust", result="fails", detail="the signer's certificate may not sign C2PA claims")
    if not reading.claim_trusted:
        return Finding(check="trust", result="fails", detail="signer untrusted: it chains to none of the given roots")
    return Finding(check="trust", result="holds", detail=f"signed by {reading.signer}")


def timestamp(reading: ManifestReading) -> Finding:
    """(4) A trusted time-stamp fixes when; without one, the signer's own clock is all there is."""
    match reading.timestamp:
        case "trusted":
            return Finding(check="timestamp", result="holds", detail=f"trusted time-stamp of {reading.timestamp_at}")
        case None:
            return Finding(
                check="timestamp", result="absent", detail="no trusted time-stamp: the time is the signer's word"
            )
        case _:
            return Finding(check="timestamp", result="unchecked", detail=f"no trusted time-stamp: {reading.timestamp}")


def is_edit(reading: ManifestReading) -> bool:
    """Whether the manifest says that an expression was edited by this kind of tool."""
    return bool(reading.edit) or bool(reading.receipt)


def actions(reading: ManifestReading) -> Finding:
    """(5) The claim is version 2 and says that it opened a parent, edited it and marked it, and nothing is left out."""
    names = [str(action.get("action")) for action in reading.actions]
    problems = [
        said
        for wrong, said in (
            (reading.claim_version != 2, "the claim is not version 2"),
            (reading.thumbnails, "it carries a thumbnail"),
            (names[:1] != ["c2pa.opened"], "it does not say that it opened a parent"),
            (names.count("c2pa.edited") != 1 or not reading.edit, "it does not say what was edited"),
            ("c2pa.watermarked.bound" not in names, "it does not say that it was marked"),
            (not reading.all_actions_included, "it does not say that these are all actions"),
            (reading.digital_source_type not in DIGITAL_SOURCE_TYPES, "its digital source type is not that of an edit"),
            (not reading.receipt, "it has no consent receipt"),
            (not reading.parent_labelled, "the opened parent is not its ingredient"),
            (bool(reading.ingredient_failures), f"its parent does not hold: {', '.join(reading.ingredient_failures)}"),
        )
        if wrong
    ]
    if problems:
        return Finding(check="actions", result="fails", detail="; ".join(problems))
    placed = " with a reference placed" if "c2pa.placed" in names else ""
    done = f"edited{placed}, labelled" if "c2pa.addedText" in names else f"edited{placed}"
    return Finding(check="actions", result="holds", detail=f"opened, {done}, marked, and nothing else")


def operator(identity: Identity | None, known: KnownEdit | None) -> Finding:
    """(5) The operator signed the actions, the parent, the soft bindings and the consent receipt."""
    if identity is None:
        return Finding(check="operator", result="fails", detail="no operator signed it")
    missing = [label for label in REFERENCED if label not in identity.referenced]
    if not identity.valid or missing:
        why = (
            f"not signed by the operator: {', '.join(missing)}" if missing else "the operator's signature does not hold"
        )
        return Finding(check="operator", result="fails", detail=why)
    if identity.trusted is None:
        return Finding(
            check="operator", result="unchecked", detail=f"{identity.pseudonym}; no operators' root was given"
        )
    if not identity.trusted:
        return Finding(check="operator", result="fails", detail="the operator chains to none of the given roots")
    shared = "; shared passphrase" if known is not None and known.passphrase_shared else ""
    return Finding(check="operator", result="holds", detail=f"signed by {identity.pseudonym}{shared}")


def bound_values(bindings: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Watermark id and fingerprint as the manifest binds them."""
    mark = next((value for name, value in bindings.items() if name.startswith(WATERMARK_PREFIX)), None)
    fingerprint = next((value for name, value in bindings.items() if name.startswith(FINGERPRINT_PREFIX)), None)
    return mark, fingerprint


def watermark(read: MarkRead | None, bound: str | None, *, ours: bool) -> Finding:
    """(6) The mark in the pixels is the one that the manifest binds.

    Where it is not `ours`, by a signer of another home, its mark cannot be read with this home's keys.
    """
    if bound is None:
        return Finding(check="watermark", result="fails", detail="the manifest binds no watermark")
    if read is None and not ours:
        return Finding(
            check="watermark", result="unchecked", detail="it cannot be read here: the mark is of another key"
        )
    if read is None:
        return Finding(
            check="watermark", result="fails", detail="the watermark that the manifest binds is not in the pixels"
        )
    if read.mark_id != bound:
        return Finding(check="watermark", result="fails", detail="the pixels carry another picture's watermark")
    return Finding(check="watermark", result="holds", detail=f"{bound}, {read.by}")


def fingerprint(seen: str, bound: str | None, read: MarkRead | None, reader: MarkReader) -> Finding:
    """(6) The picture looks like the one that was signed.

    A crop changes the fingerprint as much as another picture does. Which it is, the mark's path tells: a mark that was
    read without a search lies in the framing in which it was embedded, so what looks otherwise is another picture.
    """
    if bound is None:
        return Finding(check="fingerprint", result="fails", detail="the manifest binds no fingerprint")
    try:
        distance = reader.distance(seen, bound)
    except UncheckedError:
        return Finding(check="fingerprint", result="fails", detail="the fingerprint that it binds is not of this kind")
    bits = f"{distance} of {4 * len(bound)} bits differ"
    if distance <= SAME_PICTURE_BITS:
        return Finding(check="fingerprint", result="holds", detail=bits)
    if read is not None and read.whole:
        return Finding(check="fingerprint", result="fails", detail=f"mark of another picture: {bits}")
    return Finding(check="fingerprint", result="unchecked", detail=f"a crop, or another picture: {bits}")


def stray_mark(read: MarkRead, bindings: Mapping[str, str], known: KnownEdit | None) -> Finding | None:
    """(6) A mark of ours under a manifest that tells of no edit: whose picture it is was to be hidden."""
    if known is None or read.mark_id in bindings.values():
        return None
    return Finding(
        check="watermark",
        result="fails",
        detail=f"the pixels carry the mark of a published edit, {read.mark_id}, and the manifest does not say so",
    )


def source(reading: ManifestReading | None, digest_of_original: str) -> Finding:
    """The given original is the picture that the manifest says was edited."""
    if reading is None:
        return Finding(check="source", result="unchecked", detail="no manifest says which picture was edited")
    if digest_of_original == reading.edit.get("source_sha256"):
        by = "its SHA-256 stands in the signed edit"
        return Finding(
            check="source", result="holds", detail=f"the given original is the picture that was edited: {by}"
        )
    return Finding(check="source", result="fails", detail="the given original is not the picture that was edited")
