"""A titled original is marked without being edited; what was marked can be edited later; what was edited cannot be marked."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from agency import EXAMPLES, PORTRAIT, Agency
from PIL import Image

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def marked(shared_agency: Agency, tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """An agency of its own with a manifest store, and the portrait marked."""
    folder = tmp_path_factory.mktemp("marked")
    shutil.copytree(shared_agency.folder, folder / "agency")
    store = {"manifest_store": (folder / "shelf").as_uri()}
    agency = replace(
        shared_agency, home=folder / "agency" / "home", folder=folder, secrets=shared_agency.secrets | store
    )
    answer = agency.ok("mark", PORTRAIT, "--out", folder / "marked.jpg", "--operator", agency.operator)
    (folder / "marked.json").write_text(json.dumps(answer))
    return agency


def said(agency: Agency) -> dict:
    return json.loads((agency.folder / "marked.json").read_text())


def test_verify_says_marked_and_not_edited(marked: Agency) -> None:
    report = marked.ok("verify", marked.folder / "marked.jpg")
    found = {one["check"]: one for one in report["findings"]}
    assert report["verdict"] == "trusted"
    assert found["actions"]["detail"].endswith("marked, not edited")
    assert {found[name]["result"] for name in ("watermark", "fingerprint", "log", "operator")} == {"holds"}
    assert report["edit"] is None
    text = marked.run("verify", marked.folder / "marked.jpg", as_json=False).out
    assert "consent: not asked, nothing was edited" in text


def test_an_independent_verifier_trusts_it(marked: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The library saves the telemetry preference in the user's configuration folder.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    encypher = pytest.importorskip("encypher_c2pa")
    report = encypher.verify(
        (marked.folder / "marked.jpg").read_bytes(), "image/jpeg",
        trust_pem=(marked.home / "trust.pem").read_text(),
        cawg_trust_pem=(marked.home / "trust-operators.pem").read_text(),
        no_default_trust=True, telemetry=False, online=False,
    )  # fmt: skip
    assert report["validation_state"] == "Trusted"
    assert report["validation_results"]["failure"] == []


def test_the_log_and_the_store_know_it(marked: Agency) -> None:
    assert marked.ok("log", "check")["holds"]
    check = marked.ok("store", "check", "--repair")
    assert check["whole"] + check["repaired"] >= 3


def test_a_stripped_copy_leads_back(marked: Agency, tmp_path: Path) -> None:
    with Image.open(marked.folder / "marked.jpg") as picture:
        picture.convert("RGB").resize((900, 900)).save(tmp_path / "copy.jpg", quality=60)
    found = marked.ok("recover", tmp_path / "copy.jpg")
    assert (found["verdict"], found["manifest_id"]) == ("recovered", said(marked)["manifest_id"])
    assert (found["organisation"], found["consent"]["state"]) == ("Test Agency", "unknown")
    assert 1 - 1e-6 < found["certainty"] < 1
    assert found["certainty"] == 1 - found["chance_of_accident"]


@pytest.mark.parametrize("name", ["turned", "screenshot", "grey", "cmyk"])
def test_other_copies_lead_back_too(marked: Agency, tmp_path: Path, name: str) -> None:
    with Image.open(marked.folder / "marked.jpg") as picture:
        whole = picture.convert("RGB").resize((900, 900))
    screen = Image.new("RGB", (1300, 1100), (240, 240, 244))
    screen.paste(whole, (210, 90))
    copies = {
        "turned": whole.rotate(11, expand=True, resample=Image.Resampling.BICUBIC),
        "screenshot": screen,
        "grey": whole.convert("L"),
        "cmyk": whole.convert("CMYK"),
    }
    copies[name].save(tmp_path / "copy.jpg", quality=75)
    found = marked.ok("recover", tmp_path / "copy.jpg")
    assert (found["verdict"], found["manifest_id"]) == ("recovered", said(marked)["manifest_id"])
    text = marked.run("recover", tmp_path / "copy.jpg", as_json=False)
    assert "in the frame that its mark lies in" in text.out or name in {"grey", "cmyk"}
    assert text.out.startswith("recovered\n  this says where it comes from, not that it is untouched")
    assert "consent not asked, nothing was edited" in text.out
    assert text.err.startswith("[1/3] mark\n")
    assert ("not RGB" in text.err) is (name in {"grey", "cmyk"})


def test_an_original_is_called_one(marked: Agency) -> None:
    found = marked.run("recover", PORTRAIT, as_json=False)
    assert found.code == 5
    assert f"this is the original of: {said(marked)['manifest_id']}" in found.out


def test_a_changed_file_has_one_verdict(marked: Agency, tmp_path: Path) -> None:
    data = bytearray((marked.folder / "marked.jpg").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "flipped.jpg").write_bytes(data)
    found, text = (marked.run("recover", tmp_path / "flipped.jpg", as_json=as_json) for as_json in (True, False))
    assert (found.code, found.json["verdict"]) == (4, "unknown")
    assert found.json["manifest_id"] == said(marked)["manifest_id"]
    assert text.out.startswith(f"unknown\n  {found.json['means']}\n")
    assert "does not hold" in found.json["means"]


def test_what_cannot_be_is_said_at_once(marked: Agency, tmp_path: Path) -> None:
    copy, text = marked.folder / "marked.jpg", tmp_path / "text.jpg"
    text.write_text("hello")
    for words, told in (
        (("recover", copy, "--status", text), "not a status list"),
        (("recover", copy, "--store", "blah"), "there is no such store"),
        (("recover", copy, "--store", tmp_path), "there is no such store"),
        (("recover", copy, "--store", "http://example.com/store"), "there is no such store"),
        (("recover", copy, "--store", (tmp_path / "none").as_uri()), "there is no such store"),
        (("recover", tmp_path), "is a folder"),
        (("recover", copy, "--heat", tmp_path / "heat.jpg"), "the heat map is a PNG"),
        (("store", "check", "--store", (tmp_path / "none").as_uri()), "there is no such store"),
        (("store", "import", text), "no export"),
        (("store", "import", tmp_path), "no export"),
        (("keys", "read-key", "export", tmp_path / "none" / "x"), "the output's folder does not exist"),
        (("keys", "read-key", "export", tmp_path / "x", "--key", "ffffffffffffffff"), "no such mark key"),
    ):
        answer = marked.run(*words)
        assert (answer.code, told in answer.json["error"]) == (2, True), answer.out
        assert answer.json["hint"]


def test_without_a_home_it_says_what_is_missing(marked: Agency, tmp_path: Path) -> None:
    nobody = Agency(home=tmp_path / "none", folder=tmp_path, secrets={})
    found = nobody.run("recover", marked.folder / "marked.jpg")
    assert (found.code, found.json["verdict"]) == (5, "unknown")
    assert "--trust" in found.out
    assert "--read-key" in found.out
    assert not (tmp_path / "none").exists()


@pytest.fixture
def painted_over(marked: Agency, tmp_path: Path) -> Path:
    """A copy in which a rectangle is another picture's."""
    with Image.open(marked.folder / "marked.jpg") as picture, Image.open(EXAMPLES / "portrait-2.jpg") as other:
        copy, lent = picture.convert("RGB"), other.convert("RGB").resize(picture.size)
    box = (450, 350, 850, 750)
    copy.paste(lent.crop(box), box[:2])
    copy.save(tmp_path / "copy.jpg", quality=80)
    return tmp_path / "copy.jpg"


