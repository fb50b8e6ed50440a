"""A TrustMark has no key: anyone copies one to another picture, or writes a number of their own."""

import json
from pathlib import Path

import pytest
from agency import EXAMPLES, PORTRAIT, Agency
from open_marks import PLAIN, installed, package_with
from PIL import Image

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # what the package and what it needs say about themselves
    pytest.mark.skipif(not installed(), reason="the extra `trustmark` is not installed"),
]


def written(bits: str, source: Path, target: Path) -> Path:
    """A picture that carries these data bits, by TrustMark's own hand."""
    from trustmark import TrustMark  # noqa: PLC0415

    with Image.open(source) as picture:
        given = picture.convert("RGB").resize((900, 900))
    TrustMark(verbose=False, loadRemover=False).encode(given, bits, MODE="binary").save(target)
    return target


@pytest.fixture
def marked(agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    package_with(tmp_path / "package", monkeypatch, PLAIN)
    out = tmp_path / "marked.jpg"
    said = ("mark", PORTRAIT, "--out", out, "--operator", agency.operator, "--watermark", "trustmark:q")
    return agency.ok(*said)


def test_a_copied_mark_recovers_nothing(agency: Agency, marked: dict, tmp_path: Path) -> None:
    from trustmark import TrustMark  # noqa: PLC0415

    with Image.open(marked["output"]) as picture:
        bits, seen, _ = TrustMark(verbose=False, loadRemover=False).decode(picture, MODE="binary")
    assert seen
    copy = written(bits, EXAMPLES / "portrait-2.jpg", tmp_path / "copied.png")
    found = agency.run("recover", copy)
    assert found.json["watermark_id"] == marked["watermark_id"]  # the word is real
    assert (found.code, found.json["verdict"]) == (5, "candidates")
    assert agency.run("verify", copy).code == 5


def test_the_id_with_a_check_of_ones_own_is_not_taken_for_ours(agency: Agency, marked: dict, tmp_path: Path) -> None:
    """It is public, its check is not: of 2^21 checks one holds."""
    number = int(marked["watermark_id"], 16)
    forged = written(f"{number:040b}" + "0" * 21, PORTRAIT, tmp_path / "forged.png")
    found = agency.run("recover", forged)
    assert (found.json["found"], found.json["manifest_id"]) == (False, None)
    assert found.json["verdict"] == "candidates"  # it looks like the picture; the mark has no part in that


def test_an_edit_that_is_marked_again_as_if_it_were_unedited_is_refused(
    agency: Agency, marked: dict, tmp_path: Path
) -> None:
    out = tmp_path / "edited.png"
    done = agency.edit(out, "--au", "AU12=0.3", "--watermark", "trustmark:q")
    assert done.code == 0, done.out
    with Image.open(out) as picture:
        picture.convert("RGB").save(tmp_path / "copy.png")
    agency.ok("title", "add", tmp_path / "copy.png", "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    refused = agency.run("mark", tmp_path / "copy.png", "--out", tmp_path / "out.png", "--operator", agency.operator)
    assert refused.code == 3
    assert "edited-already" in json.dumps(refused.json["reasons"])


def test_beside_the_original_what_was_not_measured_of_such_a_mark_is_unchecked(
    agency: Agency, marked: dict, tmp_path: Path
) -> None:
    out = tmp_path / "edited.png"
    assert agency.edit(out, "--au", "AU12=0.3", "--watermark", "trustmark:q").code == 0
    report = agency.ok("verify", out, "--against", PORTRAIT)
    found = {one["check"]: one for one in report["findings"]}
    assert report["verdict"] == "trusted"
    assert found["outside"]["result"] == found["units"]["result"] == "unchecked"
    assert "was not measured" in found["outside"]["detail"]
    assert found["proof"]["result"] == "holds"
    assert agency.ok("verify", out, "--against", PORTRAIT, "--replay")["verdict"] == "trusted"
