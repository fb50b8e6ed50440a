"""A published file after its person was erased: it still verifies, says so, and nothing new is made of their face."""

from pathlib import Path

import pytest
from agency import PORTRAIT, Agency

pytestmark = pytest.mark.slow
POLICIES = Path(__file__).parents[2] / "policies"


@pytest.fixture
def erased(agency: Agency) -> Agency:
    agency.ok("person", "erase", agency.person, "--reason", "request", "--operator", agency.operator, "--yes")
    return agency


def test_the_file_verifies_and_says_that_consent_was_erased(erased: Agency) -> None:
    said = erased.ok("verify", erased.folder / "published.jpg", "--status", erased.home / "status" / "status.jwt")
    findings = {one["check"]: one for one in said["findings"]}
    assert said["verdict"] == "trusted"
    assert (said["consent"]["then"], said["consent"]["now"]) == ("active", "erased")
    assert findings["log"]["result"] == "holds"
    assert "what opens its consent receipt was erased" in findings["log"]["detail"]
    assert findings["consent-status"]["detail"].startswith("withdrawn")


def test_no_new_edit_of_the_face(erased: Agency) -> None:
    answer = erased.edit(erased.folder / "new.jpg", "--au", "AU12=0.3")
    assert answer.code == 3
    assert "face-must-stay-untouched" in [reason["policy"] for reason in answer.json["reasons"]]
    assert not (erased.folder / "new.jpg").exists()


def test_nor_of_what_was_made_of_it(erased: Agency) -> None:
    answer = erased.edit(erased.folder / "new.jpg", "--au", "AU12=0.3", photo=erased.folder / "published.jpg")
    assert answer.code == 3


def test_the_other_commands_go_on(erased: Agency) -> None:
    assert erased.ok("log", "check")["erased"] > 5
    assert erased.run("trace", erased.folder / "published.jpg").code == 0
    explained = erased.ok("explain", erased.folder / "published.jpg")
    assert "the decision was erased, and the person with it" in str(explained)
    assert erased.run("policy", "diff", POLICIES, POLICIES).code == 0
    assert erased.run("recover", erased.folder / "published.jpg").code == 0
    assert erased.run("trace", erased.person).code == 2
    assert erased.run("title", "add", PORTRAIT, "--owner", "A", "--basis", "own-work", "--alteration", "yes").code == 0
