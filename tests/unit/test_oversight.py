"""The second pair of eyes, on a real database."""

import pytest
from house import BLACK, DOCUMENT, a_picture, make_house

from countenance import desk, oversight
from countenance.audit.check import check_log
from countenance.core.clock import later
from countenance.core.digest import of_file
from countenance.errors import ConfigError, DeniedError
from countenance.testing.log_keys import log_key
from countenance.testing.worlds import AT, a_world, an_id

ASSET = a_world().request.asset


@pytest.fixture
def house(tmp_path):
    made = make_house(tmp_path)
    yield made
    made.books.close()


def approve(house, role="approver", **changes):
    said = {"of": "alteration", "asset_digest": ASSET.digest_of_file, "reason": "asked for", "document": DOCUMENT}
    return oversight.approve(house.pen(role), operator=house.operators[role], **{**said, **changes})


def logged(house):
    books = house.books
    report = check_log(books, log_key().public_pem, [], actor_key=books.actor_key)
    assert report.opened == report.size
    return next(entry.leaf for entry in books.entries(books.size() - 1, books.size()))


def test_an_approval_is_kept_and_logged(house):
    house.title()
    made = approve(house)
    assert house.books.approvals(ASSET.digest_of_file) == (made,)
    assert made.by == house.operators["approver"].id
    assert made.valid_until == later(made.at, seconds=30 * 86_400)
    assert b'"kind":"approval"' in logged(house)


@pytest.mark.parametrize("role", ["retoucher", "rights"])
def test_only_an_approver_approves(house, role):
    house.title()
    with pytest.raises(DeniedError, match="role approver may approve"):
        approve(house, role)
    assert house.books.approvals(ASSET.digest_of_file) == ()


def test_what_cannot_be_approved(house):
    with pytest.raises(ConfigError, match="no title"):
        approve(house)
    house.title()
    with pytest.raises(ConfigError, match="no model release"):
        approve(house, release_id=an_id("release", 9))
    for until in (AT, "2029-01-01T00:00:00.000Z"):
        with pytest.raises(ConfigError, match="would end"):
            approve(house, until=until)
    with pytest.raises(ConfigError, match="`reason` is empty"):
        approve(house, reason="")


def test_a_revoked_approver_approves_no_more(house):
    house.title()
    desk.revoke_operator(house.claim, operator_id=house.operators["approver"].id, reason="left")
    with pytest.raises(DeniedError, match="operator-revoked"):
        approve(house)


def test_what_a_person_approved_is_recorded_with_its_changes(house):
    _, release = house.tied()
    made = approve(house, of="picture", release_id=release.id, units={"AU12": 400})
    assert made.units == {"AU12": 400}
    assert not made.by_person
    assert approve(house, of="picture", units={"AU12": 400}).release_id == release.id  # the picture has no other


def test_a_persons_yes_is_under_a_release(house):
    house.title()
    with pytest.raises(ConfigError, match="under which release"):
        approve(house, of="picture", units={"AU12": 400})


def test_a_dispute_freezes_a_title_or_a_release_until_it_is_settled(house):
    title, release = house.tied()
    for of_id in (title.id, release.id):
        opened = oversight.dispute(house.pen("retoucher"), of_id=of_id, reason="says it is theirs")
        assert b'"kind":"dispute"' in logged(house)
        settle(house, "retoucher", opened.id)
        assert [one.settles for one in house.books.disputes(of_id)] == [None, opened.id]
        with pytest.raises(ConfigError, match="settled already"):
            settle(house, "approver", opened.id)


def settle(house, role, dispute_id):
    return oversight.settle(
        house.pen(role), operator=house.operators[role], dispute_id=dispute_id, reason="it was not", document=DOCUMENT
    )


def test_nothing_else_is_disputed_or_settled(house):
    with pytest.raises(ConfigError, match="neither a title nor"):
        oversight.dispute(house.pen("rights"), of_id=an_id("title", 7), reason="r")
    with pytest.raises(ConfigError, match="is no dispute"):
        settle(house, "rights", an_id("dispute", 7))
    opened = oversight.dispute(house.pen("rights"), of_id=house.title().id, reason="r")
    ended = settle(house, "rights", opened.id)
    with pytest.raises(ConfigError, match="is no dispute"):
        settle(house, "rights", ended.id)


def test_under_four_eyes_another_one_settles(house):
    opened = oversight.dispute(house.pen("rights"), of_id=house.title().id, reason="r")
    oversight.set_house_rules(house.claim, four_eyes=True)
    with pytest.raises(DeniedError, match="whoever opened a dispute"):
        settle(house, "rights", opened.id)
    with pytest.raises(DeniedError, match="may settle a dispute"):
        settle(house, "retoucher", opened.id)
    assert settle(house, "approver", opened.id).settles == opened.id


def review(house, role, title_id, other_id, verdict="distinct"):
    return oversight.review(
        house.pen(role), operator=house.operators[role], title_id=title_id, other_id=other_id, verdict=verdict,
        reason="looked",
    )  # fmt: skip


def test_a_review_is_anothers_than_the_registrars(house):
    ours, theirs = house.title("rights"), house.title("retoucher", asset=a_picture(b"other"), owner="Other")
    with pytest.raises(DeniedError, match="whoever registered"):
        review(house, "rights", ours.id, theirs.id)
    with pytest.raises(DeniedError, match="role approver or rights"):
        review(house, "retoucher", ours.id, theirs.id)
    made = review(house, "approver", ours.id, theirs.id, "conflict")
    assert house.books.title_reviews(theirs.id) == (made,)
    assert b'"kind":"title-review"' in logged(house)


def test_a_review_names_two_titles(house):
    ours = house.title()
    with pytest.raises(ConfigError, match="is no title"):
        review(house, "approver", ours.id, an_id("title", 8))
    with pytest.raises(ConfigError, match="compared with itself"):
        review(house, "approver", ours.id, ours.id)


def test_the_house_rules_are_the_organisations(house):
    assert house.books.house_rules() is None
    oversight.set_house_rules(house.claim, four_eyes=True)
    made = oversight.set_house_rules(house.claim, four_eyes=False)
    assert house.books.house_rules() == made
    assert made.by == an_id("organisation")
    assert b'"kind":"house-rules"' in logged(house)


def test_under_four_eyes_a_retoucher_keeps_no_books(house):
    title, release = house.tied()
    oversight.set_house_rules(house.claim, four_eyes=True)
    size = house.books.size()
    acts = (
        lambda role: house.title(role, asset=a_picture(role.encode()), fingerprint=BLACK),
        house.release,
        lambda role: desk.tie_face(
            house.pen(role), asset_digest=title.asset.digest_of_file, face=0, release_id=release.id
        ),
        lambda role: desk.withdraw(house.pen(role), release_id=release.id, reason="asked to"),
    )
    for act in acts:
        with pytest.raises(DeniedError, match=r"\[four-eyes\]"):
            act("retoucher")
    assert house.books.size() == size
    assert house.books.title_of(of_file(b"retoucher")) is None
    for act in acts:
        act("rights")
