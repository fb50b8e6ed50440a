"""(7) log inclusion, (8) checkpoint: whether the books at hand know a file, as these bytes and with these words."""

from countenance.core.records.report import Finding
from countenance.errors import AuditError, CountenanceError, EvidenceError
from countenance.manifest.ports import ManifestReading
from countenance.verify.findings import bound_values
from countenance.verify.ports import KnownEdit, Shelf, VerifyTools


def find(reading: ManifestReading, tools: VerifyTools, *, output: str, ours: bool) -> tuple[KnownEdit | None, Finding]:
    """The published edit that the manifest names by its receipt, or else by the mark that it binds.

    Args:
        reading: what the embedded manifest says.
        tools: with the books, where they are at hand.
        output: digest of the whole file.
        ours: whether the claim signer is this home's, so that its log must know the file.
    """
    if tools.shelf is None:
        return None, _unchecked(tools.shelf_problem or "no log is at hand")
    try:
        known = _named(reading, tools.shelf)
        opened = _opened(reading, known, tools.shelf)
    except (EvidenceError, AuditError) as error:
        return None, Finding(check="log", result="fails", detail=error.message)
    except CountenanceError as error:
        return None, _unchecked(f"the books cannot be read: {error.message}")
    if known is not None:
        return known, in_log(reading, known, opened=opened, output=output)
    if ours:
        return None, Finding(check="log", result="fails", detail="signed with our key, but never logged")
    return None, _unchecked("this home's log does not know the file")


def in_log(reading: ManifestReading, known: KnownEdit, *, opened: bool | None, output: str | None) -> Finding:
    """The publication is in the local log, with this manifest and these records, under a signed checkpoint.

    Args:
        reading: what the manifest says.
        known: what the books say.
        opened: whether the receipt's commitment is to the decision behind the edit; None once that was erased.
        output: digest of the file; None for a copy that lost its manifest, and can be the published file no more.
    """
    if known.marked_only or reading.marking:
        return _marking_in_log(reading, known, output=output)
    edit, granted = reading.edit, known.purposes
    problems = [
        said
        for wrong, said in (
            (output not in (None, known.output_digest), "the file is not byte for byte the published one"),
            (known.manifest_id != reading.manifest_id, "it was published with another manifest"),
            (known.source_digest != edit.get("source_sha256"), "its parent is another picture"),
            (known.recipe_digest != edit.get("recipe_sha256"), "its recipe is another one"),
            (known.units != edit.get("au"), "other units were published"),
            (granted is not None and edit.get("purpose") not in granted, "its release is not for this purpose"),
            (edit.get("purpose") != reading.receipt.get("purpose"), "its consent receipt is for another purpose"),
            (opened is False, "its consent receipt is not that of the decision"),
        )
        if wrong
    ]
    if problems:
        return Finding(check="log", result="fails", detail="; ".join(problems))
    size, erased = known.receipt.checkpoint.size, "" if opened else "; what opens its consent receipt was erased"
    return Finding(
        check="log", result="holds", detail=f"entry {known.receipt.index} of {size}, under a signed checkpoint{erased}"
    )


def _marking_in_log(reading: ManifestReading, known: KnownEdit, *, output: str | None) -> Finding:
    """The same of a picture that was marked, and not edited."""
    problems = [
        said
        for wrong, said in (
            (not known.marked_only, "it was published as an edit"),
            (not reading.marking, "it was marked, and not edited"),
            (output not in (None, known.output_digest), "the file is not byte for byte the published one"),
            (known.manifest_id != reading.manifest_id, "it was published with another manifest"),
            (known.source_digest != reading.marking.get("source_sha256"), "its parent is another picture"),
            (known.edit_id != reading.marking.get("marking_id"), "it is another marking"),
        )
        if wrong
    ]
    if problems:
        return Finding(check="log", result="fails", detail="; ".join(problems))
    return Finding(
        check="log",
        result="holds",
        detail=f"entry {known.receipt.index} of {known.receipt.checkpoint.size}, under a signed checkpoint",
    )


def _named(reading: ManifestReading, shelf: Shelf) -> KnownEdit | None:
    receipt_id, (mark, _) = reading.receipt.get("receipt_id"), bound_values(reading.soft_bindings)
    known = shelf.by_receipt(str(receipt_id)) if receipt_id else None
    return known or (shelf.by_mark(mark) if mark else None)


def _opened(reading: ManifestReading, known: KnownEdit | None, shelf: Shelf) -> bool | None:
    return shelf.opens(known.receipt_id, str(reading.receipt.get("commitment"))) if known else None


def _unchecked(why: str) -> Finding:
    return Finding(check="log", result="unchecked", detail=why)
