"""Somebody edits what is disputed: under a new title, a new version, or a settlement of their own."""

from pathlib import Path

import pytest
from house import make_house

from countenance import desk, oversight
from countenance.adapters.policies.cedar import build
from countenance.decision.decide import decide
from countenance.errors import DeniedError, StoreError
from countenance.testing.worlds import an_id

ENGINE = build(Path(__file__).parents[2] / "policies")


@pytest.fixture
def house(tmp_path):
    made = make_house(tmp_path)
    yield made
    made.books.close()


def reasons(house):
    request = house.request()
    evidence = house.evidence(request)
    decision = decide(request, evidence, ENGINE, at=evidence.as_of, decision_id=an_id("decision"))
    return {reason.policy for reason in decision.reasons}


def contest(house, of_id, role="rights"):
    return oversight.dispute(house.pen(role), of_id=of_id, reason="says it is theirs")


def test_a_disputed_title_or_release_is_frozen(house):
    title, release = house.tied()
    assert reasons(house) == {"within-the-release"}
    contest(house, title.id)
    assert reasons(house) == {"title-disputed"}
    contest(house, release.id)
    assert reasons(house) == {"title-disputed", "release-disputed"}


def test_a_new_title_to_the_picture_sheds_no_dispute(house):
    title, _ = house.tied()
    contest(house, title.id)
    house.tied()
    assert reasons(house) == {"title-disputed"}


def test_a_new_version_of_the_release_sheds_no_dispute(house):
    _, release = house.tied()
    contest(house, release.id)
    newer = release.model_copy(update={"version": 2})
    with house.books.transaction():
        house.books.add(newer)
        house.claim.write("model-release", newer, subject=release.id, at=house.claim.clock.now())
    assert house.books.release(release.id).version == 2
    assert reasons(house) == {"release-disputed"}


def test_settling_another_dispute_frees_nothing(house):
    title, _ = house.tied()
    first, second = contest(house, title.id), contest(house, title.id)
    oversight.settle(house.pen("approver"), operator=house.operators["approver"], dispute_id=first.id, reason="no")
    assert reasons(house) == {"title-disputed"}
    oversight.settle(house.pen("approver"), operator=house.operators["approver"], dispute_id=second.id, reason="no")
    assert reasons(house) == {"within-the-release"}


def test_under_four_eyes_nobody_settles_their_own(house):
    title, _ = house.tied()
    opened = contest(house, title.id)
    oversight.set_house_rules(house.claim, four_eyes=True)
    with pytest.raises(DeniedError, match="four-eyes"):
        oversight.settle(house.pen("rights"), operator=house.operators["rights"], dispute_id=opened.id, reason="mine")
    assert "title-disputed" in reasons(house)


def test_a_dispute_is_not_changed_in_the_books(house):
    title, _ = house.tied()
    contest(house, title.id)
    with pytest.raises(StoreError, match="never changed"), house.books.transaction(), house.books.writing() as open_:
        open_.exec_driver_sql("UPDATE dispute SET of_id = 'x'")
    assert reasons(house) == {"title-disputed"}


def test_a_revoked_operator_settles_nothing(house):
    title, _ = house.tied()
    opened = contest(house, title.id)
    desk.revoke_operator(house.claim, operator_id=house.operators["approver"].id, reason="left")
    with pytest.raises(DeniedError, match="operator-revoked"):
        oversight.settle(house.pen("approver"), operator=house.operators["approver"], dispute_id=opened.id, reason="no")
    assert reasons(house) == {"title-disputed"}
