"""A person's own key, the status list, and the drafts, on a real database."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from countenance import desk
from countenance.adapters.books.sqlite import build
from countenance.audit.check import check_log
from countenance.audit.record import Actor
from countenance.core.lineage import Descendant
from countenance.errors import ConfigError, DeniedError
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.worlds import a_release, a_revocation, an_id
from countenance.toolkit.pen import Pen
from countenance.withdrawal import handed_out, issue_link, notices, open_link, withdraw_as_person


@pytest.fixture
def pen(tmp_path):
    books = build(tmp_path / "books.sqlite3", "log.example/desk")
    made = Pen(
        books=books,
        actor=Actor(id=an_id("organisation"), key=statement_key("claim")),
        log_key=log_key(),
        clock=FixedClock(step_ms=1),
        ids=SeededIds(),
    )
    desk.add_organisation(
        made, name="Studio", domain="", public_pem=made.actor.key.public_pem, log_public_pem=log_key().public_pem
    )
    yield made
    books.close()


@pytest.fixture
def release(pen):
    person = desk.add_person(pen, alias="A", adult=True, born=None)
    return desk.add_release(
        pen, person_id=person.id, grant=a_release().grant, signed_on=dt.date(2025, 1, 1), text="I agree"
    )


def persons(pen, actor):
    return Pen(books=pen.books, actor=actor, log_key=pen.log_key, clock=pen.clock, ids=pen.ids)


def test_the_person_withdraws_and_the_log_says_who(pen, release):
    _, token = issue_link(pen, release_id=release.id)
    link, actor = open_link(token, pen.books)
    made = withdraw_as_person(persons(pen, actor), link)
    assert (made.of_id, made.by, made.reason) == (release.id, "person", "")
    assert pen.books.revocations(release.id) == (made,)
    report = check_log(pen.books, log_key().public_pem, (), actor_key=pen.books.actor_key)
    assert report.opened == report.size == 5


def test_a_key_serves_once_and_so_do_the_others_of_its_release(pen, release):
    tokens = [issue_link(pen, release_id=release.id)[1] for _ in range(2)]
    link, actor = open_link(tokens[0], pen.books)
    withdraw_as_person(persons(pen, actor), link)
    for token in tokens:
        link, actor = open_link(token, pen.books)
        with pytest.raises(ConfigError, match="already"):
            withdraw_as_person(persons(pen, actor), link)
    with pytest.raises(ConfigError, match="already"):
        issue_link(pen, release_id=release.id)


def test_an_earlier_key_still_serves_after_a_later_one_was_made(pen, release):
    """Or whoever keeps the books could take a person's key away by making another."""
    first, _ = (issue_link(pen, release_id=release.id)[1] for _ in range(2))
    link, actor = open_link(first, pen.books)
    assert withdraw_as_person(persons(pen, actor), link).by == "person"
    assert len(pen.books.withdrawal_links(release.id)) == 2


def test_the_file_as_it_is_handed_out_is_a_key(pen, release):
    link, token = issue_link(pen, release_id=release.id)
    text = handed_out(token, organisation="Studio", release_id=release.id, valid_until="2030-01-01T00:00:00.000Z")
    assert open_link(text.replace("\n", "\r\n"), pen.books)[0] == link
    assert "ends after 2029-12-31 (UTC)" in text


def test_the_books_keep_no_half_that_signs(pen, release, tmp_path):
    _, token = issue_link(pen, release_id=release.id)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.rpartition("_")[2].encode() not in kept
    assert token[37:].encode() not in kept


@pytest.mark.parametrize("text", ["", "cw1_", "hello", "cw1_" + "0" * 32 + "_short"])
def test_what_is_no_key(pen, text):
    with pytest.raises(ConfigError, match="no withdrawal key"):
        open_link(text, pen.books)


def test_no_release_no_key(pen):
    with pytest.raises(ConfigError, match="no model release"):
        issue_link(pen, release_id=an_id("release", 9))


