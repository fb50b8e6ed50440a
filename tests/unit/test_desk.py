"""The acts on the books, on a real database."""

import datetime as dt
from datetime import date

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from countenance import desk
from countenance.adapters.books.sqlite import build
from countenance.audit.check import check_log
from countenance.audit.record import Actor
from countenance.core import envelope
from countenance.core.digest import of_file
from countenance.core.records.audit import Statement
from countenance.core.records.terms import Guardian, Retention, Signature
from countenance.errors import ConfigError, DeniedError, LogUnavailableError, StoreError
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.worlds import a_release, a_title, a_world, an_id
from countenance.toolkit.pen import Pen

ASSET = a_world().request.asset
OPERATOR = an_id("operator")
NOBODY = an_id("operator", 99)


def certificate(key):
    """A certificate of its own making, since the books take an operator's public key from one."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "op-1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.private.public_key())
    made = made.serial_number(1).not_valid_before(dt.datetime(2026, 1, 1)).not_valid_after(dt.datetime(2036, 1, 1))
    return made.sign(key.private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def books(tmp_path):
    made = build(tmp_path / "books.sqlite3", "log.example/desk")
    yield made
    made.close()


@pytest.fixture
def claim(books):
    """The organisation's pen, after its first act."""
    pen = Pen(
        books=books,
        actor=Actor(id=an_id("organisation"), key=statement_key("claim")),
        log_key=log_key(),
        clock=FixedClock(step_ms=1),
        ids=SeededIds(),
    )
    desk.add_organisation(
        pen,
        name="Studio",
        domain="studio.example",
        public_pem=pen.actor.key.public_pem,
        log_public_pem=log_key().public_pem,
    )
    return pen


def hire(claim, number=1, *, own=True):
    return desk.add_operator(
        claim,
        operator_id=an_id("operator", number),
        name="Ada",
        role="retoucher",
        pseudonym=f"op-{number}",
        certificate_pem=certificate(statement_key(f"operator {number}")),
        own_passphrase=own,
    )


@pytest.fixture
def pen(claim):
    """An operator's pen."""
    hire(claim)
    actor = Actor(id=OPERATOR, key=statement_key("operator 1"))
    return Pen(books=claim.books, actor=actor, log_key=claim.log_key, clock=claim.clock, ids=claim.ids)


@pytest.fixture
def person(pen):
    return desk.add_person(pen, alias="made-up", adult=True, born=None)


def release(pen, person_id):
    return desk.add_release(
        pen, person_id=person_id, grant=a_release().grant, signed_on=date(2026, 1, 1), text="I agree \u2013 really."
    )


def title(pen, *, faces=2, owner="Studio"):
    boxes = a_title(ASSET, faces).faces
    return desk.add_title(
        pen, asset=ASSET, fingerprint="0f", owner=owner, basis="own-work", alteration="yes", faces=boxes
    )


def statements(pen):
    """Every logged act, opened with the key of whoever is said to have signed it."""
    opened = []
    for entry in pen.books.entries(0, pen.books.size()):
        _, payload, _ = envelope.open_envelope(entry.envelope, [claimed_key(pen, entry.envelope)])
        opened.append(Statement.from_bytes(payload))
    return opened


def claimed_key(pen, signed):
    actor = Statement.from_bytes(envelope._parse(signed)[1]).actor
    return pen.books.actor_key(actor)


def check(pen):
    return check_log(pen.books, log_key().public_pem, [], actor_key=pen.books.actor_key)


def test_every_act_is_logged_and_signed_by_its_actor(pen, person):
    given = release(pen, person.id)
    made = title(pen)
    tie = desk.tie_face(pen, asset_digest=ASSET.digest_of_file, face=0, release_id=given.id)
    gone = desk.withdraw(pen, release_id=given.id, reason="asked to")
    logged = statements(pen)
    assert [(one.kind, one.actor, one.subject) for one in logged] == [
        ("organisation", an_id("organisation"), an_id("organisation")),
        ("operator", an_id("organisation"), OPERATOR),
        ("person", OPERATOR, person.id),
        ("model-release", OPERATOR, given.id),
        ("title", OPERATOR, made.id),
        ("face-tie", OPERATOR, made.id),
        ("revocation", OPERATOR, given.id),
    ]
    assert [one.body for one in logged[2:]] == [one.to_json() for one in (person, given, made, tie, gone)]
    report = check(pen)
    assert (report.size, report.opened, report.unchecked, report.erased) == (7, 7, 0, 0)


def test_the_record_and_its_statement_share_an_instant(pen, person):
    assert statements(pen)[-1].at == person.added_at


