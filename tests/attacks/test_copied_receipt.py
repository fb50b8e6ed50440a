"""Our own claim key signs again: label, receipt, source and recipe are copied, and another change is told."""

import base64
from pathlib import Path

import pytest
from agency import PORTRAIT, Agency

from countenance.adapters.manifests.c2pa import build
from countenance.adapters.manifests.parents import without_manifest
from countenance.adapters.signers.file import KeyStore
from countenance.manifest.labels import AU, EDITED, OPENED, PARENT, RECEIPT, SOFT_BINDING
from countenance.manifest.ports import Trust

pytestmark = pytest.mark.slow


def told_otherwise(action):
    if action["action"] != EDITED:
        return {"action": action["action"]}
    parameters = {**action["parameters"], AU: {"AU12": "+0.010"}}
    return {name: action[name] for name in ("action", "digitalSourceType")} | {"parameters": parameters}


def bound(algorithm, value):
    encoded = base64.b64encode(int(value, 16).to_bytes((len(value) + 1) // 2)).decode()
    return {"alg": algorithm, "blocks": [{"scope": {}, "value": encoded}]}


@pytest.mark.parametrize("changed", [True, False])
def test_the_log_knows_better(shared_agency: Agency, forge, tmp_path: Path, changed: bool) -> None:
    published = (shared_agency.folder / "published.jpg").read_bytes()
    keys = KeyStore(shared_agency.home / "keys")
    reading = build().read(published, "image/jpeg", Trust(claim_pem=keys.claim_root_pem))
    actions = [
        told_otherwise(action) if changed else action for action in reading.actions if action["action"] != OPENED
    ]
    actions = [{"action": OPENED, "parameters": {"ingredientIds": [PARENT]}}, *actions]
    definition = {
        "label": reading.manifest_id,
        "claim_version": 2,
        "claim_generator_info": [{"name": "countenance", "version": "1"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "created": True, "data": {"actions": actions, "allActionsIncluded": True}},
            *({"label": SOFT_BINDING, "created": True, "data": bound(*one)} for one in reading.soft_bindings.items()),
            {"label": RECEIPT, "created": True, "data": dict(reading.receipt)},
        ],
    }
    key = keys.unlock_claim(shared_agency.secrets["passphrase"])
    forged = forge(without_manifest(published, "image/jpeg"), definition, key, parent=PORTRAIT.read_bytes())
    (tmp_path / "forged.jpg").write_bytes(forged)
    answer = shared_agency.run("verify", tmp_path / "forged.jpg")
    found = {finding["check"]: finding for finding in answer.json["findings"]}
    assert (answer.code, answer.json["verdict"], answer.json["consent"]["then"]) == (4, "invalid", "unknown")
    assert (found["manifest"]["detail"], found["signature"]["result"]) == (reading.manifest_id, "holds")
    assert found["log"]["result"] == "fails"
    assert "not byte for byte" in found["log"]["detail"]
    assert ("other units" in found["log"]["detail"]) is changed
