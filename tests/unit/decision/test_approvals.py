"""Which approvals count."""

import pytest

from countenance.core.records.oversight import Approval
from countenance.core.records.terms import Limit
from countenance.decision.approvals import approval_for, approvals_used
from countenance.testing.worlds import AT, BEFORE, a_world, an_approval, an_id

WORLD = a_world()
LATER = "2027-03-01T12:00:00.001Z"
YES = Approval(
    id=an_id("approval"),
    of="alteration",
    asset_digest=WORLD.request.asset.digest_of_file,
    by=an_id("operator", 2),
    reason="asked for",
    document="sha256:" + "1" * 64,
    valid_until=LATER,
    at=AT,
)


def found(yes, of="alteration"):
    evidence = WORLD.knowing(approvals=(yes,)).evidence
    return approval_for(of, WORLD.request, evidence, at=AT, release=WORLD.releases[0])


def test_a_second_operators_yes_counts_for_its_picture_and_time():
    assert found(YES) == YES


@pytest.mark.parametrize(
    "changes",
    [
        {"by": an_id("operator")},
        {"by_person": True},
        {"of": "minor"},
        {"asset_digest": "sha256:" + "2" * 64},
        {"valid_until": AT},
        {"at": LATER},
        {"release_id": an_id("release", 2)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_any_other_counts_for_nothing(changes):
    assert found(YES.model_copy(update=changes)) is None


def test_one_for_this_release_counts():
    assert found(YES.model_copy(update={"release_id": an_id("release")})) is not None


def test_the_newest_is_taken():
    newer = YES.model_copy(update={"id": an_id("approval", 2), "at": AT})
    older = YES.model_copy(update={"at": BEFORE})
    evidence = WORLD.knowing(approvals=(newer, older)).evidence
    assert approval_for("alteration", WORLD.request, evidence, at=AT) == newer


def used(world, *, minor=False):
    return approvals_used(
        world.request, world.evidence, world.evidence.title, world.releases[0], minor=minor, at=world.at
    )


def test_only_what_was_needed_is_told():
    approved = WORLD.knowing(approvals=(YES, YES.model_copy(update={"of": "minor", "id": an_id("approval", 3)})))
    assert used(approved) is None
    barred = approved.knowing(title=approved.evidence.title.model_copy(update={"alteration": "no"}))
    assert used(barred) == {"alteration": YES.digest()}
    assert set(used(barred, minor=True)) == {"alteration", "minor"}
    assert set(used(barred.asking(sensitive_uses=("health",)))) == {"alteration"}, "nobody approved that"


def test_the_person_s_yes_is_told_where_the_release_asks_for_it():
    yes = an_approval(WORLD, AU12=400)
    approved = WORLD.knowing(approvals=(yes,))
    assert used(approved) is None, "the release asks for none"
    assert used(approved.granting(approval="per-picture")) == {"picture": yes.digest()}
    limited = {"AU12": Limit(max_permille=500, absolute_max_permille=600)}
    assert used(approved.granting(units=limited)) == {"picture": yes.digest()}
    assert used(WORLD.granting(approval="per-picture")) is None
