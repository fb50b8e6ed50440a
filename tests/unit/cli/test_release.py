"""`release new`, `check`, `schema`, `add --supersedes`; `schema`; `person add` and `change`: by the command line itself."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from agency import EXAMPLES, Agency

NAMES = ["eu", "general", "minor-with-guardian", "ny-fashion-workers-act", "sag-aftra-rider"]
WHOLE = (EXAMPLES / "release-whole.yaml").read_text()


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A home with a rights manager and a person."""
    folder = tmp_path_factory.mktemp("office")
    made = Agency(home=folder / "home", folder=folder)
    made.ok("init", "--organisation", "Test Agency")
    operator = made.ok("operator", "add", "Ruth", "--role", "rights")["id"]
    person = made.ok("person", "add", "--alias", "mia", "--born", "2012-05-01")["id"]
    return replace(made, operator=operator, person=person)


@pytest.fixture
def home(office, tmp_path):
    """A copy that a test may change."""
    shutil.copytree(office.home, tmp_path / "home")
    return replace(office, home=tmp_path / "home", folder=tmp_path)


@pytest.fixture
def nowhere(tmp_path):
    """No home at all."""
    return Agency(home=tmp_path / "home", folder=tmp_path)


def test_the_forms_are_listed_and_written_once(nowhere):
    listed = nowhere.ok("release", "new")
    assert listed["forms"] == NAMES
    assert listed["about"]["eu"] == "A model release for the European Union"
    out = nowhere.folder / "form.yaml"
    made = nowhere.ok("release", "new", "--template", "eu", "--out", out)
    assert made["file"] == str(out)
    assert out.stat().st_mode & 0o077 == 0
    assert nowhere.ok("release", "new", "--template", "eu")["text"] == out.read_text()
    assert nowhere.run("release", "new", "--template", "eu", "--out", out).code == 2
    assert nowhere.run("release", "new", "--template", "mars").code == 2
    assert not nowhere.home.exists()


@pytest.mark.parametrize("name", NAMES)
def test_check_names_what_a_new_form_still_asks_for(nowhere, name):
    out = nowhere.folder / "form.yaml"
    nowhere.ok("release", "new", "--template", name, "--out", out)
    answer = nowhere.run("release", "check", out)
    assert answer.code == 2
    assert "`counterparty`, `shoot.name`" in answer.json["error"]


def test_check_says_it_all_without_a_home(nowhere):
    checked = nowhere.ok("release", "check", EXAMPLES / "release-whole.yaml", "--market", "us-ny", "--market", "eu")
    assert checked["refused"] is False
    assert {"what": "pay", "words": "450.00 EUR per day"} in checked["says"]
    states = {one["duty"]: (one["state"], one["missing"]) for one in checked["markets"]}
    assert states["us-ny-fashion-workers"] == ("met", [])
    assert states["us-ny-gol-5-302"] == ("missing", ["representation by a lawyer or a union"])
    assert states["us-ny-sag-aftra"] == ("met", [])
    assert states["eu-gdpr-consent"] == ("met", [])


def test_check_exits_3_where_a_market_would_refuse(nowhere):
    answer = nowhere.run("release", "check", EXAMPLES / "release.yaml", "--market", "us-ny")
    assert (answer.code, answer.json["refused"]) == (3, True)
    assert nowhere.run("release", "check", EXAMPLES / "release.yaml", "--market", "xx").code == 3
    assert nowhere.run("release", "check", EXAMPLES / "release.yaml").code == 0
    told = nowhere.run("release", "check", EXAMPLES / "release.yaml", "--market", "us-ny", as_json=False)
    assert "rate of pay" in told.out
    assert "edits would be refused for: us-ny" in told.out
    assert "everything else of the face" in told.out


def test_check_knows_the_age_of_a_person_who_is_here(office):
    file = EXAMPLES / "release.yaml"
    checked = office.run("release", "check", file, "--person", office.person)
    assert (checked.code, checked.json["refused"]) == (3, True)
    assert any("minor when signing" in line for line in checked.json["warnings"])
    assert not any("minor" in line for line in office.ok("release", "check", file)["warnings"])


def test_check_takes_a_draft_that_nobody_signed_and_no_claim_that_only_signing_makes(nowhere):
    draft = nowhere.folder / "draft.yaml"
    whole = (EXAMPLES / "release.yaml").read_text()
    draft.write_text(whole.replace("signed_on: today\n", ""))
    assert {"what": "signed on", "words": "not yet"} in nowhere.ok("release", "check", draft)["says"]
    draft.write_text(f"{whole}\nsignatures: [{{role: person, name: Mia, method: e-signature, on: today}}]\n")
    answer = nowhere.run("release", "check", draft)
    assert (answer.code, answer.json["error"]) == (2, "the file claims an e-signature")


def test_the_same_release_twice_is_said(home):
    first, second = (home.ok("release", "add", EXAMPLES / "release.yaml", "--person", home.person) for _ in range(2))
    assert any(line.startswith(first["id"]) for line in second["warnings"])
    assert not any("says the same" in line for line in first["warnings"])


