"""The acts: invite, sign, approve, on a real database; what is fixed, and what no longer fits."""

import datetime as dt

import pytest

from countenance import desk
from countenance.adapters.books.sqlite import build
from countenance.audit.check import check_log
from countenance.audit.record import Actor
from countenance.core import digest
from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.terms import Guardian, Signature
from countenance.errors import ConfigError, DeniedError
from countenance.signing import (
    Shown,
    approve_picture,
    cancel,
    draft_for,
    invite,
    key_file,
    open_invitation,
    require_open,
    sign,
    state_of_invitation,
)
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.worlds import AT, a_release, an_id
from countenance.toolkit.pen import Pen
from countenance.withdrawal import issue_link, open_link, withdraw_as_person

PAGE = b"<html>what was shown</html>"
SHOWN = Shown(
    page=digest.of_file(PAGE), sheets=(digest.of_file(b"sheet"),), cells=(digest.of_file(b"1"), digest.of_file(b"2"))
)


@pytest.fixture
def pen(tmp_path):
    books = build(tmp_path / "books.sqlite3", "log.example/desk")
    made = Pen(
        books=books,
        actor=Actor(id=an_id("organisation"), key=statement_key("claim")),
        log_key=log_key(),
        clock=FixedClock(AT, step_ms=1),
        ids=SeededIds(),
    )
    desk.add_organisation(
        made, name="Studio", domain="", public_pem=made.actor.key.public_pem, log_public_pem=log_key().public_pem
    )
    yield made
    books.close()


@pytest.fixture
def person(pen):
    return desk.add_person(pen, alias="M", adult=True, born=None, details={"legal_name": "Mia Muster"})


def held_by(pen, actor, at=None):
    clock = FixedClock(at, step_ms=1) if at else pen.clock
    return Pen(books=pen.books, actor=actor, log_key=pen.log_key, clock=clock, ids=pen.ids)


def invited(pen, person, days=14, **changes):
    draft, role = draft_for(pen, person, a_release().model_copy(update=changes))
    return invite(pen, draft=draft, role=role, shown=SHOWN, days=days)


def test_the_person_signs_with_their_own_key(pen, person):
    made, token = invited(pen, person)
    invitation, actor = open_invitation(token, pen.books)
    assert invitation == made
    signing, release = sign(held_by(pen, actor), invitation, name=" mia  MUSTER ", page=PAGE, way="command-line")
    assert (signing.name, signing.role, signing.release_id) == ("mia  MUSTER", "person", release.id)
    assert (signing.sheet_digests, signing.cell_digests, signing.page_digest) == (SHOWN.sheets, SHOWN.cells, SHOWN.page)
    assert signing.draft_digest == made.draft.digest()
    assert pen.books.release(release.id) == release
    assert pen.books.signing_of(invitation.id) == signing
    (signature,) = release.signatures
    assert (signature.method, signature.document, signature.on) == ("e-signature", SHOWN.page, dt.date(2027, 3, 1))
    same = {"signatures": None, "signed_on": made.draft.signed_on, "added_at": made.draft.added_at}
    assert release.model_copy(update=same) == made.draft


def test_the_log_holds_and_says_that_the_person_signed(pen, person):
    _, token = invited(pen, person)
    invitation, actor = open_invitation(token, pen.books)
    sign(held_by(pen, actor), invitation, name="Mia Muster", page=PAGE, way="page")
    report = check_log(pen.books, log_key().public_pem, (), actor_key=pen.books.actor_key)
    assert report.opened == report.size == 5  # organisation, person, invitation, signing, release
    assert pen.books.actor_key(invitation.id) == invitation.public_pem


def test_once(pen, person):
    _, token = invited(pen, person)
    invitation, actor = open_invitation(token, pen.books)
    own = held_by(pen, actor)
    sign(own, invitation, name="Mia Muster", page=PAGE, way="page")
    with pytest.raises(DeniedError, match="signed-already"):
        sign(own, invitation, name="Mia Muster", page=PAGE, way="page")


def test_too_late(pen, person):
    _, token = invited(pen, person, days=1)
    invitation, actor = open_invitation(token, pen.books)
    late = held_by(pen, actor, at="2027-03-02T12:00:01.000Z")
    with pytest.raises(DeniedError, match="invitation-expired"):
        sign(late, invitation, name="Mia Muster", page=PAGE, way="page")
    assert pen.books.release(invitation.draft.id) is None


