"""The XMP packet: IPTC and PLUS fields that say for everyone's software what the manifest says signed. Pure.

It is written before signing: a later edit of the XMP breaks the manifest's hard binding.
"""

import json
from collections.abc import Mapping
from html import escape

from countenance.core.records.decision import Permit
from countenance.errors import SealError
from countenance.manifest import labels
from countenance.manifest.describe import canonical_units
from countenance.manifest.ports import EngineFacts

_NAMESPACES = {
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "TC260": "http://www.tc260.org.cn/ns/AIGC/1.0/",
}


def xmp_packet(*, permit: Permit, receipt_id: str, operator: str, engine: EngineFacts) -> bytes:
    """The packet of one published file (UTF-8, `end="r"`: not to be edited in place). Nothing in it is personal.

    The release id is this file's receipt id, not a stable one; ages of people are not given away; the prompt is the
    canonical action units, `AU12=+0.500`, never words; its writer is the operator's pseudonym.

    Raises:
        SealError: a value holds characters that XML 1.0 does not allow.
    """
    fields = {**_fields(permit, operator, engine), **_aigc(permit, receipt_id, operator)}
    return _packet(fields, _bag("plus:ModelReleaseID", receipt_id))


def marking_packet(*, at: str, toolkit: str) -> bytes:
    """The packet of a picture that was marked and not edited: by what, when, and that it may not be mined."""
    return _packet(
        {
            "xmp:CreatorTool": f"countenance {toolkit}",
            "xmp:ModifyDate": at,
            "plus:DataMining": labels.PLUS_MINING_PROHIBITED,
        }
    )


def _packet(fields: Mapping[str, str], *more: str) -> bytes:
    used = {name.partition(":")[0] for name in fields}
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items() if prefix in used)
    lines = [
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
        f'<rdf:Description rdf:about="" {spaces}>',
        *(f"<{name}>{_text(value)}</{name}>" for name, value in fields.items()),
        *more,
        "</rdf:Description>",
        "</rdf:RDF>",
        "</x:xmpmeta>",
        '<?xpacket end="r"?>',
    ]
    return "\n".join(lines).encode()


def _fields(permit: Permit, operator: str, engine: EngineFacts) -> Mapping[str, str]:
    units = canonical_units(permit.units)
    return {
        "xmp:CreatorTool": f"countenance {engine.toolkit_version}",
        "xmp:ModifyDate": permit.issued_at,
        "plus:ModelReleaseStatus": labels.PLUS_LIMITED_RELEASE,
        "plus:MinorModelAgeDisclosure": labels.PLUS_AGE_UNKNOWN,
        "plus:DataMining": labels.PLUS_MINING_PROHIBITED,
        "Iptc4xmpExt:DigitalSourceType": engine.digital_source_type,
        "Iptc4xmpExt:AISystemUsed": f"countenance {engine.name}",
        "Iptc4xmpExt:AISystemVersionUsed": f"{engine.toolkit_version} ({engine.name} {engine.version})",
        "Iptc4xmpExt:AIPromptInformation": " ".join(f"{name}={change}" for name, change in units.items()),
        "Iptc4xmpExt:AIPromptWriterName": operator,
    }


def _aigc(permit: Permit, receipt_id: str, operator: str) -> Mapping[str, str]:
    """The field of GB 45438-2025, Annex E, where the Chinese label is drawn: made by AI, by whom, under which number.

    The producer is the operator's pseudonym, the number that of this file's receipt.
    """
    if "cn" not in (permit.labels or ()):
        return {}
    field = {
        "Label": "1",
        "ContentProducer": operator,
        "ProduceID": receipt_id,
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    return {"TC260:AIGC": json.dumps(field, separators=(",", ":"))}


def _bag(name: str, value: str) -> str:
    return f"<{name}><rdf:Bag><rdf:li>{_text(value)}</rdf:li></rdf:Bag></{name}>"


def _text(value: str) -> str:
    if not value.isprintable():
        raise SealError("a value for the XMP packet holds control characters")
    return escape(value)
