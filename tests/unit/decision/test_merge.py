import pytest

from countenance.core.records.decision import Reason
from countenance.decision.merge import DEFAULT_DENY, merge
from countenance.decision.ports import Answer

A, B = Reason(policy="a", reason="one"), Reason(policy="b", reason="two")
YES = Answer(effect="permit", reasons=(Reason(policy="yes", reason="fine"),))
NO = Answer(effect="deny", reasons=(A, B))
UNSURE = Answer(effect="indeterminate", reasons=(B,))


@pytest.mark.parametrize(
    ("answers", "effect"),
    [
        ((), "deny"),
        ((YES, YES), "permit"),
        ((YES, NO), "deny"),
        ((UNSURE, YES), "indeterminate"),
        ((UNSURE, NO, YES), "deny"),
    ],
)
def test_deny_beats_indeterminate_beats_permit(answers, effect):
    assert merge(answers).effect == effect


def test_reasons_come_once_in_order_and_only_from_those_that_refuse():
    assert merge((UNSURE, YES, NO)).reasons == (B, A)
    assert merge((YES, YES)).reasons == YES.reasons


def test_a_refusal_always_has_a_reason():
    assert merge((Answer(effect="deny", reasons=()),)).reasons == (DEFAULT_DENY,)
    assert merge(()).reasons == (DEFAULT_DENY,)