@pytest.mark.parametrize(
    ("changes", "page", "code"),
    [
        ({}, PAGE + b" ", "page-changed"),
        ({"draft_digest": digest.of_file(b"")}, PAGE, "draft-changed"),
        ({"text_digest": digest.of_file(b"")}, PAGE, "text-changed"),
        ({"person_id": an_id("person", 9)}, PAGE, "person-unknown"),
    ],
)
def test_what_no_longer_fits(pen, person, changes, page, code):
    made, _ = invited(pen, person)
    with pytest.raises(DeniedError, match=code):
        require_open(pen.books, made.model_copy(update=changes), page=page, at=AT)


def test_another_persons_draft(pen, person):
    made, _ = invited(pen, person)
    other = desk.add_person(pen, alias="O", adult=True, born=None)
    with pytest.raises(DeniedError, match="person-differs"):
        require_open(pen.books, made.model_copy(update={"person_id": other.id}), page=PAGE, at=AT)


@pytest.mark.parametrize("name", ["", "  ", "Mia", "Mia Mustermann"])
def test_the_name_is_the_one_on_file(pen, person, name):
    _, token = invited(pen, person)
    invitation, actor = open_invitation(token, pen.books)
    with pytest.raises(ConfigError, match="name"):
        sign(held_by(pen, actor), invitation, name=name, page=PAGE, way="page")


def test_a_draft_claims_no_signature_and_has_not_ended(pen, person):
    claimed = Signature(role="person", name="Mia", method="in-person", on=dt.date(2027, 1, 1))
    with pytest.raises(ConfigError, match="claims signatures"):
        invited(pen, person, signatures=(claimed,))
    grant = a_release().grant.model_copy(update={"valid_until": AT})
    with pytest.raises(ConfigError, match="ended"):
        invited(pen, person, grant=grant)


@pytest.mark.parametrize("days", [0, 91])
def test_how_long(pen, person, days):
    with pytest.raises(ConfigError, match="1 to 90 days"):
        invited(pen, person, days=days)


def test_for_a_minor_the_guardian_signs(pen):
    child = desk.add_person(pen, alias="K", adult=False, born=dt.date(2015, 1, 1))
    with pytest.raises(ConfigError, match="names no guardian"):
        invited(pen, child)
    made, token = invited(pen, child, guardian=Guardian(name="Eva Muster", relation="mother"))
    assert made.role == "guardian"
    invitation, actor = open_invitation(token, pen.books)
    with pytest.raises(ConfigError, match="the one on file"):
        sign(held_by(pen, actor), invitation, name="K", page=PAGE, way="page")
    signing, release = sign(held_by(pen, actor), invitation, name="Eva Muster", page=PAGE, way="page")
    assert signing.role == release.signatures[0].role == "guardian"


def test_who_came_of_age_signs_for_themselves(pen):
    child = desk.add_person(pen, alias="K", adult=False, born=dt.date(2009, 3, 5))
    made, _ = invited(pen, child, guardian=Guardian(name="Eva Muster", relation="mother"))
    with pytest.raises(DeniedError, match="signer-differs"):
        require_open(pen.books, made, page=PAGE, at="2027-03-06T00:00:00.000Z")


def test_nobody_signs_for_the_dead(pen):
    gone = desk.add_person(pen, alias="D", adult=True, born=None, details={"deceased_on": dt.date(2026, 1, 1)})
    with pytest.raises(ConfigError, match="died"):
        invited(pen, gone)


@pytest.mark.parametrize("text", ["", "cs1_", "cw1_" + "0" * 32 + "_" + "A" * 43, "cs1_" + "0" * 32 + "_short"])
def test_what_is_no_key(pen, text):
    with pytest.raises(ConfigError, match="no key to sign with"):
        open_invitation(text, pen.books)


def test_the_file_as_it_is_handed_out_is_a_key(pen, person):
    made, token = invited(pen, person)
    text = key_file(token, made, organisation="Studio")
    assert open_invitation(text.replace("\n", "\r\n"), pen.books)[0] == made
    assert made.expires_at in text


def test_the_books_keep_no_half_that_signs(pen, person, tmp_path):
    _, token = invited(pen, person)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token[37:].encode() not in kept


@pytest.fixture
def held(pen, person):
    """A picture with a face of theirs, and their key to withdraw: asset's digest, link, actor."""
    _, token = invited(pen, person)
    invitation, actor = open_invitation(token, pen.books)
    _, release = sign(held_by(pen, actor), invitation, name="Mia Muster", page=PAGE, way="page")
    _, own = issue_link(held_by(pen, actor), release_id=release.id)
    asset = Asset(digest_of_file=digest.of_file(b"p"), media_type="image/jpeg", width_px=9, height_px=9, size_bytes=1)
    face = FaceBox(number=0, x0_px=0, y0_px=0, x1_px=5, y1_px=5)
    desk.add_title(
        pen, asset=asset, fingerprint="phash:0", owner="S", basis="own-work", alteration="yes", faces=(face,)
    )
    desk.tie_face(pen, asset_digest=asset.digest_of_file, face=0, release_id=release.id)
    return asset.digest_of_file, *open_link(own, pen.books)


