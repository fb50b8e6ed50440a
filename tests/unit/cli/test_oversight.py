"""A house of three from the command line: titles, look-alikes, disputes, approvals, four eyes."""

import json
import re

import pytest
from agency import EXAMPLES, PORTRAIT
from PIL import Image
from studio import fast_derivations, make_home

from countenance.cli.main import run

PASSPHRASES = {"passphrase": "org", "operator_passphrase": "op"}


@pytest.fixture
def home(tmp_path):
    with fast_derivations():
        made, retoucher = make_home(tmp_path / "home")
        roles = {role: made.ok("operator", "add", role, "--role", role)["id"] for role in ("rights", "approver")}
        yield made, {"retoucher": retoucher, **roles}


def titled(home, photo=PORTRAIT, *, owner="Studio", alteration="yes", more=()):
    made, ids = home
    return made.ok(
        "title", "add", photo, "--owner", owner, "--basis", "own-work", "--alteration", alteration,
        "--operator", ids["rights"], *more,
    )  # fmt: skip


@pytest.fixture
def copy(tmp_path):
    picture = Image.open(PORTRAIT)
    picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)).save(tmp_path / "copy.jpg", quality=60)
    return tmp_path / "copy.jpg"


def test_a_title_from_a_file_and_options(home):
    made, ids = home
    code, said = made.run(
        "title", "add", PORTRAIT, "--file", EXAMPLES / "title.yaml", "--tier", "one day", "--licensor", "L",
        "--agreement", EXAMPLES / "title.yaml", "--operator", ids["rights"],
    )  # fmt: skip
    assert code == 0, said
    assert said["near"] == []
    code, said = made.run("title", "add", PORTRAIT, "--operator", ids["rights"])
    assert (code, said["error"]) == (2, "`--owner` is missing")
    code, said = made.run(
        "title",
        "add",
        PORTRAIT,
        "--file",
        EXAMPLES / "title.yaml",
        "--basis",
        "assignment",
        "--operator",
        ids["rights"],
    )
    assert code == 2
    assert "licence" in said["error"]


def test_look_alikes_are_told_listed_and_reviewed(home, copy):
    made, ids = home
    first = titled(home)["id"]
    second = titled(home, copy, owner="Somebody Else")
    assert [one["other_id"] for one in second["near"]] == [first]
    near = made.ok("title", "near", PORTRAIT)["near"]
    assert [(one["other"], one["verdict"]) for one in near] == [(second["id"], None)]
    words = ("title", "review", first, second["id"], "--verdict", "same-right", "--reason", "one shoot")
    assert made.run(*words, "--operator", ids["rights"])[0] == 3
    made.ok(*words, "--operator", ids["approver"])
    assert made.ok("title", "near", copy)["near"][0]["verdict"] == "same-right"


def test_a_face_that_nobody_would_know(home):
    made, ids = home
    titled(home)
    said = made.ok(
        "title", "face", PORTRAIT, "0", "--not-identifiable", "seen from behind", "--operator", ids["rights"]
    )
    assert (said["release"], said["not_identifiable"]) == (None, True)
    both = ("title", "face", PORTRAIT, "0", "--untouched", "--not-identifiable", "r", "--operator", ids["rights"])
    assert made.run(*both)[0] == 2


def test_disputes_by_picture_and_by_id(home):
    made, ids = home
    title = titled(home)["id"]
    opened = made.ok("title", "dispute", PORTRAIT, "--reason", "r", "--operator", ids["retoucher"])
    assert opened["of"] == title
    again = made.ok("title", "dispute", title, "--reason", "r", "--operator", ids["retoucher"])
    for one in (opened, again):
        made.ok("title", "settle", one["id"], "--reason", "no", "--operator", ids["approver"])
    code, said = made.run("title", "settle", opened["id"], "--reason", "no", "--operator", ids["approver"])
    assert (code, said["error"]) == (2, "this dispute is settled already")