def test_an_act_that_the_books_refuse_is_not_logged(claim):
    size = claim.books.size()
    with pytest.raises(ConfigError):
        desk.add_organisation(claim, name="Other", domain="", public_pem="", log_public_pem="")
    assert claim.books.size() == size


def test_an_act_that_cannot_be_logged_is_not_kept(pen):
    pen.clock.advance(-60_000)
    with pytest.raises(LogUnavailableError, match="clock"):
        desk.add_person(pen, alias="made-up", adult=True, born=None)
    assert pen.books.persons() == ()
    assert check(pen).size == 2


def test_the_same_operator_twice(claim):
    hire(claim)
    with pytest.raises(StoreError):
        hire(claim)
    assert [one.id for one in claim.books.operators()] == [OPERATOR]


@pytest.mark.parametrize(("own", "kept"), [(True, "own"), (False, "shared")])
def test_whose_passphrase_is_kept(claim, own, kept):
    assert hire(claim, own=own).passphrase == kept


@pytest.mark.parametrize(
    ("adult", "born", "grown"),
    [
        (True, None, True),
        (False, None, False),
        (False, date(2000, 1, 1), True),
        (True, date(2008, 1, 3), False),
        (False, date(2008, 1, 2), True),
    ],
)
def test_a_day_of_birth_says_more_than_a_declaration(pen, adult, born, grown):
    """The clock stands at 2026-01-02."""
    made = desk.add_person(pen, alias="made-up", adult=adult, born=born)
    assert made.adult is grown
    assert pen.books.person(made.id) == made


def test_a_release_binds_the_exact_text(pen, person):
    given = release(pen, person.id)
    assert given.text_digest == of_file("I agree \u2013 really.".encode())
    assert pen.books.release(given.id) == given


def test_a_release_of_nobody(pen):
    with pytest.raises(ConfigError, match="no depicted person") as refused:
        release(pen, an_id("person", 99))
    assert "person add" in refused.value.hint
    assert pen.books.size() == 2


def test_a_later_title_takes_the_place_of_the_earlier(pen):
    title(pen, owner="First")
    title(pen, owner="Second")
    assert pen.books.title_of(ASSET.digest_of_file).owner == "Second"


def test_the_newest_tie_of_a_face_counts(pen, person):
    given = release(pen, person.id)
    made = title(pen)
    desk.tie_face(pen, asset_digest=ASSET.digest_of_file, face=1, release_id=given.id)
    desk.tie_face(pen, asset_digest=ASSET.digest_of_file, face=1, release_id=None)
    assert [(tie.face, tie.release_id) for tie in pen.books.ties(made.id)] == [(1, None)]


@pytest.mark.parametrize(
    ("asset_digest", "face", "release_id", "said"),
    [
        (of_file(b"another picture"), 0, None, "no title"),
        (ASSET.digest_of_file, 2, None, "no face 2"),
        (ASSET.digest_of_file, -1, None, "no face -1"),
        (ASSET.digest_of_file, 0, an_id("release", 99), "no model release"),
    ],
)
def test_no_tie_to_what_is_not_there(pen, asset_digest, face, release_id, said):
    made = title(pen)
    size = pen.books.size()
    with pytest.raises(ConfigError, match=said):
        desk.tie_face(pen, asset_digest=asset_digest, face=face, release_id=release_id)
    assert pen.books.ties(made.id) == ()
    assert pen.books.size() == size


def test_a_release_is_withdrawn_once(pen, person):
    given = release(pen, person.id)
    gone = desk.withdraw(pen, release_id=given.id, reason="asked to")
    size = pen.books.size()
    with pytest.raises(ConfigError, match="already"):
        desk.withdraw(pen, release_id=given.id, reason="again")
    assert pen.books.revocations(given.id) == (gone,)
    assert pen.books.size() == size


@pytest.mark.parametrize("wrong", [an_id("release", 99), OPERATOR])
def test_only_a_release_is_withdrawn(pen, wrong):
    with pytest.raises(ConfigError, match="no model release"):
        desk.withdraw(pen, release_id=wrong, reason="")
    assert pen.books.revocations(wrong) == ()


def test_an_operator_is_revoked_once(claim, pen):
    gone = desk.revoke_operator(claim, operator_id=OPERATOR, reason="left")
    assert (gone.of_id, gone.reason) == (OPERATOR, "left")
    with pytest.raises(ConfigError, match="already"):
        desk.revoke_operator(claim, operator_id=OPERATOR, reason="left")
    assert len(pen.books.revocations(OPERATOR)) == 1


def test_only_an_operator_is_revoked(claim, pen, person):
    given = release(pen, person.id)
    for wrong in (NOBODY, given.id):
        with pytest.raises(ConfigError, match="no operator"):
            desk.revoke_operator(claim, operator_id=wrong, reason="")


