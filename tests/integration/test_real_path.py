"""The way of a photo and back, through the command line, on a real picture file."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from agency import EXAMPLES, FOR, PORTRAIT, Agency, edit_tools_of, order_of
from PIL import Image, ImageCms

from countenance.errors import InputError
from countenance.pipeline import edit_photo
from countenance.toolkit.render import RenderTools
from countenance.toolkit.turnstiles import Target

pytestmark = pytest.mark.slow
FINDING_NAMES = ("hard-binding", "signature", "trust", "actions", "operator", "watermark", "fingerprint", "log")


def published(agency: Agency, name: str) -> Path:
    return agency.folder / name


@pytest.mark.parametrize("name", ["published.jpg", "published.png"])
def test_an_edit_answers_as_the_contract_says(shared_agency: Agency, name: str) -> None:
    answer = json.loads((shared_agency.folder / f"{name}.json").read_text())
    assert answer["schema"] == "countenance.edit/1"
    assert answer["decision"] == "permit"
    assert answer["requested"] == {"AU12": 0.45, "AU1": 0.2, "AU2": 0.2}
    for unit, asked in answer["requested"].items():
        measured = answer["measured"][unit]
        assert abs(measured["value"] - asked) <= measured["error"]
    assert answer["changed_outside_before_marks"] == 0
    assert len(answer["watermark_id"]) == 12
    assert Path(answer["output"]).exists()


@pytest.mark.parametrize("name", ["published.jpg", "published.png"])
def test_what_was_published_is_trusted(shared_agency: Agency, tmp_path: Path, name: str) -> None:
    heat = ("--heat", tmp_path / "heat.png")
    report = shared_agency.ok("verify", published(shared_agency, name), "--against", PORTRAIT, *heat)
    results = {finding["check"]: finding["result"] for finding in report["findings"]}
    assert report["verdict"] == "trusted"
    assert {check: results[check] for check in FINDING_NAMES} == dict.fromkeys(FINDING_NAMES, "holds")
    assert results["source"] == "holds"
    assert report["edit"]["au"] == {"AU1": 0.2, "AU2": 0.2, "AU12": 0.45}
    assert report["edit"]["operator"].startswith("operator-")
    assert report["edit"]["purpose"] == "advertising"
    assert (report["consent"]["then"], report["consent"]["now"]) == ("active", "active")


def test_size_profile_and_input_stay(shared_agency: Agency) -> None:
    with Image.open(PORTRAIT) as before, Image.open(published(shared_agency, "published.png")) as after:
        assert after.size == before.size
        assert after.info.get("icc_profile") == before.info.get("icc_profile")
        assert np.asarray(before.convert("RGB")).shape == np.asarray(after).shape


def test_nothing_personal_is_in_the_file(shared_agency: Agency) -> None:
    for name in ("published.jpg", "published.png"):
        data = published(shared_agency, name).read_bytes()
        for word in (
            b"Retoucher",
            b"made-up",
            b"portrait",
            shared_agency.release.encode(),
            shared_agency.person.encode(),
        ):
            assert word not in data
        assert b"operator-" in data


def test_a_stripped_copy_leads_back(shared_agency: Agency, tmp_path: Path) -> None:
    stripped = tmp_path / "stripped.jpg"
    with Image.open(published(shared_agency, "published.jpg")) as picture:
        half = picture.convert("RGB").resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    half.info.clear()
    half.save(stripped, quality=70)
    report = shared_agency.ok("verify", stripped)
    found = {finding["check"]: finding for finding in report["findings"]}
    assert report["verdict"] == "recovered"
    assert found["manifest"]["result"] == "absent"
    assert found["recovery"]["detail"] == "recovered, pixels not identical"
    assert report["edit"]["au"]["AU12"] == 0.45
    again = shared_agency.ok("recover", stripped)
    assert (again["verdict"], again["watermark_id"]) == ("recovered", report["watermark_id"])


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        (("--au", "AU12=0.9"), {"unit-beyond-limit"}),
        (("--au", "AU15=0.2"), {"unit-not-granted"}),
        (("--smile", "-0.7"), {"unit-beyond-limit"}),
        (("--preset", "surprise"), {"unit-not-granted"}),
    ],
)
def test_outside_the_release_is_refused(agency: Agency, asked: tuple[str, ...], reasons: set[str]) -> None:
    out = agency.folder / "refused.jpg"
    before = agency.ok("log", "check")["size"]
    answer = agency.edit(out, *asked)
    assert answer.code == 3
    assert answer.json["decision"] == "deny"
    assert reasons <= {reason["policy"] for reason in answer.json["reasons"]}
    assert answer.json["log_index"] == before
    assert not out.exists()
    assert agency.ok("log", "check")["size"] == before + 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("--purpose", "film"), "purpose-not-granted"),
        (("--medium", "cinema"), "medium-not-granted"),
        (("--territory", "JP"), "territory-not-granted"),
    ],
)
def test_another_use_is_refused(agency: Agency, change: tuple[str, str], reason: str) -> None:
    use = dict(zip(FOR[::2], FOR[1::2], strict=True)) | dict([change])
    words = [word for pair in use.items() for word in pair]
    answer = agency.run("edit", PORTRAIT, "--out", agency.folder / "no.jpg", "--smile", "0.2", *words)
    assert answer.code == 3
    assert reason in {one["policy"] for one in answer.json["reasons"]}


def test_withdrawal_turns_verify_and_refuses_the_next_edit(agency: Agency) -> None:
    agency.ok("consent", "withdraw", agency.release, "--reason", "asked by letter")
    report = agency.ok("verify", published(agency, "published.jpg"))
    assert (report["consent"]["then"], report["consent"]["now"]) == ("active", "withdrawn")
    answer = agency.edit(agency.folder / "no.jpg", "--smile", "0.2")
    assert answer.code == 3
    assert "release-withdrawn" in {reason["policy"] for reason in answer.json["reasons"]}
    assert agency.run("consent", "withdraw", agency.release).code == 2


def test_a_known_unit_that_the_engine_cannot_do_is_decided_first(agency: Agency) -> None:
    wide = agency.ok("release", "add", EXAMPLES / "release-wide.yaml", "--person", agency.person)["id"]
    agency.ok("title", "face", PORTRAIT, "0", "--release", wide)
    before = agency.ok("log", "check")["size"]
    tools = edit_tools_of(agency)

    def room() -> RenderTools:
        found = tools.render()
        return replace(found, engine=replace(found.engine, renders=frozenset({"AU12"})))

    target = Target(path=agency.folder / "no.jpg", media_type="image/jpeg")
    with pytest.raises(InputError, match="AU27"):
        edit_photo(order_of(agency, {"AU27": 500}), target, replace(tools, render=room))
    assert tools.pen.books.size() == before + 1
    assert not (agency.folder / "no.jpg").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--au", "AU99=0.5"),
        ("--au", "AU12=1.5"),
        ("--au", "AU12"),
        ("--au", "AU12=nan"),
        ("--preset", "grimace"),
        ("--smile", "much"),
        ("--smile", "0.2", "--au", "AU12=0.2"),
    ],
)
def test_unknown_words_are_wrong_usage(shared_agency: Agency, words: tuple[str, ...], tmp_path: Path) -> None:
    answer = shared_agency.edit(tmp_path / "no.jpg", *words)
    assert answer.code == 2
    assert answer.json["error"]
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_decides_and_writes_nothing(shared_agency: Agency, tmp_path: Path) -> None:
    size = shared_agency.ok("log", "check")["size"]
    assert shared_agency.edit(tmp_path / "no.jpg", "--smile", "0.3", "--dry-run").json["plan"] == {"AU12": 0.3}
    answer = shared_agency.edit(tmp_path / "no.jpg", "--smile", "0.9", "--dry-run")
    assert (answer.code, answer.json["decision"]) == (3, "deny")
    assert shared_agency.ok("log", "check")["size"] == size
    assert list(tmp_path.iterdir()) == []


def test_an_existing_output_stays_unless_forced(agency: Agency) -> None:
    out = published(agency, "published.jpg")
    before = out.read_bytes()
    assert agency.edit(out, "--smile", "0.2").code == 2
    assert out.read_bytes() == before
    assert agency.edit(out, "--smile", "0.2", "--force").code == 0
    assert agency.ok("verify", out)["edit"]["au"] == {"AU12": 0.2}


def test_the_picture_itself_is_never_an_output(agency: Agency) -> None:
    photo = agency.folder / "photo.jpg"
    photo.write_bytes(PORTRAIT.read_bytes())
    assert agency.edit(photo, "--smile", "0.2", "--force", photo=photo).code == 2
    assert photo.read_bytes() == PORTRAIT.read_bytes()


def test_orientation_and_profile_are_kept(agency: Agency) -> None:
    """A picture stored sideways with a wide profile comes out upright, in the same profile."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = agency.folder / "sideways.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(PORTRAIT) as picture:
        small = picture.convert("RGB").resize((900, 800))
    small.rotate(90, expand=True).save(photo, exif=exif, icc_profile=profile, quality=95)
    agency.ok("title", "add", photo, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    agency.ok("title", "face", photo, "0", "--release", agency.release)
    assert agency.edit(agency.folder / "upright.jpg", "--smile", "0.3", photo=photo).code == 0
    with Image.open(agency.folder / "upright.jpg") as upright:
        assert upright.size == (900, 800)
        assert upright.info["icc_profile"] == profile
        assert upright.getexif().get(0x0112, 1) == 1


def test_explain_tells_the_seven_stages(shared_agency: Agency) -> None:
    stages = shared_agency.ok("explain", published(shared_agency, "published.jpg"))["stages"]
    assert [stage["stage"] for stage in stages] == [
        "request", "decision", "edit", "marks", "manifest", "audit", "publish",
    ]  # fmt: skip


def test_two_operators_need_a_name(agency: Agency) -> None:
    agency.ok("operator", "add", "Second", "--role", "rights")
    assert agency.run("edit", PORTRAIT, "--out", agency.folder / "no.jpg", "--smile", "0.2", *FOR).code == 2


def test_a_revoked_operator_is_refused(agency: Agency) -> None:
    agency.ok("operator", "revoke", agency.operator, "--reason", "left")
    answer = agency.edit(agency.folder / "no.jpg", "--smile", "0.2")
    assert answer.code == 3
    assert "operator-revoked" in {reason["policy"] for reason in answer.json["reasons"]}


def test_readable_output_for_people(shared_agency: Agency) -> None:
    answer = shared_agency.run("verify", published(shared_agency, "published.jpg"), as_json=False)
    assert answer.code == 0
    assert answer.out.startswith("trusted\n")
    assert "consent: active" in answer.out


def test_a_shared_passphrase_is_said(tmp_path: Path) -> None:
    home = Agency(home=tmp_path / "home", folder=tmp_path, secrets={"passphrase": "one for all"})
    home.ok("init", "--organisation", "Small Studio")
    assert home.ok("operator", "add", "Only one", "--role", "retoucher")["passphrase"] == "shared"


def test_pictures_for_people(shared_agency: Agency, tmp_path: Path) -> None:
    found = shared_agency.ok("faces", PORTRAIT, "--out", tmp_path / "faces.png")
    assert len(found["faces"]) == 1
    with Image.open(io.BytesIO((tmp_path / "faces.png").read_bytes())) as drawn:
        assert max(drawn.size) <= 900
