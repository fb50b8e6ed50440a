"""An independent C2PA core accepts what we seal, and refuses what was changed. Telemetry and network are off."""

import json

import pytest


@pytest.fixture
def verify(tmp_path, monkeypatch, studio):
    # The library saves the telemetry preference in the user's configuration folder.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    encypher = pytest.importorskip("encypher_c2pa")

    def run(data: bytes, media_type: str = "image/jpeg"):
        report = encypher.verify(
            data,
            media_type,
            trust_pem=studio.keys.claim_root_pem,
            cawg_trust_pem=studio.keys.operators_root_pem,
            no_default_trust=True,
            telemetry=False,
            online=False,
        )
        return json.loads(json.dumps(report))

    return run


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
def test_accepts(verify, studio, media_type):
    report = verify(studio.seal(media_type=media_type).data, media_type)
    assert report["validation_state"] == "Trusted"
    assert (report["integrity"], report["signature"], report["hard_binding"]) == ("valid", "valid", "match")
    assert report["validation_results"]["failure"] == []


def test_knows_the_operator(verify, studio, sealed):
    success = {entry["code"]: entry for entry in verify(sealed.data)["validation_results"]["success"]}
    assert "cawg.x509.signature.validated" in success
    assert success["cawg.identity.trusted"]["details"]["subject_common_name"] == studio.pseudonym


def test_refuses_a_changed_file(verify, sealed):
    assert verify(sealed.data + b"x")["hard_binding"] != "match"