def test_a_revoked_operator_hands_out_no_keys(pen, release):
    key = statement_key("operator")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "op-1")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.private.public_key())
    built = built.serial_number(1).not_valid_before(dt.datetime(2026, 1, 1)).not_valid_after(dt.datetime(2036, 1, 1))
    pem = built.sign(key.private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    desk.add_operator(
        pen,
        operator_id=an_id("operator"),
        name="A",
        role="rights",
        pseudonym="op-1",
        certificate_pem=pem,
        own_passphrase=True,
    )
    desk.revoke_operator(pen, operator_id=an_id("operator"), reason="left")
    with pytest.raises(DeniedError, match="revoked"):
        issue_link(persons(pen, Actor(id=an_id("operator"), key=key)), release_id=release.id)


def a_descendant(number, **changes):
    values = {
        "edit_id": an_id("edit", number), "parent_id": None, "how": "edited", "generation": 1, "release_id": an_id("release"),
        "source_digest": "sha256:" + "0" * 64, "output_digest": f"sha256:{number:064x}", "manifest_id": f"urn:c2pa:{number}",
        "watermark_id": f"{number:09x}", "published_at": "2026-01-02T03:04:05.000Z", "log_index": number,
        "status_number": 1, "status_index": number, "path": f"/home/someone/out/{number}.jpg", "purpose": "film",
        "medium": "web", "territory": "DE", "client": None, "title_id": None,
    }  # fmt: skip
    return Descendant(**values | changes)


def test_one_draft_for_each_use_with_names_of_files_and_of_nobody():
    listed = [
        a_descendant(1),
        a_descendant(2),
        a_descendant(3, medium="print"),
        a_descendant(4, path=None, purpose=None),
    ]
    drafts = notices(a_revocation(an_id("release")), listed, organisation="Studio", effect="delete")
    assert list(drafts) == ["notice-print-film-DE.txt", "notice-use-unknown.txt", "notice-web-film-DE.txt"]
    web = drafts["notice-web-film-DE.txt"]
    assert "2 file(s)" in web
    assert all(word in web for word in ("1.jpg", "2.jpg", "urn:c2pa:1", "000000002", f"sha256:{2:064x}"))
    assert "someone" not in web
    assert an_id("release") not in web
    assert "file name not kept" in drafts["notice-use-unknown.txt"]


def test_nothing_published_nothing_to_send():
    assert notices(a_revocation(an_id("release")), [], organisation="Studio", effect=None) == {}


def test_one_draft_for_each_client_and_no_file_name_says_who():
    listed = [a_descendant(1, client="Sommer AG"), a_descendant(2, client="Kranz & Co"), a_descendant(3)]
    drafts = notices(a_revocation(an_id("release")), listed, organisation="Studio", effect="delete")
    assert list(drafts) == [
        "notice-web-film-DE.txt",
        "notice-client-1-web-film-DE.txt",
        "notice-client-2-web-film-DE.txt",
    ]
    kranz, sommer = drafts["notice-client-1-web-film-DE.txt"], drafts["notice-client-2-web-film-DE.txt"]
    assert "DRAFT - to: Kranz & Co" in kranz
    assert "Sommer" not in kranz
    assert "1.jpg" in sommer
    assert "2.jpg" not in sommer


@pytest.mark.parametrize(
    ("effect", "asked", "not_asked"),
    [
        ("delete", "delete every copy", "may go on"),
        ("stop-use", "stop using them", "delete"),
        ("future", "to no new use", "stop using"),
        (None, "no new use", "stop using"),
    ],
)
def test_a_draft_asks_for_what_the_release_says_and_for_no_more(effect, asked, not_asked):
    (draft,) = notices(a_revocation(an_id("release")), [a_descendant(1)], organisation="Studio", effect=effect).values()
    assert asked in draft
    assert not_asked not in draft
