import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from countenance.errors import SealError
from countenance.manifest.labels import COMPOSITE_SYNTHETIC
from countenance.manifest.ports import EngineFacts
from countenance.manifest.xmp import marking_packet, xmp_packet

FACTS = EngineFacts(name="warp", version="1", digital_source_type=COMPOSITE_SYNTHETIC, toolkit_version="0.1.0")
RECEIPT = "receipt_" + "b" * 32


def packet(studio, **changes) -> bytes:
    given = {"permit": studio.permit, "receipt_id": RECEIPT, "operator": "operator-01234567", "engine": FACTS}
    return xmp_packet(**(given | changes))


def fields(data: bytes) -> dict[str, str]:
    root = ET.fromstring(data.split(b"?>", 1)[1].rsplit(b"<?", 1)[0])  # noqa: S314
    (description,) = root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    return {child.tag.rpartition("}")[2]: "".join(child.itertext()) for child in description}


def test_eleven_fields(studio):
    found = fields(packet(studio))
    assert found == {
        "CreatorTool": "countenance 0.1.0",
        "ModifyDate": studio.permit.issued_at,
        "ModelReleaseStatus": "http://ns.useplus.org/ldf/vocab/MR-LMR",
        "ModelReleaseID": RECEIPT,
        "MinorModelAgeDisclosure": "http://ns.useplus.org/ldf/vocab/AG-UNK",
        "DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED",
        "DigitalSourceType": COMPOSITE_SYNTHETIC,
        "AISystemUsed": "countenance warp",
        "AISystemVersionUsed": "0.1.0 (warp 1)",
        "AIPromptInformation": "AU1=+0.300 AU12=+0.500 AU4=-0.200",
        "AIPromptWriterName": "operator-01234567",
    }


def test_escaped(studio):
    nasty = '</a><b c="&\'">'
    assert fields(packet(studio, engine=replace(FACTS, name=nasty)))["AISystemUsed"] == f"countenance {nasty}"


def test_control_characters(studio):
    with pytest.raises(SealError):
        packet(studio, operator="operator\x00")


def test_survives_pillow(studio):
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", xmp=packet(studio))
    assert Image.open(io.BytesIO(out.getvalue())).info["xmp"] == packet(studio)


def test_the_chinese_label_brings_the_aigc_field_and_no_other_does(studio):
    labelled = studio.permit.model_copy(update={"labels": ("cn",)})
    field = json.loads(fields(packet(studio, permit=labelled))["AIGC"])
    assert (field["Label"], field["ContentProducer"], field["ProduceID"]) == ("1", "operator-01234567", RECEIPT)
    assert len(field) == 7
    for labels in (None, ("eu",)):
        made = packet(studio, permit=studio.permit.model_copy(update={"labels": labels}))
        assert b"tc260" not in made


def test_a_marking_says_little():
    found = fields(marking_packet(at="2026-01-02T03:04:05.000Z", toolkit="1"))
    assert found == {
        "CreatorTool": "countenance 1",
        "ModifyDate": "2026-01-02T03:04:05.000Z",
        "DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED",
    }
