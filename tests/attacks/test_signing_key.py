"""A key to sign with is guessed, used twice, used for another page, or the person's signature is made up by the house."""

import base64

import pytest
from agency import EXAMPLES
from studio import fast_derivations, make_home

from countenance.audit.record import Actor, record
from countenance.core.records.signing import Signing
from countenance.settings import Settings
from countenance.signing import signed_release
from countenance.wiring.office import Office, Secrets


@pytest.fixture
def home(tmp_path):
    with fast_derivations():
        yield make_home(tmp_path / "home")[0]


@pytest.fixture
def person(home):
    return home.ok("person", "add", "--alias", "Mia", "--adult", "--legal-name", "Mia Muster")["id"]


def invite(home, person, folder, draft=EXAMPLES / "release.yaml"):
    return home.ok("release", "invite", draft, "--person", person, "--out", folder)


def sign(home, key, *words):
    return home.run("release", "sign", "--token-file", key, "--yes", "--name", "Mia Muster", *words)


def test_guesses_are_refused_and_all_alike(home, person, tmp_path):
    invite(home, person, tmp_path / "a")
    token = (tmp_path / "a" / "key.txt").read_text().splitlines()[-1]
    zero = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    answers = []
    for guess in (
        token[:37] + zero,
        f"cs1_{'0' * 32}_{token[37:]}",
        token[:-2] + ("AA" if token[-2:] != "AA" else "QQ"),
    ):
        (tmp_path / "a" / "guess.txt").write_text(guess)
        answers.append(sign(home, tmp_path / "a" / "guess.txt"))
    assert {code for code, _ in answers} == {3}
    assert len({said["error"] for _, said in answers}) == 1
    assert "signing-key-unknown" in answers[0][1]["error"]


def test_a_page_whose_text_was_swapped(home, person, tmp_path):
    invite(home, person, tmp_path / "a")
    page = tmp_path / "a" / "page.html"
    page.write_bytes(page.read_bytes().replace(b"No teeth may be shown.", b"Teeth may be shown."))
    code, said = sign(home, tmp_path / "a" / "key.txt")
    assert code == 3
    assert "page-changed" in said["error"]


def test_a_key_of_another_draft(home, person, tmp_path):
    """The house shows one page and holds out the key of another."""
    invite(home, person, tmp_path / "narrow")
    invite(home, person, tmp_path / "wide", EXAMPLES / "release-wide.yaml")
    code, said = sign(home, tmp_path / "wide" / "key.txt", "--page", tmp_path / "narrow" / "page.html")
    assert code == 3
    assert "page-changed" in said["error"]


def test_a_key_serves_once(home, person, tmp_path):
    invite(home, person, tmp_path / "a")
    code, said = sign(home, tmp_path / "a" / "key.txt")
    assert code == 0
    code, said = sign(home, tmp_path / "a" / "key.txt")
    assert code == 3
    assert "signed-already" in said["error"]


def test_a_key_to_sign_with_withdraws_nothing_and_the_other_way_round(home, person, tmp_path):
    invite(home, person, tmp_path / "a")
    code, said = home.run("consent", "withdraw", "--token-file", tmp_path / "a" / "key.txt")
    assert (code, said["error"]) == (2, "there is no withdrawal key in it")
    _, said = sign(home, tmp_path / "a" / "key.txt", "--link", tmp_path / "own.txt")
    code, said = home.run("release", "sign", "--token-file", tmp_path / "own.txt")
    assert (code, said["error"]) == (2, "there is no key to sign with in it")


def test_the_draft_file_changed_after_the_invitation(home, person, tmp_path):
    """What counts was fixed: the file is not read again."""
    draft = tmp_path / "draft.yaml"
    draft.write_bytes((EXAMPLES / "release.yaml").read_bytes())
    invite(home, person, tmp_path / "a", draft)
    draft.write_bytes((EXAMPLES / "release-wide.yaml").read_bytes())
    code, said = sign(home, tmp_path / "a" / "key.txt")
    assert code == 0
    books = office_of(home).books
    assert books.release(said["release"]).grant.units.keys() == {"AU1", "AU2", "AU4", "AU12"}
    books.close()


def office_of(home):
    settings = Settings.load({"passphrase": "org", "operator_passphrase": "op", "home": home.path})
    return Office(settings, Secrets(settings, ask=str))


def test_the_persons_signature_cannot_be_made_up(home, person, tmp_path):
    """Whoever holds every key of the home can write a signing, but not one that the person's key has signed."""
    made = invite(home, person, tmp_path / "a")
    office = office_of(home)
    pen, invitation = office.pen(None), office.books.invitation(made["id"])
    signing = Signing(
        id=office.ids.new("signing"), invitation_id=invitation.id, person_id=person, release_id=invitation.draft.id,
        role="person", name="Mia Muster", way="page", at=office.clock.now(),
        **{name: getattr(invitation, name) for name in Signing.model_fields if name.endswith(("_digest", "_digests"))},
    )  # fmt: skip
    release = signed_release(invitation, signing)
    forger = Actor(id=invitation.id, key=pen.actor.key)
    with office.books.transaction():
        office.books.add(release)
        office.books.add(signing)
        for kind, body in (("signing", signing), ("model-release", release)):
            record(
                kind, body, subject=release.id, at=signing.at, actor=forger, log=office.books, log_key=pen.log_key,
                ids=office.ids,
            )  # fmt: skip
    office.write_log()
    office.books.close()
    code, said = home.run("log", "check")
    assert code == 6
    assert "does not hold" in said["error"]