def test_approvals(home):
    made, ids = home
    titled(home, alteration="no")
    words = ("approve", PORTRAIT, "--reason", "asked", "--document", PORTRAIT, "--operator", ids["approver"])
    said = made.ok(*words, "--of", "alteration")
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", said["digest"])
    assert made.run(*words, "--of", "picture")[0] == 2
    assert made.run(*words, "--of", "alteration", "--au", "AU12=0.2")[0] == 2
    code, untied = made.run(*words, "--of", "picture", "--au", "AU12=0.2")
    assert (code, untied["error"]) == (2, "under which release did the person say yes?")
    assert made.run(*words, "--of", "alteration", "--until", "2020-01-01")[0] == 2


def test_the_rules_of_the_house(home):
    made, ids = home
    assert made.ok("house", "rules") == {"schema": "countenance.house/1", "four_eyes": False, "since": None}
    assert made.ok("house", "rules", "--four-eyes", "on")["four_eyes"] is True
    code, said = made.run("person", "add", "--alias", "x", "--adult", "--operator", ids["retoucher"])
    assert code == 3
    assert "four-eyes" in said["error"]
    assert made.ok("person", "add", "--alias", "x", "--adult", "--operator", ids["rights"])["id"]
    assert made.ok("house", "rules", "--four-eyes", "off")["four_eyes"] is False
    assert json.dumps(made.ok("log", "check"))


def test_the_queue_of_look_alikes_names_owners_and_pictures(home, copy, capsys):
    made, ids = home
    assert made.ok("title", "near")["waiting"] == []
    first = titled(home, more=("--name", "summer 12"))["id"]
    second = titled(home, copy, owner="Somebody Else")["id"]
    (pair,) = made.ok("title", "near")["waiting"]
    assert sorted((one["id"], one["owner"], one["name"]) for one in pair["titles"]) == sorted(
        [(first, "Studio", "summer 12"), (second, "Somebody Else", None)]
    )
    assert [one["owner"] for one in made.ok("title", "near", PORTRAIT)["near"]] == ["Somebody Else"]
    listed = {one["id"]: one for one in made.ok("title", "list")["titles"]}
    assert {name: listed[name]["state"] for name in (first, second)} == {first: "look-alike", second: "look-alike"}
    assert [listed[name]["name"] for name in (first, second)] == ["summer 12", ""]
    made.ok(
        "title", "review", first, second, "--verdict", "distinct", "--reason", "r", "--operator", ids["approver"]
    )  # fmt: skip
    assert made.ok("title", "near")["waiting"] == []
    assert {one["state"] for one in made.ok("title", "list")["titles"]} == {"active"}


def test_operators_and_persons_by_name(home):
    made, ids = home
    added = made.ok("person", "add", "--alias", "Mia Muster", "--adult", "--operator", "Rights")["id"]
    assert made.ok("person", "show", "mia  muster")["id"] == added
    assert made.run("person", "show", "zoe")[0] == 2
    assert made.run("person", "add", "--alias", "x", "--adult", "--operator", "nobody")[0] == 2
    made.ok("person", "add", "--alias", "mia muster", "--adult", "--operator", ids["rights"])
    code, said = made.run("person", "show", "Mia Muster")
    assert (code, added in said["hint"]) == (2, True)


def test_a_licence_without_terms_is_warned_of(home, capsys):
    made, ids = home
    words = ["title", "add", str(PORTRAIT), "--owner", "o", "--basis", "licence", "--alteration", "yes"]
    capsys.readouterr()
    assert run([*words, "--operator", ids["rights"], "--home", str(made.path)], flags=PASSPHRASES) == 0
    assert "terms of the licence are not on file" in capsys.readouterr().err
    settled = ["title", "face", str(PORTRAIT), "0", "--not-identifiable", "from behind", "--operator", ids["rights"]]
    assert run([*settled, "--home", str(made.path)], flags=PASSPHRASES) == 0
    assert "not identifiable, from behind" in capsys.readouterr().out


def test_what_settle_prints(home, capsys):
    made, ids = home
    title = titled(home)["id"]
    opened = made.ok("title", "dispute", title, "--reason", "r", "--operator", ids["rights"])["id"]
    capsys.readouterr()
    words = ["title", "settle", opened, "--reason", "r", "--operator", ids["approver"], "--home", str(made.path)]
    assert run(words, flags=PASSPHRASES) == 0
    said = capsys.readouterr().out
    assert said.startswith("settled since ")
    assert opened in said
    assert title in said