def test_people_read_the_last_day(home):
    file = home.folder / "days.yaml"
    file.write_text((EXAMPLES / "release.yaml").read_text().replace("until: today + 10 years", "until: 2029-11-19"))
    made = home.ok("release", "add", file, "--person", home.person, "--link", home.folder / "key.txt")
    assert made["valid_until"] == "2029-11-20T00:00:00.000Z"
    assert "ends after 2029-11-19" in (home.folder / "key.txt").read_text()
    for words in (("list",), ("show", made["id"])):
        said = home.run("release", *words, as_json=False).out
        assert "2029-11-19" in said
        assert "2029-11-20" not in said


def test_ten_years_are_warned_of_and_not_refused(home):
    file = home.folder / "long.yaml"
    file.write_text((EXAMPLES / "release.yaml").read_text().replace("10 years", "11 years"))
    made = home.ok("release", "add", file, "--person", home.person)
    assert any("longer than 10 years" in line for line in made["warnings"])


def test_a_version_says_what_it_adds_and_takes_away(home):
    file = home.folder / "release.yaml"
    file.write_text(WHOLE.replace("signed_on: 2026-11-23", "signed_on: 2026-11-01"))
    first = home.ok("release", "add", file, "--person", home.person)
    assert (first["version"], first["adds"], first["takes_away"]) == (1, [], [])
    file.write_text(WHOLE.replace("media: [web, social, print]", "media: [web, cinema]"))
    second = home.ok("release", "add", file, "--supersedes", first["id"])
    assert (second["id"], second["version"]) == (first["id"], 2)
    assert (second["adds"], second["takes_away"]) == (["media: cinema"], ["media: print", "media: social"])
    assert second["changes"] == ["signed_on"]
    other = home.ok("person", "add", "--alias", "ben", "--adult")["id"]
    assert home.run("release", "add", file, "--supersedes", first["id"], "--person", other).code == 2
    home.ok("consent", "withdraw", first["id"])
    assert home.run("release", "add", file, "--supersedes", first["id"]).code == 3
    assert home.run("log", "check").code == 0


def test_a_release_is_registered_whole_and_by_whom(home):
    made = home.ok("release", "add", EXAMPLES / "release-whole.yaml", "--person", home.person)
    folder = home.folder / "out"
    home.ok("registry", "export", folder, "--release", made["id"])
    (kept,) = [json.loads(line) for line in (folder / "releases.jsonl").read_text().splitlines()]
    assert kept["registered_by"] == home.operator
    assert kept["guardian"]["name"] == "Maria Muster"
    assert kept["grant"]["denied"][3] == {"test": "unit", "unit": "AU4", "reason": "I do not frown for advertising."}


def test_a_person_comes_from_options_or_a_file_and_changes(home):
    file = home.folder / "person.yaml"
    file.write_text("alias: zoe\nadult: yes\nlegal_name: Zoe Z\nidentity: {kind: passport, by: Ruth, on: 2026-11-20}\n")
    made = home.ok("person", "add", "--file", file, "--country", "DE", "--guardian", "Gil", "father", "gil@example.com")
    changed = home.ok("person", "change", made["id"], "--contact", "zoe@example.com", "--alias", "zz")
    assert (changed["id"], changed["version"]) == (made["id"], 2)
    home.ok("registry", "export", home.folder / "out", "--person", made["id"])
    first, second = [json.loads(line) for line in (home.folder / "out" / "persons.jsonl").read_text().splitlines()]
    assert (first["legal_name"], first["country"], first["guardian"]["relation"]) == ("Zoe Z", "DE", "father")
    assert (second["legal_name"], second["contact"], second["alias"]) == ("Zoe Z", "zoe@example.com", "zz")
    for words in (
        ("add", "--adult"),
        ("add", "--alias", "a"),
        ("add", "--alias", "a", "--adult", "--born", "2000-01-01"),
        ("add", "--alias", "a", "--born", "yesterday"),
        ("add", "--alias", "a", "--adult", "--country", "Germany"),
        ("change", made["id"], "--alias", "zz"),
        ("change", "person_0", "--alias", "zz"),
    ):
        assert home.run("person", *words).code == 2


def test_schemas_are_printed(nowhere):
    assert "parts" in nowhere.ok("release", "schema")["properties"]
    assert "guardian" in nowhere.ok("person", "schema")["properties"]
    assert {"model-release", "person", "title", "decision"} <= set(nowhere.ok("schema")["kinds"])
    schema = nowhere.ok("schema", "model-release")
    assert schema["properties"]["schema"] == {"const": "countenance.model-release/1"}
    assert nowhere.run("schema", "moon").code == 2
    assert json.loads(nowhere.run("schema", "title", as_json=False).out)["title"] == "Title"


def test_help_loads_no_torch():
    script = (
        "import sys; from countenance.cli.main import run;"
        "[run([*words, '--help']) for words in (['release','check'],['registry','import'],['title','import'])];"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, capture_output=True).returncode == 0
