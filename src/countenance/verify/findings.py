"""The checks on what a manifest says: each a pure function from facts to one finding."""

from collections.abc import Mapping

from countenance.core.records.marks import CONTENT_CODE, MarkRead
from countenance.core.records.report import Finding
from countenance.manifest.labels import (
    DIGITAL_SOURCE_TYPES,
    FINGERPRINT_PREFIX,
    GRID_PRINT,
    INPUT_MARK,
    INPUT_MARKS_BESIDE,
    MARKED_ALONE,
    REFERENCED,
    TRUSTMARK_PREFIX,
    WATERMARK_PREFIX,
    WATERMARKED,
    more_bindings,
)
from countenance.manifest.ports import ManifestReading
from countenance.verify.ports import Alike, KnownEdit

SAME_PICTURE_BITS = 40
"""Distance of pHash-256 up to which a copy counts as the same picture. Measured (benchmarks/fingerprint.py): re-saved,
halved or brightened copies differ in up to 26 bits, crops of 2 % a side in up to 38; portraits of different people from
one studio in at least 54, and of one person with another expression in at least 42."""
MARKED_ONLY = "opened, marked, and nothing else: marked, not edited"
SAME_CODE_BITS = 42
"""The same of an ISCC Image-Code of 256 bits (benchmarks/soft_bindings.py): it measures much what pHash measures."""
FRAMED_BITS = 28
"""Of both, for what lies in the frame of the mark, the best of many frames. Measured (benchmarks/mark_framings.py): at
most 18 of the picture itself, at least 40 of other portraits of one studio."""
CROP_LIKENESS_PERMILLE = 850
"""Likeness from which a copy counts as a crop. Measured (benchmarks/soft_bindings.py): see docs/guides/recover.md."""
CROP_AREA_PERMILLE = 220
"""A smaller part is not judged: other pictures fit as well."""


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


def is_marking(reading: ManifestReading) -> bool:
    """Whether the manifest says that a picture was marked, and not edited."""
    return bool(reading.marking)


def marked_only(reading: ManifestReading) -> Finding:
    """(5) The claim is version 2 and says that it opened a parent and marked it, and nothing is left out."""
    names = [str(action.get("action")) for action in reading.actions]
    problems = [
        said
        for wrong, said in (
            (reading.claim_version != 2, "the claim is not version 2"),
            (reading.thumbnails, "it carries a thumbnail"),
            (names != ["c2pa.opened", "c2pa.watermarked.bound"], "it says more than that it was opened and marked"),
            (not reading.all_actions_included, "it does not say that these are all actions"),
            (not reading.parent_labelled, "the opened parent is not its ingredient"),
            (bool(reading.ingredient_failures), f"its parent does not hold: {', '.join(reading.ingredient_failures)}"),
        )
        if wrong
    ]
    if problems:
        return Finding(check="actions", result="fails", detail="; ".join(problems))
    return Finding(check="actions", result="holds", detail=MARKED_ONLY)


def operator(reading: ManifestReading, known: KnownEdit | None) -> Finding:
    """(5) The operator signed the actions, the parent, the soft bindings and the consent receipt."""
    identity = reading.identity
    if identity is None:
        return Finding(check="operator", result="fails", detail="no operator signed it")
    missing = [label for label in _wanted(reading) if label not in identity.referenced]
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
    same = "; registered and edited by the same operator" if known is not None and known.same_hand else ""
    return Finding(check="operator", result="holds", detail=f"signed by {identity.pseudonym}{shared}{same}")


def _wanted(reading: ManifestReading) -> tuple[str, ...]:
    """What the operator has to have signed of such a manifest."""
    first = MARKED_ALONE if is_marking(reading) else REFERENCED
    return (*first, *more_bindings(len(reading.soft_bindings)))


def other_prints(bindings: Mapping[str, str]) -> tuple[str | None, str | None]:
    """ISCC and grid fingerprint as the manifest binds them; earlier ones bind neither."""
    return bindings.get(CONTENT_CODE), bindings.get(GRID_PRINT)


def bound_algorithm(bindings: Mapping[str, str]) -> str | None:
    """The C2PA name of the watermark that the manifest binds."""
    return next((name for name in bindings if name.startswith((WATERMARK_PREFIX, TRUSTMARK_PREFIX))), None)


def carried_before(reading: ManifestReading) -> frozenset[str]:
    """The marks that the parent carried already, as the manifest names them: what leads here is newer than those."""
    marked = [action for action in reading.actions if action.get("action") == WATERMARKED]
    parameters = marked[0].get("parameters") if len(marked) == 1 else None
    if not isinstance(parameters, Mapping):
        return frozenset()
    beside = parameters.get(INPUT_MARKS_BESIDE)
    named = [parameters, *(beside if isinstance(beside, list) else [])]
    return frozenset(str(one[INPUT_MARK]) for one in named if isinstance(one, Mapping) and INPUT_MARK in one)


def bound_values(bindings: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Watermark id and fingerprint as the manifest binds them."""
    algorithm = bound_algorithm(bindings)
    mark = bindings[algorithm] if algorithm else None
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


def fingerprint(alike: Alike | None, bound: str | None, read: MarkRead | None) -> Finding:
    """(6) The picture looks like the one that was signed, or like a part of it.

    A crop changes a hash of the whole as much as another picture does. Which it is, the grid fingerprint tells, in
    which a crop is found again. And the mark's path: a mark that was read without a search lies in the framing in which
    it was embedded, so what looks otherwise there is another picture.

    Args:
        alike: the picture beside what is bound; None where that is not of the kind that is known here.
        bound: the fingerprint that the manifest binds.
        read: the mark in the pixels.
    """
    if bound is None:
        return Finding(check="fingerprint", result="fails", detail="the manifest binds no fingerprint")
    if alike is None:
        return Finding(check="fingerprint", result="fails", detail="the fingerprint that it binds is not of this kind")
    bits = bits_text(alike)
    if alike.phash_bits <= SAME_PICTURE_BITS:
        turned = "turned or mirrored; " if alike.turned else ""
        turned = "in the frame that its mark lies in; " if alike.straightened else turned
        return Finding(check="fingerprint", result="holds", detail=f"{turned}{bits}")
    framed, crop = read is not None and read.whole, is_crop(alike)
    if crop and not framed:
        return Finding(check="fingerprint", result="holds", detail=f"a crop: {crop_text(alike)}; {bits}")
    if framed and not crop:
        return Finding(check="fingerprint", result="fails", detail=f"mark of another picture: {bits}")
    return Finding(check="fingerprint", result="unchecked", detail=f"a crop, or another picture: {bits}")


def is_crop(alike: Alike) -> bool:
    """Whether the picture was found in the other one, as a part that is large enough to tell."""
    return (alike.likeness_permille or 0) >= CROP_LIKENESS_PERMILLE and (alike.area_permille or 0) >= CROP_AREA_PERMILLE


def bits_text(alike: Alike) -> str:
    """Both distances, for people."""
    iscc = "" if alike.iscc_bits is None else f", ISCC {alike.iscc_bits}"
    return f"{alike.phash_bits} of 256 bits differ{iscc}"


def crop_text(alike: Alike) -> str:
    """What a crop shows, for people."""
    share, likeness = (alike.area_permille or 0) / 10, (alike.likeness_permille or 0) / 1000
    return f"shows some {share:.0f} % of the picture, likeness {likeness:.3f}"


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
