"""`--watermark`: which mark a picture gets, what is not here is refused first, and every mark that is here is read."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from agency import PORTRAIT, Agency, output_as_original
from open_marks import PLAIN, UNTRAINED, installed, package_with
from PIL import Image

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
with_package = pytest.mark.skipif(not installed(), reason="the extra `trustmark` is not installed")
TRUSTMARK = "com.adobe.trustmark.Q"
WISH = ("--au", "AU12=0.3")


@pytest.fixture
def agency(shared_agency: Agency, tmp_path: Path) -> Agency:
    shutil.copytree(shared_agency.home, tmp_path / "home")
    return replace(shared_agency, home=tmp_path / "home", folder=tmp_path)


def entries(agency: Agency) -> int:
    return agency.ok("log", "check")["size"]


@pytest.mark.parametrize("name", ["stencil", "", "../spread", "spread:v1", "trustmark:x"])
def test_an_unknown_codec_is_refused_before_anything_is_logged(agency: Agency, name: str) -> None:
    before, out = entries(agency), agency.folder / "out.jpg"
    refused = agency.edit(out, *WISH, "--watermark", name)
    also = agency.run("mark", PORTRAIT, "--out", out, "--operator", agency.operator, "--watermark", name)
    assert (refused.code, also.code) == (2, 2)
    assert refused.json["error"] == also.json["error"]
    if ":" not in name:
        assert refused.json["error"] == f"there is no watermark codec `{name}`"
        assert refused.json["hint"] == "use one of spread, trustmark:q, trustmark:p, trustmark:b, trustmark:c"
    assert entries(agency) == before
    assert not out.exists()


@pytest.mark.skipif(installed(), reason="the extra `trustmark` is installed")
def test_one_whose_package_is_not_here_is_refused_and_said_in_one_line(agency: Agency) -> None:
    before, out = entries(agency), agency.folder / "out.jpg"
    chosen = replace(agency, secrets={**agency.secrets, "watermark": "trustmark:q"})
    for refused in (
        agency.edit(out, *WISH, "--watermark", "trustmark:q"),
        agency.run("mark", PORTRAIT, "--out", out, "--operator", agency.operator, "--watermark", "trustmark:q"),
        chosen.edit(out, *WISH),
    ):
        assert (refused.code, refused.json["error"]) == (8, "the package trustmark is not installed")
        assert "countenance[trustmark]" in refused.json["hint"]
    assert entries(agency) == before
    assert not out.exists()


def test_ours_by_name_is_ours_by_default(agency: Agency) -> None:
    out = agency.folder / "out.png"
    said = agency.ok("mark", PORTRAIT, "--out", out, "--operator", agency.operator, "--watermark", "spread")
    assert said["watermark"] == "org.countenance.mark.spread2"
    assert agency.ok("recover", out)["algorithm"] == "org.countenance.mark.spread2"


def stripped(source: Path, target: Path) -> Path:
    with Image.open(source) as picture:
        picture.convert("RGB").save(target, quality=90)
    return target


def check_of(report: dict, name: str) -> dict:
    return next(one for one in report["findings"] if one["check"] == name)


@with_package
def test_a_picture_that_others_can_read(agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package_with(tmp_path / "package", monkeypatch, PLAIN)
    out = tmp_path / "edited.jpg"
    done = agency.edit(out, *WISH, "--watermark", "trustmark:q")
    assert done.code == 0, done.out + done.err
    mark = done.json["watermark_id"]
    assert (len(mark), done.json["watermark"]) == (10, TRUSTMARK)
    report = agency.ok("verify", out)
    assert report["verdict"] == "trusted"
    assert check_of(report, "watermark")["detail"] == f"{mark}, read from the pixels as {TRUSTMARK}"
    found = agency.ok("recover", stripped(out, tmp_path / "copy.jpg"))
    assert (found["verdict"], found["watermark_id"], found["algorithm"]) == ("recovered", mark, TRUSTMARK)
    assert found["checked"] is True
    assert agency.ok("trace", mark)["asked"]["id"] == done.json["edit_id"]
    assert TRUSTMARK in next(one["what"] for one in agency.ok("explain", out)["stages"] if one["stage"] == "marks")
    assert agency.ok("log", "check")["holds"]

    from trustmark import TrustMark  # noqa: PLC0415

    with Image.open(out) as picture:
        bits, seen, encoding = TrustMark(verbose=False, loadRemover=False).decode(picture, MODE="binary")
    assert (seen, encoding, f"{int(bits[:40], 2):010x}") == (True, 1, mark)


@with_package
def test_without_its_weights_the_mark_is_unchecked(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models, out = package_with(tmp_path / "package", monkeypatch, PLAIN), tmp_path / "edited.png"
    assert agency.edit(out, *WISH, "--watermark", "trustmark:q").code == 0
    (models / "decoder_Q.ckpt").unlink()
    report = agency.ok("verify", out)
    assert (report["verdict"], check_of(report, "watermark")["result"]) == ("trusted", "unchecked")
    assert TRUSTMARK in check_of(report, "watermark")["detail"]


@with_package
def test_a_stranger_reads_the_id_and_the_store_confirms_it(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package_with(tmp_path / "package", monkeypatch, PLAIN)
    shelf, out = (tmp_path / "shelf").as_uri(), tmp_path / "marked.jpg"
    house = replace(agency, secrets={**agency.secrets, "manifest_store": shelf})
    done = house.ok("mark", PORTRAIT, "--out", out, "--operator", agency.operator, "--watermark", "trustmark:q")
    stranger = Agency(home=tmp_path / "none", folder=tmp_path, secrets={})
    copy = stripped(out, tmp_path / "copy.jpg")
    found = stranger.ok("recover", copy, "--store", shelf, "--trust", agency.home / "trust.pem")
    assert (found["verdict"], found["manifest_id"]) == ("recovered", done["manifest_id"])
    assert (found["checked"], found["certainty"], found["watermark_id"]) == (False, None, done["watermark_id"])
    asked = replace(stranger, secrets={"manifest_store": shelf}).ok("verify", out, "--trust", agency.home / "trust.pem")
    assert (asked["verdict"], check_of(asked, "watermark")["result"]) == ("trusted", "holds")


@with_package
def test_a_mark_that_cannot_be_read_back_stops_the_publication(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package_with(tmp_path / "package", monkeypatch, UNTRAINED)
    for words in (
        ("edit", PORTRAIT, "--purpose", "advertising", "--medium", "web", "--territory", "DE", *WISH),
        ("mark", PORTRAIT),
    ):
        out = tmp_path / "out.jpg"
        answer = agency.run(*words, "--out", out, "--operator", agency.operator, "--watermark", "trustmark:q")
        assert answer.code == 8
        assert answer.json["error"] == "the mark cannot be read back from the encoded file"
        assert not out.exists()
    assert agency.ok("log", "check")["holds"]
    assert not list(tmp_path.glob("*.jpg*"))


@with_package
@pytest.mark.parametrize("order", [("spread", "trustmark:q"), ("trustmark:q", "spread")])
def test_one_kind_upon_the_other_leaves_both_readable(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: tuple[str, str]
) -> None:
    package_with(tmp_path / "package", monkeypatch, PLAIN)
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    old = agency.ok("mark", PORTRAIT, "--out", first, "--operator", agency.operator, "--watermark", order[0])
    output_as_original(agency, first)
    new = agency.ok("mark", first, "--out", second, "--operator", agency.operator, "--watermark", order[1])
    carried = new["input_mark"]
    assert (carried["mark_id"], carried["algorithm"]) == (old["watermark_id"], old["watermark"])
    assert (carried["still_readable"], new["warnings"]) == (True, [])
    report = agency.ok("verify", second)
    assert (report["verdict"], check_of(report, "watermark")["result"]) == ("trusted", "holds")
    found = agency.ok("recover", stripped(second, tmp_path / "copy.jpg"))
    assert (found["verdict"], found["manifest_id"]) == ("recovered", new["manifest_id"])
    assert found["algorithm"] == new["watermark"]
    assert agency.ok("recover", stripped(first, tmp_path / "copy.jpg"))["manifest_id"] == old["manifest_id"]


@with_package
def test_a_mark_of_somebody_else_is_kept_and_what_is_lost_is_said(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package_with(tmp_path / "package", monkeypatch, PLAIN)
    from trustmark import TrustMark  # noqa: PLC0415

    said, theirs = "01" * 30 + "1", tmp_path / "theirs.png"
    with Image.open(PORTRAIT) as picture:
        TrustMark(verbose=False, loadRemover=False).encode(picture.convert("RGB"), said, MODE="binary").save(theirs)
    output_as_original(agency, theirs)
    kept = agency.ok("mark", theirs, "--out", tmp_path / "kept.png", "--operator", agency.operator)
    assert kept["input_mark"] == {"mark_id": f"1*{said}", "algorithm": TRUSTMARK, "still_readable": True}
    lost = agency.ok(
        "mark", theirs, "--out", tmp_path / "lost.png", "--operator", agency.operator, "--watermark", "trustmark:q"
    )
    assert lost["input_mark"] == {"mark_id": f"1*{said}", "algorithm": TRUSTMARK, "still_readable": False}
    assert "can no longer be read" in lost["warnings"][0]
    assert json.dumps(agency.ok("explain", tmp_path / "lost.png")).count(said) == 1
