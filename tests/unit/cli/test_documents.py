"""`document check`, and `release add --document`."""

import pytest
from agency import EXAMPLES, PORTRAIT
from papers import a_pdf, an_authority, signed
from studio import fast_derivations, make_home

from countenance.cli.main import run
from countenance.core.digest import of_file

ROOT = an_authority()
PDF = signed(a_pdf(), ROOT.certify("Mia"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with fast_derivations():
        made, _ = make_home(tmp_path_factory.mktemp("papers") / "home")
    return made, made.ok("person", "add", "--alias", "Mia", "--adult")["id"]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "release.pdf").write_bytes(PDF)
    (tmp_path / "plain.pdf").write_bytes(a_pdf())
    (tmp_path / "root.pem").write_text(ROOT.pem)
    return tmp_path


def test_a_table_for_people(home, files, capsys):
    where = ["--home", str(home[0].path)]
    assert run([*where, "document", "check", str(files / "release.pdf"), "--trust", str(files / "root.pem")]) == 0
    said = capsys.readouterr().out
    assert "signed: every signature holds" in said
    assert "Mia" in said
    assert of_file(PDF) in said
    assert "nothing was fetched" in said


def test_without_its_root(home, files):
    code, said = home[0].run("document", "check", files / "release.pdf")
    assert (code, said["check"]["result"], said["signatures"][0]["intact"]) == (4, "untrusted", True)


def test_what_is_no_root(home, files):
    code, said = home[0].run("document", "check", files / "release.pdf", "--trust", files / "plain.pdf")
    assert (code, said["error"]) == (2, "the root `plain.pdf` cannot be read")


def added(home, *words):
    made, person = home
    return made.run("release", "add", EXAMPLES / "release.yaml", "--person", person, *words)


def test_into_the_release(home, files):
    code, said = added(home, "--document", files / "release.pdf", "--document-trust", files / "root.pem")
    assert code == 0
    card = home[0].ok("release", "show", said["id"])
    assert of_file(PDF) in str(card)
    assert "signed" in str(card)
    assert home[0].run("log", "check")[0] == 0


@pytest.mark.parametrize("name", ["plain.pdf", "scan.jpg"])
def test_a_scan_says_that_it_is_one(home, files, name):
    (files / "scan.jpg").write_bytes(PORTRAIT.read_bytes())
    code, said = added(home, "--document", files / name)
    assert (code, said["hint"]) == (4, "if it is a scan of paper, say --scan: evidence of lower rank")
    code, said = added(home, "--document", files / name, "--scan")
    assert code == 0
    assert "scan" in str(home[0].ok("release", "show", said["id"]))


def test_a_signed_one_given_as_a_scan_is_still_signed(home, files):
    code, said = added(home, "--document", files / "release.pdf", "--scan", "--document-trust", files / "root.pem")
    assert code == 0
    assert "'signed" in str(home[0].ok("release", "show", said["id"])).replace("result ", "'")


@pytest.mark.parametrize("data", [b"", b"hello", b"GIF89a"])
def test_what_is_no_document(home, files, data):
    (files / "other").write_bytes(data)
    assert added(home, "--document", files / "other", "--scan")[0] in (2, 7)


def test_options_that_go_with_a_document(home):
    assert added(home, "--scan")[1]["error"] == "--scan and --document-trust go with --document FILE"


def test_the_file_names_another_document(home, files):
    draft = files / "draft.yaml"
    claim = "signatures:\n  - {role: person, name: Mia, method: pdf, on: 2026-11-24, document: 'sha256:%s'}\n"
    draft.write_text((EXAMPLES / "release.yaml").read_text() + claim % ("0" * 64))
    words = ("--document", files / "release.pdf", "--document-trust", files / "root.pem")
    code, said = home[0].run("release", "add", draft, "--person", home[1], *words)
    assert (code, said["error"]) == (2, "the signatures in the file name another document")
    draft.write_text((EXAMPLES / "release.yaml").read_text() + claim % of_file(PDF)[7:])
    assert home[0].run("release", "add", draft, "--person", home[1], *words)[0] == 0
