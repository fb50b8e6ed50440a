"""The ingredients: what of the unedited picture, and of the one borrowed from, goes into the sealed file.

Their own manifests go along, unless one holds a thumbnail, which would publish an unedited face, or does not hold
itself. Then the picture goes in without its manifest, and `c2pa.opened` or `c2pa.placed` says why.
"""

import copy
import io
import json
import secrets
from dataclasses import dataclass
from typing import Any

from c2pa import C2paError, Context, Reader

from countenance.adapters.manifests import saying, settings, tiff
from countenance.errors import SealError
from countenance.manifest import labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """A picture's bytes as they are added, its entry, and why its own manifest was left out, if it was."""

    data: bytes
    media_type: str
    entry: dict[str, Any]
    left_out: str | None


def prepare_all(
    definition: dict[str, Any], parent: tuple[bytes, str], component: tuple[bytes, str] | None
) -> tuple[dict[str, Any], tuple[Ingredient, ...]]:
    """Parent and component ready to be added, in this order, and the definition that speaks of them.

    Raises:
        SealError: a manifest may not go along and cannot be taken out, or the definition places another component.
    """
    ingredients = [(labels.OPENED, prepare(*parent, labels.PARENT, "parentOf"))]
    if component is not None:
        ingredients.append((labels.PLACED, prepare(*component, labels.REFERENCE, "componentOf")))
    said = copy.deepcopy(definition)
    actions = {action["action"]: action for action in said["assertions"][0]["data"]["actions"]}
    if (labels.PLACED in actions) != (component is not None):
        raise SealError("the draft and what was borrowed from do not agree")
    for action, one in ingredients:
        if one.left_out is not None:
            actions[action]["parameters"][labels.PARENT_MANIFEST] = f"left out: {one.left_out}"
    return said, tuple(one for _, one in ingredients)


def prepare(data: bytes, media_type: str, label: str, relationship: str) -> Ingredient:
    """A picture ready to be added. Its ids are fresh: those in a camera's XMP would link files to each other.

    Raises:
        SealError: its manifest may not go along and cannot be taken out.
    """
    entry = {
        "label": label,
        "relationship": relationship,
        "instance_id": f"xmp.iid:{secrets.token_hex(16)}",
    }
    why = _reason_to_leave_out(data, media_type)
    if why is None:
        return Ingredient(data=data, media_type=media_type, entry=entry, left_out=None)
    bare = without_manifest(data, media_type)
    if _reason_to_leave_out(bare, media_type) is not None:
        which = "original" if label == labels.PARENT else label
        raise SealError(f"the {which}'s manifest cannot be taken out, and {why}", hint=f"save the {which} again first")
    return Ingredient(data=bare, media_type=media_type, entry=entry, left_out=why)


def _reason_to_leave_out(data: bytes, media_type: str) -> str | None:
    """Why the picture's own manifest may not go along; None where it may, or where there is none."""
    try:
        with (
            Context.from_dict(settings.for_reading("manifest", None)) as context,
            Reader(media_type, io.BytesIO(data), context=context) as reader,
        ):
            report, detailed = json.loads(reader.json()), json.loads(reader.detailed_json())
    except C2paError.ManifestNotFound:
        return None
    except C2paError:
        return "it cannot be read"
    if saying.shows_thumbnail(report) or saying.shows_thumbnail(detailed):
        return "it holds a thumbnail"
    return "it does not hold" if saying.failures(report) else None


def without_manifest(data: bytes, media_type: str) -> bytes:
    """The picture's bytes without JUMBF: segments of a JPEG, chunks of a PNG or WebP, an entry of a TIFF."""
    strip = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/tiff": tiff.without_manifest}
    return strip[media_type](data)


def _jpeg(data: bytes) -> bytes:
    kept, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] != 0xEB:
            kept += data[at:end]
        at = end
    return bytes(kept) + data[at:]


def _png(data: bytes) -> bytes:
    kept, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] != b"caBX":
            kept += data[at:end]
        at = end
    return bytes(kept) + data[at:]


def _webp(data: bytes) -> bytes:
    kept, at = bytearray(), 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if data[at : at + 4] != b"C2PA":
            kept += data[at:end]
        at = end
    return data[:4] + (len(kept) + 4).to_bytes(4, "little") + data[8:12] + bytes(kept)
