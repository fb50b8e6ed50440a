"""A signed PDF is altered, signed in part, signed by a stranger, or no signature at all, and is given as a release's."""

import pytest
from agency import EXAMPLES
from papers import a_pdf, an_authority, filled_in, repainted, signed, signed_in_part, without_fields
from studio import fast_derivations, make_home

ROOT = an_authority()
MIA = ROOT.certify("Mia")
GOOD = signed(a_pdf("I agree to a smile.", forms=True), MIA)


def swapped(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


ATTACKS = {
    "a word of the text exchanged": (swapped(GOOD, b"I agree to a smile.", b"I agree to it all. "), "altered"),
    "another page by an incremental update": (repainted(GOOD, "I agree to it all."), "altered"),
    "another value in a field": (filled_in(GOOD, "1"), "altered"),
    "signed over a part of the file only": (signed_in_part(a_pdf(), MIA), "partly-signed"),
    "bytes behind the end": (GOOD + b"\n% and training of machines\n", "partly-signed"),
    "signed by an unknown root": (signed(a_pdf(), an_authority("Stranger").certify("Mia")), "untrusted"),
    "signed again by a stranger after a change": (
        signed(repainted(GOOD, "I agree to it all."), an_authority("Stranger").certify("Mia"), "Again"),
        "altered",
    ),
    "the signature hidden": (without_fields(GOOD), "unsigned"),
    "no signature": (a_pdf(), "unsigned"),
    "cut off": (GOOD[:-200], "unreadable"),
    "no PDF inside": (b"%PDF-1.7\n" + bytes(5000), "unreadable"),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    with fast_derivations():
        made, _ = make_home(folder / "home")
    (made.path / "document-roots").mkdir()
    (made.path / "document-roots" / "root.pem").write_text(ROOT.pem)
    return made, made.ok("person", "add", "--alias", "Mia", "--adult")["id"]


def put(folder, data):
    file = folder / "release.pdf"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("name", ATTACKS)
def test_it_never_counts_as_signed(home, tmp_path, name):
    data, expected = ATTACKS[name]
    made, person = home
    code, said = made.run(
        "release", "add", EXAMPLES / "release.yaml", "--person", person, "--document", put(tmp_path, data)
    )
    assert (code, said["error"]) == (4, f"the document does not count as signed: {expected}")


def test_the_good_one_does(home, tmp_path):
    made, person = home
    code, said = made.run("document", "check", put(tmp_path, GOOD))
    assert (code, said["check"]["result"], said["check"]["root"]) == (0, "signed", ROOT.digest)
    made.ok("release", "add", EXAMPLES / "release.yaml", "--person", person, "--document", put(tmp_path, GOOD))
    assert made.run("log", "check")[0] == 0


@pytest.mark.parametrize("name", ["another page by an incremental update", "signed by an unknown root", "cut off"])
def test_to_call_it_a_scan_does_not_help(home, tmp_path, name):
    made, person = home
    code, said = made.run(
        "release", "add", EXAMPLES / "release.yaml", "--person", person,
        "--document", put(tmp_path, ATTACKS[name][0]), "--scan",
    )  # fmt: skip
    assert (code, said["error"]) == (4, f"the document does not count as signed: {ATTACKS[name][1]}")


def test_a_form_cannot_claim_an_e_signature(home, tmp_path):
    made, person = home
    draft = tmp_path / "claim.yaml"
    claim = "signatures:\n  - {role: person, name: Mia, method: e-signature, on: 2026-11-24}\n"
    draft.write_text((EXAMPLES / "release.yaml").read_text() + claim)
    code, said = made.run("release", "add", draft, "--person", person)
    assert (code, said["error"]) == (2, "the file claims an e-signature")