def test_the_heat_map_shows_where_the_mark_is(marked: Agency, painted_over: Path, tmp_path: Path) -> None:
    heat = tmp_path / "heat.png"
    found = marked.ok("recover", painted_over, "--heat", heat)
    assert found["heat"] == str(heat)
    assert 0.7 < found["marked_share"] < 0.95
    assert 0.05 < found["missing_share"] < 0.2
    text = marked.run("recover", painted_over, "--heat", tmp_path / "again.png", as_json=False)
    assert "% of the picture does not carry the mark" in text.err
    with Image.open(heat) as drawn:
        (red, _, blue), (rim_red, _, rim_blue) = drawn.getpixel((650, 550)), drawn.getpixel((150, 300))
    assert red > blue + 50
    assert rim_blue > rim_red + 50
    assert marked.run("recover", painted_over, "--heat", heat).code == 2
    nothing = tmp_path / "nothing.png"
    answer = marked.run("recover", EXAMPLES / "portrait-2.jpg", "--heat", nothing)
    assert (answer.json["heat"], answer.json["marked_share"], answer.json["certainty"]) == (None, None, None)
    assert answer.json["heat_problem"] == "no mark was found"
    text = marked.run("recover", EXAMPLES / "portrait-2.jpg", "--heat", nothing, as_json=False)
    assert text.err.endswith("no heat map: no mark was found\n")
    assert not nothing.exists()


def test_a_read_key_reads_and_the_store_confirms(marked: Agency, painted_over: Path, tmp_path: Path) -> None:
    lent = tmp_path / "read.json"
    exported = marked.run("keys", "read-key", "export", lent)
    assert (exported.code, lent.stat().st_mode & 0o777) == (0, 0o644)
    assert "remove marks" in exported.json["warnings"][0]
    assert marked.run("keys", "read-key", "export", lent).code == 2
    assert marked.ok("log", "check")["holds"]
    key_id = exported.json["key_ids"][0]
    one = marked.ok("keys", "read-key", "export", tmp_path / "one.json", "--key", key_id[7:23])
    assert one["key_ids"] == [key_id]
    stranger = Agency(home=tmp_path / "none", folder=tmp_path, secrets={})
    asked = ("recover", painted_over, "--read-key", lent, "--trust", marked.home / "trust.pem")
    alone = stranger.run(*asked)
    assert (alone.code, alone.json["found"], alone.json["checked"]) == (5, True, False)
    assert (alone.json["watermark_id"], alone.json["certainty"]) == (said(marked)["watermark_id"], None)
    found = stranger.ok(*asked, "--store", marked.secrets["manifest_store"])
    assert (found["verdict"], found["manifest_id"]) == ("recovered", said(marked)["manifest_id"])
    nothing = stranger.run("recover", EXAMPLES / "portrait-2.jpg", *asked[2:])
    assert (nothing.code, nothing.json["found"]) == (5, False)