def test_the_person_approves_a_picture(pen, held):
    picture, link, actor = held
    made = approve_picture(held_by(pen, actor), link, asset_digest=picture, units={"AU12": 400}, days=30)
    assert (made.of, made.by_person, made.by, made.release_id) == ("picture", True, link.id, link.release_id)
    assert made.units == {"AU12": 400}
    report = check_log(pen.books, log_key().public_pem, (), actor_key=pen.books.actor_key)
    assert report.opened == report.size


def test_the_person_approves_nothing_else(pen, held):
    picture, link, actor = held
    own = held_by(pen, actor)
    with pytest.raises(ConfigError, match="nothing to approve"):
        approve_picture(own, link, asset_digest=digest.of_file(b"another"), units={"AU12": 400}, days=30)
    with pytest.raises(ConfigError, match="nothing to approve"):
        approve_picture(own, link, asset_digest=picture, units={}, days=30)
    withdraw_as_person(own, link)
    with pytest.raises(DeniedError, match="release-ended"):
        approve_picture(own, link, asset_digest=picture, units={"AU12": 400}, days=30)


def signed(pen, person, before=None):
    draft, role = draft_for(pen, person, a_release(), before=before)
    made, token = invite(pen, draft=draft, role=role, shown=SHOWN, days=14)
    return made, lambda: sign(
        held_by(pen, open_invitation(token, pen.books)[1]), made, name="Mia Muster", page=PAGE, way="page"
    )


def test_the_next_version_of_a_release_is_signed_by_invitation(pen, person):
    first = signed(pen, person)[1]()[1]
    made, sign_it = signed(pen, person, before=first)
    assert (made.draft.id, made.draft.version) == (first.id, 2)
    assert pen.books.release(first.id) == first
    second = sign_it()[1]
    assert (second.id, second.version) == (first.id, 2)
    assert pen.books.release(first.id) == second
    assert pen.books.release_versions(first.id) == (first, second)
    assert [one.invitation_id for one in pen.books.signings(first.id)][1] == made.id
    check_log(pen.books, log_key().public_pem, (), actor_key=pen.books.actor_keys)


def test_of_two_invitations_to_one_version_only_one_can_be_signed(pen, person):
    first = signed(pen, person)[1]()[1]
    (_, one), (_, other) = signed(pen, person, before=first), signed(pen, person, before=first)
    one()
    with pytest.raises(DeniedError, match="version-differs"):
        other()
    assert pen.books.release(first.id).version == 2


def test_a_withdrawn_release_is_not_superseded_by_signing(pen, person):
    first = signed(pen, person)[1]()[1]
    sign_it = signed(pen, person, before=first)[1]
    desk.withdraw(pen, release_id=first.id, reason="")
    with pytest.raises(DeniedError, match="release-withdrawn"):
        sign_it()
    with pytest.raises(DeniedError, match="release-withdrawn"):
        draft_for(pen, person, a_release(), before=first)


def test_a_release_of_somebody_else_is_not_superseded(pen, person):
    first = signed(pen, person)[1]()[1]
    other = desk.add_person(pen, alias="Z", adult=True, born=None)
    with pytest.raises(ConfigError, match="another person's"):
        draft_for(pen, other, a_release(), before=first)


def test_a_cancelled_invitation_cannot_be_signed(pen, person):
    made, sign_it = signed(pen, person)
    assert state_of_invitation(pen.books, made, AT) == "open"
    ended = cancel(pen, made.id)
    assert (ended.of_id, ended.reason, ended.by) == (made.id, "", "operator")
    assert state_of_invitation(pen.books, made, AT) == "cancelled"
    with pytest.raises(DeniedError):
        sign_it()
    assert pen.books.release(made.draft.id) is None
    with pytest.raises(DeniedError, match="invitation-cancelled"):
        require_open(pen.books, made, page=PAGE, at=AT)
    with pytest.raises(ConfigError, match="cancelled already"):
        cancel(pen, made.id)


def test_what_was_signed_is_not_cancelled(pen, person):
    made, sign_it = signed(pen, person)
    sign_it()
    with pytest.raises(ConfigError, match="signed already"):
        cancel(pen, made.id)
    assert state_of_invitation(pen.books, made, AT) == "signed"
    other = signed(pen, person)[0]
    assert state_of_invitation(pen.books, other, other.expires_at) == "expired"
    with pytest.raises(ConfigError, match="no invitation"):
        cancel(pen, an_id("invitation", 9))
