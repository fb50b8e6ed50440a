"""An operator left, and their right to act was revoked: what they signed before stands, and nothing after."""

import json

import pytest
from agency import PORTRAIT, edit_tools_of


@pytest.fixture
def gone(agency):
    agency.ok("operator", "revoke", agency.operator, "--reason", "left")
    return agency


def operator_finding(report):
    return next(one for one in report["findings"] if one["check"] == "operator")


def test_what_was_logged_before_stands_and_says_so(gone):
    report = json.loads(gone.run("verify", gone.folder / "published.jpg").out)
    assert report["verdict"] == "trusted"
    assert "ended later" in operator_finding(report)["detail"]


def test_new_edits_and_registry_acts_are_refused(gone, tmp_path):
    answer = gone.edit(tmp_path / "out.jpg", "--au", "AU12=0.2")
    assert answer.code == 3
    assert "operator-revoked" in [reason["policy"] for reason in answer.json["reasons"]]
    assert not (tmp_path / "out.jpg").exists()
    answer = gone.run("title", "dispute", gone.release, "--reason", "spite", "--operator", gone.operator)
    assert answer.code == 3


def test_their_key_signs_once_more(gone, studio, tmp_path):
    """They kept a copy of the key folder: the file carries both signatures, and the log has never seen it."""
    sealed = edit_tools_of(gone).sealer.seal(
        studio.source, "image/jpeg", studio.draft, parent=PORTRAIT.read_bytes(), parent_type="image/jpeg"
    )
    (tmp_path / "late.jpg").write_bytes(sealed.data)
    answer = gone.run("verify", tmp_path / "late.jpg")
    report = json.loads(answer.out)
    assert report["verdict"] == "invalid"
    assert operator_finding(report)["result"] == "fails"
    assert "nothing trusted" in operator_finding(report)["detail"]
