"""The person denied closed eyes; one eye is closed, so that the mean of both stays below their limit."""

import pytest
from agency import Agency, reasons, under

pytestmark = pytest.mark.slow
WORDS = "I do not want to look tired."


@pytest.mark.parametrize("units", ["AU43L=1", "AU43R=1"])
def test_a_wink_is_a_closed_eye(agency: Agency, units: str) -> None:
    denied = f"denied: [{{test: eyes-closed, limit: 0.6, reason: {WORDS}}}]"
    agency = under(agency, denied, base="release-wide.yaml")
    out = agency.folder / "wink.jpg"
    answer = agency.edit(out, "--au", units)
    assert answer.code == 3, answer.out + answer.err
    assert reasons(answer) == {"denied-eyes-closed"}
    reason = answer.json["reasons"][0]
    assert reason["excess"][0]["what"] == "lids down"
    assert reason["excess"][0]["value_permille"] > 600
    assert WORDS in answer.json["error"], "told to who asked"
    assert WORDS not in agency.ok("policy", "explain", answer.json["edit_id"])["decisions"][-1]["reasons"][0]["reason"]
    assert not out.exists()