def test_who_acts(claim):
    with pytest.raises(ConfigError, match="there is no operator"):
        desk.default_operator(claim.books, None)
    first = hire(claim)
    assert desk.default_operator(claim.books, None) == first
    second = hire(claim, 2)
    with pytest.raises(ConfigError, match="2 operators"):
        desk.default_operator(claim.books, None)
    assert desk.default_operator(claim.books, second.id) == second
    with pytest.raises(ConfigError, match="is no operator here"):
        desk.default_operator(claim.books, NOBODY)
    desk.revoke_operator(claim, operator_id=first.id, reason="left")
    assert desk.default_operator(claim.books, None) == second
    with pytest.raises(DeniedError, match="operator-revoked"):
        desk.default_operator(claim.books, first.id)
    assert desk.find_operator(claim.books, first.id) == first, "an edit's refusal is decided by the rules, and logged"
    desk.revoke_operator(claim, operator_id=second.id, reason="left")
    with pytest.raises(DeniedError, match="every operator to act has been revoked"):
        desk.default_operator(claim.books, None)


def test_a_revoked_operator_changes_nothing_even_with_the_pen_in_hand(claim, pen, person):
    given = release(pen, person.id)
    title(pen)
    desk.revoke_operator(claim, operator_id=OPERATOR, reason="left")
    size = pen.books.size()
    for act in (
        lambda: desk.add_person(pen, alias="other", adult=True, born=None),
        lambda: release(pen, person.id),
        lambda: title(pen),
        lambda: desk.tie_face(pen, asset_digest=ASSET.digest_of_file, face=0, release_id=given.id),
        lambda: desk.withdraw(pen, release_id=given.id, reason=""),
    ):
        with pytest.raises(DeniedError, match="operator-revoked") as refused:
            act()
        assert refused.value.exit_code == 3
    assert pen.books.size() == size


def test_days_in_the_future_are_refused(pen, person):
    """The clock stands at 2026-01-02."""
    size, grant = pen.books.size(), a_release().grant
    with pytest.raises(ConfigError, match="the day of birth lies in the future"):
        desk.add_person(pen, alias="A", adult=False, born=date(2026, 1, 3))
    with pytest.raises(ConfigError, match="the day of signing lies in the future"):
        desk.add_release(pen, person_id=person.id, grant=grant, signed_on=date(2026, 1, 3), text="I agree.")
    assert pen.books.size() == size
    desk.add_release(pen, person_id=person.id, grant=grant, signed_on=date(2026, 1, 2), text="I agree.")


WORDS = [("", "is empty"), ("x" * 201, "is longer than 200"), ("\ud800", "no text")]


@pytest.mark.parametrize(("wrong", "said"), WORDS)
def test_words_that_the_books_cannot_take(claim, pen, person, wrong, said):
    given, size = release(pen, person.id), pen.books.size() + 1
    for field, act in (
        ("alias", lambda: desk.add_person(pen, alias=wrong, adult=True, born=None)),
        ("owner", lambda: title(pen, owner=wrong)),
        ("reason", lambda: desk.withdraw(pen, release_id=given.id, reason=5 * wrong or "\ud800")),
    ):
        with pytest.raises(ConfigError, match=f"`{field}`") as refused:
            act()
        assert field == "reason" or said in refused.value.message
    with pytest.raises(ConfigError, match="`name`"):
        desk.check_name(wrong)
    with pytest.raises(ConfigError, match="`text`"):
        desk.add_release(
            pen,
            person_id=person.id,
            grant=given.grant,
            signed_on=given.signed_on,
            text=600 * wrong + "\ud800" * (wrong == ""),
        )
    assert pen.books.size() == size - 1


@pytest.mark.parametrize("wrong", ["a b", "stu+dio", "st\u00fcdio.example", "a/b", "a" * 254, "\ud800", "a\n"])
def test_a_domain_that_cannot_name_a_log(wrong):
    with pytest.raises(ConfigError, match="`domain`"):
        desk.check_domain(wrong)


def test_a_domain():
    desk.check_domain("")
    desk.check_domain("log-1.Studio.example")


def again(pen, given, *, granted=None, **said):
    """The next version of a release, in which something is different."""
    told = {"person_id": None, "grant": given.grant.model_copy(update=granted or {}), "signed_on": given.signed_on}
    return desk.supersede_release(pen, release_id=given.id, text=given.text, **{**told, **said})


