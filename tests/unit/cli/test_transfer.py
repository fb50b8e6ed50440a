"""Tables and exports into a home, by the command line itself."""

import csv
import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from agency import EXAMPLES, PORTRAIT, Agency

from countenance.settings import Settings
from countenance.wiring.office import Office, Secrets

PEOPLE = """\
alias;born;adult;country;guardian.name;guardian.relation
mia;2012-05-01;;DE;Maria;mother
ben;;yes;AT;;
cyn;2012-13-01;;AT;;
ben;;yes;AT;;
"""


def make(folder: Path, name: str) -> Agency:
    agency = Agency(home=folder / name, folder=folder)
    agency.ok("init", "--organisation", f"The {name}")
    return replace(agency, operator=agency.ok("operator", "add", "Ruth", "--role", "rights")["id"])


def registered(agency: Agency) -> Agency:
    """Two people; a release with two versions, one withdrawn, one in dispute; a picture with two ties."""
    person = agency.ok("person", "add", "--alias", "mia", "--adult")["id"]
    agency.ok("person", "change", person, "--country", "DE")
    other = agency.ok("person", "add", "--alias", "ben", "--adult")["id"]
    short = EXAMPLES / "release.yaml"
    release = agency.ok("release", "add", short, "--person", person)["id"]
    file = agency.folder / "narrow.yaml"
    file.write_text(short.read_text().replace("[DE, FR, US]", "[DE]"))
    agency.ok("release", "add", file, "--supersedes", release)
    withdrawn = agency.ok("release", "add", short, "--person", other)["id"]
    agency.ok("consent", "withdraw", withdrawn, "--reason", "a letter")
    agency.ok("title", "add", PORTRAIT, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    agency.ok("title", "face", PORTRAIT, 0, "--release", release)
    return replace(agency, person=person, release=release)


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """A registry that has something, its export, and one that has nothing."""
    folder = tmp_path_factory.mktemp("homes")
    full = registered(make(folder, "full"))
    full.ok("registry", "export", folder / "export")
    return full, make(folder, "empty")


@pytest.fixture
def empty(homes, tmp_path):
    """A copy of the one that has nothing, beside a copy of the export."""
    shutil.copytree(homes[1].home, tmp_path / "home")
    shutil.copytree(homes[0].folder / "export", tmp_path / "export")
    shutil.copy(homes[0].home / "trust.pem", tmp_path / "trust.pem")
    return replace(homes[1], home=tmp_path / "home", folder=tmp_path)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def taken_in(agency: Agency, *words: object, code: int = 0) -> dict:
    answer = agency.run("registry", "import", agency.folder / "export", "--trust", agency.folder / "trust.pem", *words)
    assert answer.code == code, answer.out + answer.err
    return answer.json


def test_people_are_taken_row_by_row(empty):
    table = empty.folder / "people.csv"
    table.write_text(PEOPLE)
    tried = empty.run("person", "import", table, "--dry-run", "--refused", empty.folder / "tried.csv")
    assert (tried.code, tried.json["taken"], tried.json["refused"]) == (3, 2, 2)
    assert (empty.folder / "tried.csv").exists()  # since it was named
    assert empty.run("person", "import", table, "--dry-run").json["refused_file"] is None
    assert not (empty.folder / "people.refused.csv").exists()
    done = empty.run("person", "import", table, "--taken", empty.folder / "ids.csv")
    assert (done.code, done.json["taken"], done.json["refused"]) == (3, 2, 2)
    ids = read(empty.folder / "ids.csv")
    assert [row["alias"] for row in ids] == ["mia", "ben"]
    assert ids[0]["person"] == done.json["rows"][0]["id"]
    out = read(empty.folder / "people.refused.csv")
    assert [row["alias"] for row in out] == ["cyn", "ben"]
    assert "born" in out[0]["reason"]
    assert "already" in out[1]["reason"]
    fixed = empty.folder / "fixed.csv"
    fixed.write_text((empty.folder / "people.refused.csv").read_text().replace("2012-13-01", "2012-12-01"))
    again = empty.run("person", "import", fixed)
    assert (again.code, again.json["taken"], again.json["refused"]) == (3, 1, 1)
    assert empty.run("log", "check").code == 0


def test_nothing_is_taken_where_the_answer_could_not_be_written(empty):
    table = empty.folder / "people.csv"
    table.write_text(PEOPLE)
    (empty.folder / "people.refused.csv").write_text("mine")
    assert empty.run("person", "import", table).code == 2
    assert empty.ok("registry", "export", empty.folder / "out")["rows"]["persons.jsonl"] == 0
    table.write_text("alias,shoe_size\nmia,38\n")
    answer = empty.run("person", "import", table, "--refused", empty.folder / "r.csv")
    assert (answer.code, "shoe_size" in answer.json["error"]) == (2, True)


def test_releases_are_a_template_and_what_each_row_says_instead(empty):
    ids = [empty.ok("person", "add", "--alias", name, "--adult")["id"] for name in ("mia", "ben")]
    table = empty.folder / "releases.csv"
    rows = [
        f"{ids[0]},mia,100,web; print",
        f"{ids[1]},ben,many,",
        f"person_{'0' * 32},x,1,",
        f"{ids[0]},mia,100,web;print",
    ]
    table.write_text("person,alias,compensation.rate,media\n" + "\n".join(rows))
    common = EXAMPLES / "release-whole.yaml"
    done = empty.run("release", "import", table, "--template", common)
    assert (done.code, done.json["taken"]) == (3, 1)
    reasons = [row["reason"] for row in read(empty.folder / "releases.refused.csv")]
    assert ["compensation.rate" in reasons[0], "not known" in reasons[1], "already" in reasons[2]] == [True] * 3
    empty.ok("registry", "export", empty.folder / "out")
    (kept,) = lines(empty.folder / "out" / "releases.jsonl")
    assert (kept["compensation"]["rate"], kept["grant"]["media"]) == ("100", ["web", "print"])
    table.write_text(f"person,signatures.1.method\n{ids[1]},e-signature\n")
    (claimed,) = empty.run("release", "import", table, "--template", common, "--dry-run").json["rows"]
    assert "claims an e-signature" in claimed["refused"]
    table.write_text("alias\nmia\n")
    assert empty.run("release", "import", table, "--template", common, "--refused", empty.folder / "r.csv").code == 2


def test_pictures_are_titled_as_by_title_add(empty):
    shutil.copy(PORTRAIT, empty.folder / "a.jpg")
    table = empty.folder / "pictures.csv"
    table.write_text(
        "picture,owner,basis,alteration,photographer\na.jpg,Agency,own-work,yes,Pia\nb.jpg,Agency,own-work,yes,\n"
        "pictures.csv,Agency,own-work,yes,\na.jpg,Agency,own-work,yes,\n,Agency,own-work,yes,\na.jpg,Agency,theft,yes,\n"
    )
    done = empty.run("title", "import", table)
    assert (done.code, done.json["taken"], done.json["refused"]) == (3, 1, 5)
    reasons = [row["refused"] for row in done.json["rows"] if row["refused"]]
    said = ("no such file", "not handled", "title already", "names no picture", "basis")
    assert [words in reason for words, reason in zip(said, reasons, strict=True)] == [True] * 5
    empty.ok("registry", "export", empty.folder / "out")
    (kept,) = lines(empty.folder / "out" / "titles.jsonl")
    assert (kept["photographer"], len(kept["faces"]), kept["registered_by"]) == ("Pia", 1, empty.operator)


def test_an_export_is_taken_into_another_home_whole(homes, empty):
    full, _ = homes
    assert taken_in(empty, "--dry-run")["taken"] == 9
    assert empty.ok("registry", "export", empty.folder / "before")["rows"]["persons.jsonl"] == 0
    assert taken_in(empty)["refused"] == 0
    empty.ok("registry", "export", empty.folder / "after")
    mine, theirs = empty.folder / "after", full.folder / "export"
    for name in ("persons.jsonl", "releases.jsonl", "titles.jsonl", "face-ties.jsonl"):
        assert [one["id"] for one in lines(mine / name)] == [one["id"] for one in lines(theirs / name)]
    assert {one["registered_by"] for one in lines(mine / "releases.jsonl")} == {empty.operator}
    assert [one["version"] for one in lines(mine / "releases.jsonl")] == [1, 2, 1]
    (gone,) = lines(mine / "revocations.jsonl")
    assert gone["by"] == "operator"
    assert "where it came from. a letter" in gone["reason"]
    assert empty.run("consent", "withdraw", gone["of_id"]).code == 2, "it is withdrawn here too"
    assert empty.run("log", "check").code == 0


def test_where_a_fact_came_from_is_logged(homes, empty):
    taken_in(empty)
    settings = Settings.load({**empty.secrets, "home": empty.home})
    office = Office(settings, Secrets(settings, ask=pytest.fail))
    noted = office.books.statements("import")
    assert len(noted) == 5
    assert all(homes[0].home.name not in str(one.leaf) for one in noted)
    office.books.close()


def test_ids_that_are_taken_are_refused_and_the_rest_is_taken(homes, empty):
    full, _ = homes
    full.run("registry", "export", full.folder / "one", "--release", full.release)
    shutil.rmtree(empty.folder / "export")
    shutil.copytree(full.folder / "one", empty.folder / "export")
    assert taken_in(empty)["taken"] == 6
    shutil.rmtree(empty.folder / "export")
    shutil.copytree(full.folder / "export", empty.folder / "export")
    done = taken_in(empty, code=3)
    assert (done["taken"], done["refused"]) == (3, 6)
    assert {row["kind"] for row in done["rows"] if not row["refused"]} == {"persons", "releases", "revocations"}
    reasons = {row["reason"] for row in read(empty.folder / "export.refused.csv")}
    assert reasons == {"this home has one with this id already"}


def test_a_choice_leaves_out_everyone_else(homes):
    full, _ = homes
    full.ok("registry", "export", full.folder / "chosen", "--person", full.person)
    text = "".join(path.read_text() for path in (full.folder / "chosen").glob("*.jsonl"))
    assert full.person in text
    assert "ben" not in text
    assert full.run("registry", "export", full.folder / "chosen").code == 2
    assert full.run("registry", "export", full.folder / "nobody", "--person", "person_0").code == 2
    assert not (full.folder / "nobody").exists()


def test_an_export_is_for_its_owner_only_and_is_logged(homes):
    full, _ = homes
    folder = full.folder / "export"
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    database = sqlite3.connect(full.home / "books.sqlite3")
    leaves = [json.loads(leaf)["kind"] for (leaf,) in database.execute("SELECT leaf FROM log_leaf")]
    database.close()
    assert "export" in leaves


def test_a_person_who_was_erased_here_does_not_come_back(empty):
    taken_in(empty)
    person = lines(empty.folder / "export" / "persons.jsonl")[-1]["id"]
    empty.ok("person", "erase", person, "--reason", "request", "--override-retention", "a lawyer said so", "--yes")
    done = taken_in(empty, "--refused", empty.folder / "r.csv", code=3)
    reasons = {row["id"]: row["refused"] for row in done["rows"]}
    assert reasons[person] == "it was erased here, and is not brought back by an import"


def test_what_was_signed_by_the_person_is_said_on_both_sides(empty, tmp_path):
    """The release travels; the invitation and the signature, which count in the log of its home only, do not."""
    there = make(tmp_path, "there")
    person = there.ok("person", "add", "--alias", "mia", "--adult")["id"]
    said = there.ok("release", "invite", EXAMPLES / "release.yaml", "--person", person, "--out", tmp_path / "page")
    open_one = there.ok("release", "invite", EXAMPLES / "release.yaml", "--person", person, "--out", tmp_path / "open")
    words = ("--yes", "--name", "Mia Muster", "--link", tmp_path / "own.txt")
    there.ok("release", "sign", "--token-file", tmp_path / "page" / "key.txt", *words)
    told = there.ok("registry", "export", tmp_path / "signed")
    assert told["signed_here"] == [said["release"]]
    assert not [path for path in (tmp_path / "signed").iterdir() if open_one["id"] in path.read_text()]
    spoken = there.run("registry", "export", tmp_path / "again", as_json=False).err
    assert f"signed here by the person: {said['release']}; invitation and signature stay" in spoken
    trust = ("--trust", there.home / "trust.pem")
    tried = empty.run("registry", "import", tmp_path / "signed", *trust, "--dry-run", as_json=False)
    assert "that it was so is the word of The there" in tried.err
    assert empty.ok("registry", "import", tmp_path / "signed", *trust)["signed_elsewhere"] == [said["release"]]
    assert empty.run("log", "check").code == 0
