"""From records to assertions: what the manifest of one edit says. Pure, and nothing personal."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from countenance.core.records.decision import Permit
from countenance.core.records.marks import ConsentReceipt, InputMark, SoftBinding
from countenance.core.records.recipe import DrawnLabel, EditRecipe, Measured
from countenance.errors import SealError
from countenance.manifest import labels
from countenance.manifest.ports import ManifestDraft

_NOT_ALLOWED = ("cawg.ai_generative_training", "cawg.ai_inference", "cawg.ai_training", "cawg.data_mining")


def describe(
    *,
    permit: Permit,
    purpose: str,
    recipe: EditRecipe,
    measured: Measured,
    bindings: Sequence[SoftBinding],
    receipt: ConsentReceipt,
    operator: str,
    input_mark: InputMark | None = None,
) -> ManifestDraft:
    """The draft of a claim v2: parent opened, face edited, watermark bound, and the evidence beside it.

    Where the recipe names a reference, it is placed before the edit, as a component; visible labels come after it.
    `operator` is the pseudonym; the edit is said to be made when its permit was issued. There is no title, no
    thumbnail, no person and no release: actions and hard bindings cannot be redacted later (C2PA 2.2).

    Raises:
        SealError: the records belong to different edits, the engine's digital source type does not say that the
            content was altered, the region is no polygon, or the bindings are not one watermark and fingerprints.
    """
    _check(permit, recipe, measured)
    ordered = in_order(bindings)
    actions = {
        "actions": [
            {"action": labels.OPENED, "parameters": {"ingredientIds": [labels.PARENT]}},
            *([_placed(permit)] if recipe.reference_digest else []),
            _edited(permit, recipe) | {"parameters": _parameters(permit, purpose, recipe, measured, operator)},
            *(_labelled(permit, label) for label in recipe.labels or ()),
            {"action": labels.WATERMARKED, "softwareAgentIndex": 1, "when": permit.issued_at, **_carried(input_mark)},
        ],
        "softwareAgents": _agents(recipe, ordered[0]),
        "allActionsIncluded": True,
    }
    definition = {
        "claim_version": 2,
        "claim_generator_info": [{"name": "countenance", "version": recipe.toolkit_version}],
        "assertions": [
            _assertion(labels.ACTIONS, actions),
            *(_assertion(labels.SOFT_BINDING, _soft_binding(binding)) for binding in ordered),
            _assertion(labels.RECEIPT, receipt.to_json()),
            _assertion(labels.TRAINING_MINING, {"entries": {use: {"use": "notAllowed"} for use in _NOT_ALLOWED}}),
        ],
    }
    second = (labels.SECOND_INGREDIENT,) if recipe.reference_digest else ()
    more = labels.more_bindings(len(ordered))
    return ManifestDraft(definition=definition, referenced=(*labels.REFERENCED, *more, *second))


def in_order(bindings: Sequence[SoftBinding]) -> tuple[SoftBinding, ...]:
    """The one watermark first, then the fingerprints in the order given.

    Raises:
        SealError: there is not exactly one watermark, no fingerprint, or two of one algorithm.
    """
    ordered = tuple(sorted(bindings, key=lambda binding: binding.scope, reverse=True))
    scopes = [binding.scope for binding in ordered]
    if scopes.count("watermark") != 1 or "fingerprint" not in scopes:
        raise SealError("a manifest needs one watermark and a fingerprint")
    if len({binding.algorithm for binding in ordered}) < len(ordered):
        raise SealError("a manifest binds each algorithm once")
    return ordered


def canonical_change(permille: int) -> str:
    """A change as canonical text, three decimals and a sign: 500 -> `+0.500`."""
    return f"{'-' if permille < 0 else '+'}{abs(permille) // 1000}.{abs(permille) % 1000:03d}"


def canonical_units(units: Mapping[str, int]) -> dict[str, str]:
    """Changes by unit, sorted by name.

    Text rather than numbers: some readers give an array of numbers back corrupted, and text reads back exactly.
    """
    return {name: canonical_change(units[name]) for name in sorted(units)}


def _check(permit: Permit, recipe: EditRecipe, measured: Measured) -> None:
    if not permit.edit_id == recipe.edit_id == measured.edit_id:
        raise SealError("permit, recipe and measurement belong to different edits")
    if recipe.digital_source_type not in labels.DIGITAL_SOURCE_TYPES:
        raise SealError(
            "the engine's digital source type does not say that the content was altered",
            hint="compositeSynthetic fits a warp of captured pixels",
        )
    if len(set(recipe.region_px)) < 3:
        raise SealError("the edited region is no polygon")


def _placed(permit: Permit) -> dict[str, Any]:
    return {"action": labels.PLACED, "when": permit.issued_at, "parameters": {"ingredientIds": [labels.REFERENCE]}}


def _edited(permit: Permit, recipe: EditRecipe) -> dict[str, Any]:
    return {
        "action": labels.EDITED,
        "when": permit.issued_at,
        "softwareAgentIndex": 0,
        "digitalSourceType": recipe.digital_source_type,
        "changes": [{"region": [{"type": "spatial", "shape": _polygon(recipe.region_px)}]}],
    }


def _labelled(permit: Permit, label: DrawnLabel) -> dict[str, Any]:
    """A visible label, in a signed region of its own."""
    return {
        "action": labels.ADDED_TEXT,
        "when": permit.issued_at,
        "softwareAgentIndex": 0,
        "changes": [{"region": [{"type": "spatial", "shape": _polygon(label.corners())}]}],
        "parameters": {labels.LABEL: label.text},
    }


def _parameters(permit: Permit, purpose: str, recipe: EditRecipe, measured: Measured, operator: str) -> dict[str, Any]:
    return {
        labels.EDIT_ID: recipe.edit_id,
        labels.AU: canonical_units(recipe.units),
        labels.RECIPE: recipe.digest(),
        labels.MEASURED: measured.digest(),
        labels.SOURCE: permit.asset.digest_of_file,
        labels.PURPOSE: purpose,
        labels.OPERATOR: operator,
        **({labels.APPROVALS: dict(permit.approvals)} if permit.approvals else {}),
    }


def _polygon(region_px: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """A polygon whose `origin` is its first corner; the first is repeated last in `vertices`.

    So it is the same shape to readers that join the origin to the vertices and to readers that take the vertices alone.
    Rectangles and roles trip some versions of the SDK; polygons work in all that were tried.
    """
    corners = [{"x": x, "y": y} for x, y in region_px]
    return {"type": "polygon", "unit": "pixel", "origin": corners[0], "vertices": [*corners[1:], corners[0]]}


def _agents(recipe: EditRecipe, watermark: SoftBinding) -> list[dict[str, Any]]:
    common = {"name": "countenance", "version": recipe.toolkit_version}
    editor = {
        **common,
        labels.ENGINE: recipe.engine,
        labels.ENGINE_VERSION: recipe.engine_version,
        labels.WEIGHTS: dict(recipe.weights),
    }
    return [editor, {**common, labels.WATERMARK: watermark.algorithm}]


def _soft_binding(binding: SoftBinding) -> dict[str, Any]:
    """Hex to base64 text: the SDK's JSON has no bytes. An odd number of digits gets a leading zero.

    Where the algorithm's own tools write text, that text, so that they can read it.
    """
    if binding.written is not None:
        return {"alg": binding.algorithm, "blocks": [{"scope": {}, "value": binding.written}]}
    padded = binding.value.zfill(len(binding.value) + len(binding.value) % 2)
    value = base64.b64encode(bytes.fromhex(padded)).decode()
    return {"alg": binding.algorithm, "blocks": [{"scope": {}, "value": value}]}


def describe_marking(
    *,
    marking_id: str,
    source_digest: str,
    at: str,
    bindings: Sequence[SoftBinding],
    operator: str,
    toolkit_version: str,
    input_mark: InputMark | None = None,
) -> ManifestDraft:
    """The draft of a picture that is marked and not edited: parent opened, watermark bound, and nothing else.

    It claims no digital source type: what the parent is, its own manifest says.

    Raises:
        SealError: the bindings are not one watermark and fingerprints.
    """
    ordered = in_order(bindings)
    parameters = {
        labels.MARKING_ID: marking_id,
        labels.SOURCE: source_digest,
        labels.OPERATOR: operator,
        **_carried(input_mark).get("parameters", {}),
    }
    actions = {
        "actions": [
            {"action": labels.OPENED, "parameters": {"ingredientIds": [labels.PARENT]}},
            {"action": labels.WATERMARKED, "softwareAgentIndex": 0, "when": at, "parameters": parameters},
        ],
        "softwareAgents": [{"name": "countenance", "version": toolkit_version, labels.WATERMARK: ordered[0].algorithm}],
        "allActionsIncluded": True,
    }
    definition = {
        "claim_version": 2,
        "claim_generator_info": [{"name": "countenance", "version": toolkit_version}],
        "assertions": [
            _assertion(labels.ACTIONS, actions),
            *(_assertion(labels.SOFT_BINDING, _soft_binding(binding)) for binding in ordered),
            _assertion(labels.TRAINING_MINING, {"entries": {use: {"use": "notAllowed"} for use in _NOT_ALLOWED}}),
        ],
    }
    more = labels.more_bindings(len(ordered))
    return ManifestDraft(definition=definition, referenced=(*labels.MARKED_ALONE, *more))


def _carried(found: InputMark | None) -> dict[str, Any]:
    """The marks that the parent carried already, and whether each is still readable under the new one."""
    if found is None:
        return {}
    first, *beside = [_as_parameters(one) for one in found.each]
    return {"parameters": first | ({labels.INPUT_MARKS_BESIDE: beside} if beside else {})}


def _as_parameters(one: InputMark) -> dict[str, str]:
    return {
        labels.INPUT_MARK: one.mark_id,
        labels.INPUT_MARK_READABLE: "yes" if one.still_readable else "no",
        **({labels.INPUT_MARK_ALGORITHM: one.algorithm} if one.algorithm else {}),
    }


def _assertion(label: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"label": label, "data": data, "created": True}
