"""Write down what is to be let out, and let it out once that is durable."""

from collections.abc import Sequence
from pathlib import Path

from countenance.core import digest
from countenance.core.records.audit import Publication, Receipt
from countenance.core.records.decision import Decision, Permit
from countenance.core.records.marks import CONTENT_CODE, InputMark, SoftBinding
from countenance.core.records.recipe import EditRecipe, Measured
from countenance.errors import LogUnavailableError
from countenance.publish.ports import Outputs


def publication_of(
    permit: Permit,
    decisions: Sequence[Decision],
    data: bytes,
    manifest: bytes,
    *,
    pixels_digest: str,
    manifest_id: str,
    receipt_id: str,
    recipe: EditRecipe,
    measured: Measured,
    bindings: Sequence[SoftBinding],
    at: str,
    input_mark: InputMark | None = None,
) -> Publication:
    """The last fact of an edit: which bytes, on which decisions, under which marks."""
    watermark = next(binding for binding in bindings if binding.scope == "watermark")
    fingerprint, *others = (binding for binding in bindings if binding.scope == "fingerprint")
    return Publication(
        edit_id=permit.edit_id,
        request_digest=permit.request_digest,
        decision_ids=tuple(decision.id for decision in decisions),
        nonce=permit.nonce,
        release_id=permit.release_id,
        receipt_id=receipt_id,
        source_digest=permit.asset.digest_of_file,
        output_digest=digest.of_file(data),
        pixels_digest=pixels_digest,
        manifest_id=manifest_id,
        manifest_digest=digest.of_file(manifest),
        watermark_id=watermark.value,
        watermark=watermark.algorithm,
        fingerprint=fingerprint.value,
        content_code=next((one.value for one in others if one.algorithm == CONTENT_CODE), None),
        recipe=recipe,
        recipe_digest=recipe.digest(),
        measured=measured,
        measured_digest=measured.digest(),
        at=at,
        input_mark=input_mark,
    )


def publish(held: Path, target: Path, receipt: Receipt, outputs: Outputs, *, replace: bool) -> None:
    """Release the held file into place. Needs the receipt of its publication entry: logged before let out.

    Raises:
        LogUnavailableError: the receipt's checkpoint does not cover its entry.
        ConfigError: the target exists and `replace` is false.
        StoreError: the file could not be moved.
    """
    if receipt.index >= receipt.checkpoint.size:
        raise LogUnavailableError("the publication is not covered by a checkpoint")
    outputs.release(held, target, replace=replace)
