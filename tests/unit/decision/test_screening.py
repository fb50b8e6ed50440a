import pytest

from countenance.core.records.screening import Flags, Screening
from countenance.decision.screening import gate, intimate_ruled_out
from countenance.testing.worlds import AT, an_id


def screening(minor, intimate, *, cleared=False):
    who = {"cleared_by": an_id("operator"), "cleared_at": AT} if cleared else {}
    return Screening(screener="tiny 1", flags=Flags(minor=minor, intimate=intimate), **who)


@pytest.mark.parametrize(
    ("found", "adult", "wants"),
    [
        (None, True, set()),
        (Screening(cleared_by=an_id("operator"), cleared_at=AT), True, set()),
        (screening("no", "no"), True, set()),
        (Screening(screener="tiny 1"), True, {"screening-ask-a-human"}),
        (screening("yes", "no"), False, set()),
        (screening("yes", "no"), True, {"screening-minor"}),
        (screening("yes", "no", cleared=True), True, set()),
        (screening("unknown", "no"), True, {"screening-ask-a-human"}),
        (screening("no", "unknown"), True, {"screening-ask-a-human"}),
        (screening("unknown", "unknown", cleared=True), True, set()),
        (screening("yes", "unknown"), True, {"screening-ask-a-human", "screening-minor"}),
        (screening("no", "yes"), True, {"screening-intimate"}),
        (screening("no", "yes", cleared=True), True, {"screening-intimate"}),
    ],
)
def test_the_gate(found, adult, wants):
    answers = gate(found, adult=adult)
    assert {reason.policy for answer in answers for reason in answer.reasons} == wants
    assert all(answer.effect != "permit" for answer in answers)


@pytest.mark.parametrize(
    ("found", "ruled_out"),
    [
        (None, False),
        (screening("yes", "no"), True),
        (screening("no", "unknown"), False),
        (screening("no", "unknown", cleared=True), True),
        (screening("no", "yes", cleared=True), False),
        (Screening(cleared_by=an_id("operator"), cleared_at=AT), True),
    ],
)
def test_who_rules_out_that_it_is_intimate(found, ruled_out):
    assert intimate_ruled_out(found) is ruled_out
