"""Files that were published before every key was rotated, and after: both are trusted, and verify says by which key."""

import json

import pytest
from agency import Agency

pytestmark = pytest.mark.slow


def findings(agency: Agency, name: str) -> tuple[str, dict[str, dict[str, str]]]:
    said = agency.ok("verify", agency.folder / name)
    return said["verdict"], {one["check"]: one for one in said["findings"]}


def test_old_and_new_files_after_every_key_was_rotated(agency: Agency) -> None:
    for words in (("claim",), ("operator", agency.operator), ("mark",), ("log",)):
        agency.ok("keys", "rotate", *words)
    verdict, found = findings(agency, "published.jpg")
    assert verdict == "trusted", json.dumps(found)
    assert "with the retired mark key" in found["watermark"]["detail"]
    assert found["log"]["result"] == "holds"
    answer = agency.edit(agency.folder / "after.jpg", "--au", "AU12=0.3")
    assert answer.code == 0, answer.out + answer.err
    verdict, found = findings(agency, "after.jpg")
    assert verdict == "trusted", json.dumps(found)
    assert found["watermark"]["detail"].endswith("read from the pixels")
    assert agency.ok("log", "check")["unchecked"] == 0
