"""What the active manifest says, out of the Reader's JSON: nothing here is trusted to have the right shape."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countenance.core.payload import TRUSTMARK, V1
from countenance.manifest import labels

ELSEWHERE = ("signingCredential.untrusted", "cawg.x509.credential.untrusted", "timeStamp.")
"""Failure codes that answer a question of trust or time, not of integrity: they have fields of their own."""

_CHANGE = re.compile(r"[+-][0-9]\.[0-9]{3}")
_KIND = re.compile(r"[a-z-]{1,40}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_UNIT = re.compile(r"AU[0-9]{1,2}[LR]?")
_TRUSTMARK = re.compile(rf"1\*[01]{{{TRUSTMARK.info_bits}}}")
"""TrustMark's encoding BCH_5 and its data bits, as its own tools write them."""
_TEXTS = {
    "edit_id": labels.EDIT_ID,
    "recipe_sha256": labels.RECIPE,
    "measured_sha256": labels.MEASURED,
    "source_sha256": labels.SOURCE,
    "purpose": labels.PURPOSE,
    "operator": labels.OPERATOR,
}
_MARKING_TEXTS = {
    "marking_id": labels.MARKING_ID,
    "source_sha256": labels.SOURCE,
    "operator": labels.OPERATOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """The assertions that matter here."""

    claim_version: int | None
    actions: tuple[Mapping[str, Any], ...]
    edited: Mapping[str, Any]
    all_actions_included: bool
    soft_bindings: Mapping[str, str]
    receipt: Mapping[str, Any]
    ingredients: tuple[Mapping[str, Any], ...]


def of(manifest: Mapping[str, Any]) -> Saying:
    """The assertions of a manifest. Where one is expected and several are there, none counts."""
    assertions = [mapping(entry) for entry in sequence(manifest.get("assertions"))]
    log = _one(assertions, labels.ACTIONS)
    actions = tuple(mapping(action) for action in sequence(log.get("actions")))
    edited = [action for action in actions if action.get("action") == labels.EDITED]
    version = manifest.get("claim_version")
    return Saying(
        claim_version=version if isinstance(version, int) else None,
        actions=actions,
        edited=edited[0] if len(edited) == 1 else {},
        all_actions_included=log.get("allActionsIncluded") is True,
        soft_bindings=_soft_bindings(assertions),
        receipt=_one(assertions, labels.RECEIPT),
        ingredients=tuple(mapping(entry) for entry in sequence(manifest.get("ingredients"))),
    )


def edit_of(edited: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the edit, units in permille; empty where they are not of our form."""
    parameters = mapping(edited.get("parameters"))
    found: dict[str, Any] = {name: parameters.get(label) for name, label in _TEXTS.items()}
    units = mapping(parameters.get(labels.AU))
    sound = all(isinstance(value, str) for value in found.values()) and units
    if not sound or not all(_UNIT.fullmatch(unit) and _CHANGE.fullmatch(str(change)) for unit, change in units.items()):
        return {}
    au = {unit: int(str(change).replace(".", "")) for unit, change in units.items()}
    said = {**found, "au": au, "region_px": _region(edited)}
    if labels.APPROVALS not in parameters:
        return said
    approvals = mapping(parameters[labels.APPROVALS])
    if not approvals or not all(_KIND.fullmatch(of) and _DIGEST.fullmatch(str(by)) for of, by in approvals.items()):
        return {}
    return {**said, "approvals": dict(approvals)}


def marking_of(actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The parameters of a marking; empty where something was edited, or they are not of our form."""
    marked = [action for action in actions if action.get("action") == labels.WATERMARKED]
    if len(marked) != 1 or any(action.get("action") == labels.EDITED for action in actions):
        return {}
    parameters = mapping(marked[0].get("parameters"))
    found = {name: parameters.get(label) for name, label in _MARKING_TEXTS.items()}
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    return texts if len(texts) == len(found) else {}


def visible_labels(actions: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
    """What each visible label says, and its region; one without either is none of ours."""
    added = [action for action in actions if action.get("action") == labels.ADDED_TEXT]
    said = [(text(mapping(action.get("parameters")).get(labels.LABEL)), _region(action)) for action in added]
    return tuple((words, region) for words, region in said if words and region)


def _region(edited: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """Corners of the one polygon in px; empty where there is not exactly one, of whole numbers."""
    changes = sequence(edited.get("changes"))
    regions = [part for change in changes for part in sequence(mapping(change).get("region"))]
    shape = mapping(mapping(regions[0]).get("shape")) if len(regions) == 1 else {}
    corners = [mapping(corner) for corner in sequence(shape.get("vertices"))]
    places = [(_whole(corner.get("x")), _whole(corner.get("y"))) for corner in corners]
    whole = [(x, y) for x, y in places if x is not None and y is not None]
    return tuple(whole) if shape.get("unit") == "pixel" and len(whole) == len(places) else ()


def _whole(value: Any) -> int | None:
    sound = isinstance(value, int | float) and abs(value) < 1 << 24 and value == int(value)
    return int(value) if sound else None


def opens(actions: Sequence[Mapping[str, Any]], ingredient: str) -> bool:
    """Whether the one `c2pa.opened` action refers to the ingredient of this label, and to no other."""
    opened = [action for action in actions if action.get("action") == labels.OPENED]
    if len(opened) != 1:
        return False
    references = sequence(mapping(opened[0].get("parameters")).get("ingredients"))
    names = [str(mapping(reference).get("url")).rpartition("/")[2] for reference in references]
    return names == [ingredient]


def codes(result: Any, outcome: str) -> list[str]:
    """Validation codes of one result: `success`, `informational` or `failure`."""
    return [str(mapping(entry).get("code")) for entry in sequence(mapping(result).get(outcome))]


def failures(report: Any) -> list[str]:
    """What does not hold in the active manifest of a report, trust and time apart."""
    active = mapping(mapping(report).get("validation_results")).get("activeManifest")
    return sorted({code for code in codes(active, "failure") if not code.startswith(ELSEWHERE)})


def shows_thumbnail(report: Any) -> bool:
    """Whether any manifest, assertion or ingredient of a report names a thumbnail."""
    match report:
        case dict():
            return any(
                key == "thumbnail" or shows_thumbnail(key) or shows_thumbnail(item) for key, item in report.items()
            )
        case list():
            return any(map(shows_thumbnail, report))
        case str():
            return "c2pa.thumbnail" in report
        case _:
            return False


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> Sequence[Any]:
    """The value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """The value if it is text."""
    return value if isinstance(value, str) else None


def _one(assertions: Sequence[Mapping[str, Any]], label: str) -> Mapping[str, Any]:
    found = [entry for entry in assertions if entry.get("label") == label]
    return mapping(found[0].get("data")) if len(found) == 1 else {}


def _soft_bindings(assertions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Algorithm to hex. A mark id of version 1 has its nine digits back, which base64 had rounded up to ten.

    A TrustMark is text: the id is its first bits.
    """
    bindings: dict[str, str] = {}
    for data in (mapping(entry.get("data")) for entry in assertions if entry.get("label") == labels.SOFT_BINDING):
        blocks, algorithm = [mapping(block) for block in sequence(data.get("blocks"))], str(data.get("alg"))
        if algorithm.startswith(labels.TRUSTMARK_PREFIX):
            bindings |= _trustmark(algorithm, blocks)
            continue
        try:
            value = base64.b64decode(str(blocks[0].get("value")), validate=True).hex() if len(blocks) == 1 else ""
        except ValueError:
            continue
        if algorithm.startswith(labels.WATERMARK_PREFIX) and len(value) == V1.digits + 1:
            value = value.removeprefix("0")
        if value:
            bindings[algorithm] = value
    return bindings


def _trustmark(algorithm: str, blocks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    value = str(blocks[0].get("value")) if len(blocks) == 1 else ""
    if not _TRUSTMARK.fullmatch(value):
        return {}
    number = int(value[2 : 2 + TRUSTMARK.id_bits], 2)
    return {algorithm: f"{number:0{TRUSTMARK.digits}x}"}
