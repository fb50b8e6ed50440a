"""A withdrawal key is guessed, taken from another release, used twice, or its act is made up by those who keep the books."""

import base64

import pytest
from agency import EXAMPLES

from countenance.audit.record import Actor, record
from countenance.core.records.consent import Revocation
from countenance.settings import Settings
from countenance.wiring.office import Office, Secrets
from countenance.withdrawal import issue_link


@pytest.fixture
def token(agency, tmp_path):
    return agency.ok("consent", "link", agency.release)["token"]


def by_token(agency, tmp_path, text, *words):
    file = tmp_path / "key.txt"
    file.write_text(text)
    return agency.run("consent", "withdraw", *words, "--token-file", file)


def guesses(token):
    head, seed = token[:37], token[37:]
    other = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    return [head + other, "cw1_" + "0" * 32 + "_" + seed, head + seed[:-2] + ("AA" if seed[-2:] != "AA" else "QQ")]


def test_guesses_are_refused_and_all_alike(agency, tmp_path, token):
    answers = [by_token(agency, tmp_path, guess) for guess in guesses(token)]
    assert {answer.code for answer in answers} == {3}
    assert len({answer.json["error"] for answer in answers}) == 1
    assert "withdrawal-key-unknown" in answers[0].json["error"]
    assert agency.ok("trace", agency.release)["persons"][0]["releases"][0]["state"] == "active"


def test_a_key_withdraws_its_own_release_only(agency, tmp_path, token):
    other = agency.ok("release", "add", EXAMPLES / "release.yaml", "--person", agency.person)["id"]
    answer = by_token(agency, tmp_path, token, other)
    assert (answer.code, answer.json["error"]) == (2, "the key is for another release")


def test_a_key_serves_once(agency, tmp_path, token):
    assert by_token(agency, tmp_path, token).code == 0
    again = by_token(agency, tmp_path, token)
    assert again.code == 2
    assert "already" in again.json["error"]


def test_the_persons_act_cannot_be_made_up(agency, tmp_path, token):
    """Whoever holds every key of the home can write a withdrawal, but not one that the person's key has signed."""
    settings = Settings.load({**agency.secrets, "home": agency.home})
    office = Office(settings, Secrets(settings, ask=str))
    pen = office.pen(None)
    link, _ = issue_link(pen, release_id=agency.release)
    forger = Actor(id=link.id, key=pen.actor.key)
    at = office.clock.now()
    made = Revocation(id=office.ids.new("revocation"), of_id=agency.release, by="person", at=at)
    with office.books.transaction():
        office.books.add(made)
        record(
            "revocation",
            made,
            subject=made.of_id,
            at=at,
            actor=forger,
            log=office.books,
            log_key=pen.log_key,
            ids=office.ids,
        )
    office.write_log()
    answer = agency.run("log", "check")
    assert answer.code == 6
    assert "does not hold" in answer.json["error"]