def test_explain_and_trace_know_a_marking(marked: Agency) -> None:
    file, told = marked.folder / "marked.jpg", said(marked)
    stages = marked.ok("explain", file)["stages"]
    steps, at = ({one["stage"]: one[part] for one in stages} for part in ("what", "at"))
    assert at["request"] == at["decision"] < at["audit"]
    assert steps["edit"] == "none"
    assert told["title_id"] in steps["decision"]
    assert steps["publish"].endswith("the given file is that one")
    for wanted in (told["marking_id"], told["watermark_id"], told["manifest_id"]):
        traced = marked.ok("trace", wanted)
        assert traced["asked"] == {"kind": "marking", "id": told["marking_id"]}
        assert traced["persons"][0]["id"] == marked.person
    of_title = marked.ok("trace", told["title_id"])["markings"]
    assert told["marking_id"] in [one["marking_id"] for one in of_title]
    shown = marked.run("trace", told["marking_id"], as_json=False).out
    assert f"marked, not edited: {told['marking_id']}" in " ".join(shown.split())


def test_what_was_marked_can_be_edited_and_the_old_mark_is_named(marked: Agency) -> None:
    original = marked.folder / "marked.jpg"
    marked.ok("title", "add", original, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    marked.ok("title", "face", original, "0", "--release", marked.release)
    out = marked.folder / "edited.jpg"
    answer = marked.edit(out, "--au", "AU12=0.3", photo=original)
    assert answer.code == 0, answer.out + answer.err
    report = marked.ok("verify", out)
    assert report["verdict"] == "trusted"
    refused = marked.run("mark", out, "--out", marked.folder / "again.jpg", "--operator", marked.operator)
    assert refused.code == 3
    assert "edited-already" in refused.out


def test_a_copy_of_an_edit_with_a_title_of_its_own_is_refused(marked: Agency, tmp_path: Path) -> None:
    """Saved anew, its digest is none of ours; its mark still is."""
    with Image.open(marked.folder / "agency" / "published.png") as picture:
        picture.convert("RGB").save(tmp_path / "copy.png")
    copy = tmp_path / "copy.png"
    marked.ok("title", "add", copy, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    refused = marked.run("mark", copy, "--out", tmp_path / "laundered.png", "--operator", marked.operator)
    assert refused.code == 3
    assert "edited-already" in refused.out
    assert not (tmp_path / "laundered.png").exists()
    assert marked.ok("log", "check")["holds"]


def test_without_a_title_it_is_refused_and_logged(marked: Agency, tmp_path: Path) -> None:
    before = marked.ok("log", "check")["size"]
    refused = marked.run("mark", EXAMPLES / "group.jpg", "--out", tmp_path / "x.jpg", "--operator", marked.operator)
    assert (refused.code, refused.json["decision"]) == (3, "deny")
    assert "title-missing" in refused.out
    assert marked.ok("log", "check")["size"] == before + 1


def test_a_store_goes_into_a_zip_and_out_again(marked: Agency, tmp_path: Path) -> None:
    packed, target = tmp_path / "store.zip", (tmp_path / "target").as_uri()
    exported = marked.ok("store", "export", packed)["exported"]
    assert marked.ok("store", "import", packed, "--store", target)["added"] == exported >= 3
    assert marked.ok("store", "check", "--store", target)["whole"] == exported
    assert marked.run("store", "export", packed).code == 2


def test_without_a_store_it_is_said(shared_agency: Agency) -> None:
    answer = shared_agency.run("store", "check")
    assert answer.code == 2
    assert "manifest_store" in answer.json["hint"]


def test_a_store_that_cannot_be_written_holds_nothing_back(marked: Agency, tmp_path: Path) -> None:
    (tmp_path / "shelf").write_text("a file, where a folder should be")
    closed = replace(marked, secrets=marked.secrets | {"manifest_store": (tmp_path / "shelf").as_uri()})
    answer = closed.ok("mark", PORTRAIT, "--out", tmp_path / "out.png", "--operator", marked.operator)
    assert "not in the manifest store" in answer["warnings"][0]
    assert (tmp_path / "out.png").exists()