def test_a_release_is_kept_whole_with_who_registered_it(pen, person):
    terms = {"counterparty": "Agency", "retention": Retention(years_after_end=1, why="w"), "registered_by": NOBODY}
    given = desk.add_release(
        pen, person_id=person.id, grant=a_release().grant, signed_on=date(2026, 1, 1), text="I agree.", terms=terms
    )
    assert (given.counterparty, given.registered_by, given.version) == ("Agency", OPERATOR, 1)
    assert pen.books.release(given.id) == given


def test_a_version_supersedes_and_the_ones_before_stay(pen, person):
    given = release(pen, person.id)
    narrower, found = again(pen, given, granted={"purposes": ("advertising",)}, person_id=person.id)
    assert (narrower.id, narrower.version, narrower.person_id) == (given.id, 2, person.id)
    assert pen.books.release_versions(given.id) == (given, narrower)
    assert found.adds == ()
    wider, found = again(pen, narrower, granted={"teeth_visible": True}, signed_on=date(2026, 1, 2))
    assert (wider.version, found.adds, pen.books.release(given.id)) == (3, ("visible teeth",), wider)
    assert check(pen).opened == check(pen).size


def test_a_version_with_less_behind_it_may_only_take_away(pen, person):
    signed = (Signature(role="person", name="P", method="e-signature", on=date(2026, 1, 1)),)
    grant = a_release().grant
    given = desk.add_release(
        pen, person_id=person.id, grant=grant, signed_on=date(2026, 1, 1), text="I agree.", terms={"signatures": signed}
    )
    with pytest.raises(ConfigError, match="the version before has the e-signature, the signatures behind it"):
        again(pen, given, granted={"teeth_visible": True}, signed_on=date(2026, 1, 2))
    with pytest.raises(ConfigError, match="the e-signature"):
        again(pen, given, signed_on=date(2026, 1, 2))
    narrower, _ = again(pen, given, granted={"valid_until": "2027-06-01T00:00:00.000Z"})
    assert narrower.signatures is None


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"release_id": an_id("release", 99)}, ConfigError, "no model release"),
        ({"person_id": an_id("person", 99)}, ConfigError, "another person's"),
        ({"granted": {"teeth_visible": True}}, ConfigError, "permits more .visible teeth."),
        ({"signed_on": date(2026, 1, 3)}, ConfigError, "future"),
        ({"terms": {"notice_given_at": "2026-01-03T00:00:00.000Z"}}, ConfigError, "notice was given in the future"),
        (
            {"terms": {"signatures": (Signature(role="person", name="P", method="pdf", on=date(2026, 1, 3)),)}},
            ConfigError,
            "day of a signature",
        ),
        ({"terms": {"counterparty": ""}}, ConfigError, "`counterparty` is empty"),
    ],
)
def test_no_version_that_would_not_hold(pen, person, changed, error, said):
    given = release(pen, person.id)
    size = pen.books.size()
    release_id = changed.pop("release_id", given.id) if "release_id" in changed else given.id
    with pytest.raises(error, match=said):
        again(pen, given.model_copy(update={"id": release_id}), **changed)
    assert (pen.books.size(), pen.books.release(given.id)) == (size, given)


def test_no_version_brings_a_withdrawn_release_back(pen, person):
    given = release(pen, person.id)
    desk.withdraw(pen, release_id=given.id, reason="")
    size = pen.books.size()
    with pytest.raises(DeniedError, match="release-withdrawn"):
        again(pen, given, signed_on=date(2026, 1, 2))
    assert pen.books.size() == size


def test_what_is_newly_known_of_a_person_is_their_next_version(pen, person):
    now = desk.change_person(pen, person_id=person.id, said={"legal_name": "Mia", "born": date(2010, 1, 1)})
    assert (now.id, now.version, now.alias, now.adult, now.legal_name) == (person.id, 2, "made-up", False, "Mia")
    then = desk.change_person(pen, person_id=person.id, said={"country": "DE"})
    assert (then.version, then.legal_name, then.country) == (3, "Mia", "DE")
    assert pen.books.person_versions(person.id) == (person, now, then)
    for said, wrong in (({"country": "DE"}, "nothing"), ({"country": "Germany"}, "`country`"), ({}, "nothing")):
        with pytest.raises(ConfigError, match=wrong):
            desk.change_person(pen, person_id=person.id, said=said)
    with pytest.raises(ConfigError, match="no depicted person"):
        desk.change_person(pen, person_id=an_id("person", 99), said={"country": "DE"})
    assert pen.books.person(person.id) == then


def test_a_person_is_added_with_details(pen):
    details = {"legal_name": "Mia", "guardian": Guardian(name="G", relation="mother")}
    made = desk.add_person(pen, alias="A", adult=False, born=date(2015, 1, 1), details=details)
    assert pen.books.person(made.id) == made
    assert (made.legal_name, made.guardian.name, made.version) == ("Mia", "G", None)
