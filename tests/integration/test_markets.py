"""Markets' law on the way of a photo: refused without the label, drawn with it, proved, explained and compared."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from agency import PORTRAIT, Agency
from PIL import Image

from countenance.settings import Settings

pytestmark = pytest.mark.slow
POLICIES = Path(__file__).parents[2] / "policies"
ASK = ("--smile", "0.3", "--market", "cn")


@pytest.fixture(scope="module")
def labelled(shared_agency: Agency, tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """A refused and a published edit for China."""
    folder = tmp_path_factory.mktemp("markets") / "agency"
    shutil.copytree(shared_agency.folder, folder)
    agency = replace(shared_agency, home=folder / "home", folder=folder)
    refused = agency.edit(folder / "cn.jpg", *ASK)
    assert refused.code == 3
    (folder / "refused.json").write_text(refused.out)
    done = agency.edit(folder / "cn.jpg", *ASK, "--label", "cn")
    assert done.code == 0, done.out + done.err
    (folder / "cn.json").write_text(done.out)
    return agency


def told(agency: Agency, name: str) -> dict:
    return json.loads((agency.folder / name).read_text())


def test_without_the_label_it_is_refused_with_the_law_and_what_to_do(labelled):
    refused = told(labelled, "refused.json")
    (reason,) = refused["reasons"]
    assert (reason["policy"], reason["since"]) == ("cn-label-missing", "2025-09-01")
    assert "--label cn" in refused["hint"]
    assert {note["duty"]: note["state"] for note in refused["duties"]}["cn-gb45438-label"] == "missing"


def test_the_label_is_drawn_recorded_and_inside_a_signed_region(labelled):
    done = told(labelled, "cn.json")
    (label,) = done["labels"]
    x0, y0, x1, y1 = label["box_px"]
    with Image.open(labelled.folder / "cn.jpg") as image:
        plate = image.convert("L").crop((x0, y0, x1, y1))
        assert (y1 - y0) > 0.05 * min(image.size)
    assert plate.getextrema()[0] < 60
    assert plate.getextrema()[1] > 200
    checked = labelled.run("verify", labelled.folder / "cn.jpg", "--against", PORTRAIT)
    findings = {one["check"]: one for one in checked.json["findings"]}
    assert {findings[check]["result"] for check in ("labels", "outside", "units", "proof")} == {"holds"}
    assert "AI合成" in findings["labels"]["detail"]
    assert "TC260:AIGC" in (labelled.folder / "cn.jpg").read_bytes().decode("latin-1")


def test_the_edit_is_made_again_before_its_label(labelled):
    checked = labelled.run("verify", labelled.folder / "cn.jpg", "--against", PORTRAIT, "--replay")
    findings = {one["check"]: one for one in checked.json["findings"]}
    assert "bit-identical" in findings["replay"]["detail"]


def test_explain_prints_rule_reason_law_and_date(labelled):
    refused = labelled.ok("policy", "explain", told(labelled, "refused.json")["edit_id"])
    (decision,) = refused["decisions"]
    (reason,) = decision["reasons"]
    assert reason["law"].startswith("GB 45438-2025")
    assert reason["since"] == "2025-09-01"
    stages = labelled.ok("policy", "explain", told(labelled, "cn.json")["edit_id"])["decisions"]
    assert [one["stage"] for one in stages] == ["requested", "measured"]
    text = labelled.run("policy", "explain", told(labelled, "refused.json")["edit_id"], as_json=False).out
    assert "since 2025-09-01" in text
    assert labelled.run("policy", "explain", "edit_0").code == 2


def test_diff_takes_every_logged_decision_again(labelled, tmp_path):
    same = labelled.ok("policy", "diff", POLICIES, POLICIES)
    assert same["changed"] == []
    assert same["not_rebuilt"] == []
    assert same["compared"] >= 7
    without = tmp_path / "policies"
    shutil.copytree(POLICIES, without)
    path = without / "markets/cn/pack.toml"
    path.write_text(path.read_text().replace("in_force_from = 2025-09-01", "in_force_from = 2035-09-01"))
    found = labelled.ok("policy", "diff", POLICIES, without)
    assert [(one["logged"], one["a"]["effect"], one["b"]["effect"]) for one in found["changed"]] == [
        ("deny", "deny", "permit")
    ]
    as_a_pack = labelled.ok("policy", "diff", POLICIES / "markets/cn", without / "markets/cn")
    assert as_a_pack["changed"] == found["changed"]
    asked_too = labelled.ok("policy", "diff", without, POLICIES, "--market", "cn")
    assert len(asked_too["changed"]) > len(found["changed"])
    assert labelled.run("policy", "diff", POLICIES, tmp_path / "nothing").code == 2


def test_what_was_erased_since_cannot_be_compared_and_is_listed(labelled, tmp_path):
    import sqlite3  # noqa: PLC0415

    shutil.copytree(labelled.folder, tmp_path / "agency")
    agency = replace(labelled, home=tmp_path / "agency/home", folder=tmp_path / "agency")
    with sqlite3.connect(Settings.load({"home": agency.home}).database) as database:
        database.execute("DELETE FROM model_release")
    database.close()
    found = agency.ok("policy", "diff", POLICIES, POLICIES)
    assert found["compared"] == 0
    assert {one["why"] for one in found["not_rebuilt"]} == {"the facts that it rested on cannot all be read any more"}


def test_a_market_of_the_settings_is_asked_without_being_named(agency, monkeypatch):
    strict = replace(agency, secrets={**agency.secrets, "markets": ("us-ny",)})
    refused = strict.edit(agency.folder / "x.jpg", "--smile", "0.3", "--dry-run")
    assert refused.code == 3
    assert [one["policy"] for one in refused.json["reasons"]] == ["us-ny-consent-incomplete"]
    unknown = agency.edit(agency.folder / "x.jpg", "--smile", "0.3", "--dry-run", "--market", "fr")
    assert (unknown.code, unknown.json["decision"]) == (3, "indeterminate")
    assert agency.edit(agency.folder / "x.jpg", "--smile", "0.3", "--market", "Mars!").code == 2


def test_the_list_of_markets_names_law_date_and_status(agency):
    markets = {one["id"]: one for one in agency.ok("policy", "markets")["markets"]}
    assert set(markets) == {"eu", "us-ca", "us-ny", "us-il", "us-wa", "uk", "cn"}
    assert "since 2027-02-01" in agency.run("policy", "markets", as_json=False).out
