import pytest

from countenance.core.records.oversight import Dispute, NearTitle, TitleReview
from countenance.decision.marking import against_marking
from countenance.testing.worlds import AT, BEFORE, a_world, an_earlier_edit, an_id

EVIDENCE = a_world().evidence
ASKING = EVIDENCE.operator.id
DISPUTE = Dispute(id=an_id("dispute"), of_id=an_id("title"), reason="another owner", by=an_id("operator"), at=BEFORE)
NEAR = NearTitle(title_id=an_id("title"), other_id=an_id("title", 2), distance_bits=4)


def reasons(*, at=AT, edited=False, who=ASKING, **changes):
    evidence = EVIDENCE.model_copy(update=changes)
    return [one.policy for one in against_marking(evidence, operator_id=who, at=at, edited_before=edited)]


def role(name):
    return EVIDENCE.operator.model_copy(update={"role": name})


def title(**changes):
    return EVIDENCE.title.model_copy(update=changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"operator": role("rights")},
        {"title": title(alteration="no")},
        {"ties": (), "releases": (), "persons": ()},
        {"operator_revoked_at": "2999-01-01T00:00:00.000Z"},
        {"disputes": (DISPUTE, DISPUTE.model_copy(update={"id": an_id("dispute", 2), "settles": DISPUTE.id}))},
    ],
)
def test_nothing_speaks_against_it(changes):
    assert reasons(**changes) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"operator": None}, "operator-unknown"),
        ({"operator_revoked_at": BEFORE}, "operator-revoked"),
        ({"operator": role("approver")}, "operator-role"),
        ({"title": None}, "title-missing"),
        ({"disputes": (DISPUTE,)}, "title-disputed"),
        ({"disputes": None}, "title-disputed"),
        ({"near": (NEAR,)}, "near-unreviewed"),
        ({"near": None}, "near-unreviewed"),
        ({"earlier": (an_earlier_edit(),)}, "edited-already"),
        ({"last_entry_at": None}, "log-ahead-of-clock"),
        ({"last_entry_at": "2999-01-01T00:00:00.000Z"}, "log-ahead-of-clock"),
    ],
)
def test_what_speaks_against_it(changes, reason):
    assert reasons(**changes) == [reason]


def test_another_operator_than_the_one_who_asks():
    assert reasons(who=an_id("operator", 2)) == ["operator-unknown"]


def test_a_copy_of_an_edit_is_no_picture_to_be_marked():
    assert reasons(edited=True) == ["edited-already"]


def test_a_look_alike_that_somebody_cleared():
    review = TitleReview(
        id=an_id("review"), title_id=an_id("title"), other_id=an_id("title", 2), verdict="distinct",
        reason="two pictures", by=an_id("operator", 2), at=BEFORE,
    )  # fmt: skip
    assert reasons(near=(NEAR,), reviews=(review,)) == []
    assert reasons(near=(NEAR,), reviews=(review.model_copy(update={"verdict": "conflict"}),)) == ["near-unreviewed"]
