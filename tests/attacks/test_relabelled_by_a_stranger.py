"""A stripped copy of a published picture is signed by a stranger, as a picture of their own."""

from pathlib import Path

import pytest
from agency import PORTRAIT, Agency, make_agency

from countenance.adapters.manifests.parents import without_manifest

pytestmark = pytest.mark.slow
CREATED = {
    "claim_version": 2,
    "claim_generator_info": [{"name": "camera", "version": "1"}],
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "created": True,
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
                    }
                ]
            },
        }
    ],
}


@pytest.mark.parametrize("definition", [CREATED], ids=["created"])
def test_our_mark_gives_the_picture_away(shared_agency: Agency, rival, forge, tmp_path: Path, definition) -> None:
    bare = without_manifest((shared_agency.folder / "published.jpg").read_bytes(), "image/jpeg")
    (tmp_path / "relabelled.jpg").write_bytes(forge(bare, definition, rival.claim))
    answer = shared_agency.run("verify", tmp_path / "relabelled.jpg")
    found = {finding["check"]: finding for finding in answer.json["findings"]}
    assert (answer.code, answer.json["verdict"], found["watermark"]["result"]) == (4, "invalid", "fails")
    assert "the mark of a published edit" in found["watermark"]["detail"]


def test_a_picture_of_the_strangers_own_stays_theirs(shared_agency: Agency, rival, forge, tmp_path: Path) -> None:
    (tmp_path / "own.jpg").write_bytes(forge(PORTRAIT.read_bytes(), CREATED, rival.claim))
    answer = shared_agency.run("verify", tmp_path / "own.jpg")
    assert (answer.code, answer.json["verdict"]) == (0, "valid")


def test_a_genuine_file_of_another_agency(shared_agency: Agency, tmp_path: Path) -> None:
    """Its mark is of keys that this home has not, and its edit is in a log that this home has not."""
    other = make_agency(tmp_path, "release.yaml")
    published = tmp_path / "theirs.jpg"
    assert other.edit(published, "--smile", "0.3").code == 0
    given = ("--trust", other.home / "trust.pem", "--trust-operators", other.home / "trust-operators.pem")
    report = shared_agency.ok("verify", published, *given, "--against", PORTRAIT)
    found = {finding["check"]: finding["result"] for finding in report["findings"]}
    assert report["verdict"] == "trusted"
    assert (found["watermark"], found["log"], found["fingerprint"]) == ("unchecked", "unchecked", "holds")
    assert shared_agency.run("verify", published).json["verdict"] in {"valid", "invalid"}
    assert shared_agency.run("verify", published).json["verdict"] != "trusted"
