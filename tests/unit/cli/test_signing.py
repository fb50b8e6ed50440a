"""`release invite`, `release sign`, `consent approve`, as people run them."""

import io
import stat

import pytest
from agency import EXAMPLES, PORTRAIT
from studio import fast_derivations, make_home

from countenance.cli.main import run
from countenance.core.digest import of_file

DRAFT = EXAMPLES / "release.yaml"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with fast_derivations():
        made, _ = make_home(tmp_path_factory.mktemp("signing") / "home")
        yield made, made.ok("person", "add", "--alias", "Mia", "--adult", "--legal-name", "Mia Muster")["id"]


@pytest.fixture
def invited(home, tmp_path):
    folder = tmp_path / "invitation"
    return folder, home[0].ok("release", "invite", DRAFT, "--person", home[1], "--out", folder)


def sign(home, folder, *words):
    return home[0].run("release", "sign", "--token-file", folder / "key.txt", "--yes", "--name", "Mia Muster", *words)


def test_the_folder(invited):
    folder, said = invited
    assert sorted(path.name for path in folder.iterdir()) == ["key.txt", "page.html"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    page = (folder / "page.html").read_bytes()
    assert of_file(page) == said["page_digest"]
    for part in ("text_digest", "draft_digest"):
        assert said[part].encode() in page
    assert b"No pictures are shown" in page
    assert b"Mia Muster" in page


def test_signed_and_given_a_key_to_withdraw(home, invited, tmp_path):
    folder, said = invited
    code, signed = sign(home, folder, "--link", tmp_path / "own.txt")
    assert (code, signed["release"], signed["withdrawal_key"]) == (0, said["release"], None)
    assert stat.S_IMODE((tmp_path / "own.txt").stat().st_mode) == 0o600
    assert "e-signature" in str(home[0].ok("release", "show", said["release"]))
    assert home[0].run("log", "check")[0] == 0
    assert home[0].ok("consent", "withdraw", "--token-file", tmp_path / "own.txt")["by"] == "person"


def test_the_key_to_withdraw_is_shown_where_no_file_is_named(home, invited):
    assert "cw1_" in sign(home, invited[0])[1]["withdrawal_key"]


def test_a_place_that_is_taken_signs_nothing(home, invited):
    folder, _ = invited
    assert sign(home, folder, "--link", folder / "page.html")[0] == 2
    assert sign(home, folder)[0] == 0


@pytest.mark.parametrize("words", [("--yes",), ("--name", "Mia Muster"), ()])
def test_a_machine_has_to_say_both(home, invited, words):
    code, said = home[0].run("release", "sign", "--token-file", invited[0] / "key.txt", *words)
    assert (code, said["error"]) == (2, "--yes and --name go together")


@pytest.mark.parametrize(("typed", "code"), [("y\nMia Muster\n", 0), ("n\n", 2), ("\n", 2)])
def test_a_person_is_asked(home, invited, monkeypatch, capsys, typed, code):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    flags = {"passphrase": "org", "operator_passphrase": "op"}
    words = ["--home", str(home[0].path), "release", "sign", "--token-file", str(invited[0] / "key.txt")]
    assert run(words, flags=flags) == code
    said = capsys.readouterr()
    assert invited[1]["page_digest"] in said.err
    assert ("cw1_" in said.out) is (code == 0)


def test_another_persons_draft(home, tmp_path):
    other = home[0].ok("person", "add", "--alias", "O", "--adult")["id"]
    draft = tmp_path / "draft.yaml"
    draft.write_text(f"person: {other}\n{DRAFT.read_text()}")
    code, said = home[0].run("release", "invite", draft, "--person", home[1], "--out", tmp_path / "a")
    assert (code, said["error"]) == (2, "the draft names another person")
    assert not (tmp_path / "a").exists()


def test_a_draft_needs_no_day_of_signing(home, tmp_path):
    draft = tmp_path / "draft.yaml"
    draft.write_text(DRAFT.read_text().replace("signed_on: today\n", ""))
    assert home[0].run("release", "add", draft, "--person", home[1])[0] == 2
    assert home[0].ok("release", "invite", draft, "--person", home[1], "--out", tmp_path / "a")["role"] == "person"


def test_a_folder_is_not_written_over(home, invited):
    code, said = home[0].run("release", "invite", DRAFT, "--person", home[1], "--out", invited[0])
    assert (code, said["error"]) == (2, "`invitation` exists already")


def test_a_refusal_leaves_no_folder(home, tmp_path):
    code, _ = home[0].run("release", "invite", DRAFT, "--person", home[1], "--out", tmp_path / "a", "--days", 91)
    assert code == 2
    assert not (tmp_path / "a").exists()


def test_of_a_minor_no_pictures(home, tmp_path):
    child = home[0].ok("person", "add", "--alias", "K", "--born", "2015-01-01")["id"]
    draft = tmp_path / "draft.yaml"
    draft.write_text(DRAFT.read_text() + "guardian: {name: Eva Muster, relation: mother}\n")
    words = ("release", "invite", draft, "--person", child, "--out", tmp_path / "a")
    code, said = home[0].run(*words, "--sheet", PORTRAIT)
    assert (code, said["error"]) == (2, "no pictures are made of a minor's face")
    assert home[0].ok(*words)["role"] == "guardian"
    assert b"as the guardian (mother) of the minor" in (tmp_path / "a" / "page.html").read_bytes()


def test_erased_with_the_person(home, tmp_path):
    gone = home[0].ok("person", "add", "--alias", "Gone", "--adult", "--legal-name", "Gertrud Vergessen")["id"]
    home[0].ok("release", "invite", DRAFT, "--person", gone, "--out", tmp_path / "a")
    key = tmp_path / "a" / "key.txt"
    home[0].ok("release", "sign", "--token-file", key, "--yes", "--name", "Gertrud Vergessen")
    home[0].ok("release", "invite", DRAFT, "--person", gone, "--out", tmp_path / "b")
    assert not any(b"Vergessen" in path.read_bytes() for path in home[0].path.glob("books*"))  # sealed
    home[0].ok("person", "erase", gone, "--yes", "--reason", "request")
    assert home[0].run("log", "check")[0] == 0
    code, said = home[0].run("release", "sign", "--token-file", tmp_path / "b" / "key.txt", "--yes", "--name", "G")
    assert code == 3
    assert "signing-key-unknown" in said["error"]


def test_the_next_version_is_signed_and_the_page_says_what_is_new(home, invited, tmp_path):
    folder, said = invited
    assert sign(home, folder, "--link", tmp_path / "own.txt")[0] == 0
    wider = tmp_path / "wider.yaml"
    wider.write_text(DRAFT.read_text().replace("AU12: {min: -0.6, max: 0.5}", "AU12: {min: -0.6, max: 0.8}"))
    words = ("--person", home[1], "--supersedes", said["release"])
    next_one = home[0].ok("release", "invite", wider, *words, "--out", tmp_path / "next")
    assert (next_one["release"], next_one["version"]) == (said["release"], 2)
    page = (tmp_path / "next" / "page.html").read_text()
    assert "take the place of a release that is on file" in page
    assert "New, and allowed only if you sign" in page
    assert sign(home, tmp_path / "next", "--link", tmp_path / "own-2.txt")[0] == 0
    assert "version 2" in str(home[0].ok("release", "show", said["release"]))
    assert home[0].run("log", "check")[0] == 0
    home[0].ok("consent", "withdraw", "--token-file", tmp_path / "own.txt")
    code, refused = home[0].run("release", "invite", wider, *words, "--out", tmp_path / "third")
    assert (code, "[release-withdrawn]" in refused["error"]) == (3, True)
    assert not (tmp_path / "third").exists()


def test_an_invitation_is_cancelled_and_goes_with_the_person(home, tmp_path):
    person = home[0].ok("person", "add", "--alias", "Zoe", "--adult")["id"]
    said = home[0].ok("release", "invite", DRAFT, "--person", person, "--out", tmp_path / "invitation")
    home[0].ok("release", "cancel", said["id"])
    listed = {one["id"]: one["state"] for one in home[0].ok("release", "invitations")["invitations"]}
    assert listed[said["id"]] == "cancelled"
    code, refused = sign(home, tmp_path / "invitation")
    assert (code, "[invitation-cancelled]" in refused["error"]) == (3, True)
    assert home[0].run("log", "check")[0] == 0
    home[0].ok("person", "erase", person, "--reason", "request", "--yes")
    assert said["id"] not in {one["id"] for one in home[0].ok("release", "invitations")["invitations"]}
    assert home[0].run("log", "check")[0] == 0
