import pytest

from countenance.core.digest import of_file
from countenance.core.records.decision import Decision, Reason
from countenance.decision.merge import PERMIT_STALE, PERMIT_USED, overrule
from countenance.decision.refuse import require_permit, spend
from countenance.errors import DeniedError, StoreError
from countenance.testing.worlds import AT, an_id

WHY = (Reason(policy="unit-beyond-limit", reason="more than was agreed to"), Reason(policy="b", reason="and this"))


def decision(effect):
    return Decision(
        id=an_id("decision"),
        edit_id=an_id("edit"),
        stage="measured",
        face=0,
        effect=effect,
        reasons=() if effect == "permit" else WHY,
        request_digest=of_file(b"request"),
        evidence_digest=of_file(b"evidence"),
        policy_digest=of_file(b"policy"),
        at=AT,
    )


def test_a_permit_passes():
    require_permit(decision("permit"), log_index=3)


@pytest.mark.parametrize(("effect", "said"), [("deny", "refused: "), ("indeterminate", "could not be decided: ")])
def test_anything_else_is_a_denial_with_every_reason(effect, said):
    with pytest.raises(DeniedError) as refused:
        require_permit(decision(effect), log_index=3)
    error = refused.value
    assert said in error.message
    assert "more than was agreed to [unit-beyond-limit]; and this [b]" in error.message
    assert error.decisions == (decision(effect),)
    assert error.log_index == 3
    assert error.exit_code == 3
    assert "nothing was written" in error.hint


@pytest.mark.parametrize("effect", ["deny", "indeterminate"])
def test_no_permit_is_spent_on_a_refusal(effect):
    def spent():
        pytest.fail("a permit was spent")

    assert spend(decision(effect), spent) == decision(effect)


def test_every_check_passes_in_order():
    seen = []
    assert spend(decision("permit"), lambda: seen.append(1), lambda: seen.append(2)) == decision("permit")
    assert seen == [1, 2]


def test_the_first_refusal_overrules_and_ends_it():
    def stale():
        raise DeniedError("stale", decisions=(decision("deny"), overrule(decision("permit"), PERMIT_STALE)))

    def later():
        pytest.fail("checked on after a refusal")

    spent = spend(decision("permit"), stale, later)
    assert (spent.effect, spent.reasons) == ("deny", (PERMIT_STALE,))


def test_a_refusal_without_a_decision_is_a_used_permit():
    def used():
        raise DeniedError("used")

    spent = spend(decision("permit"), used)
    assert (spent.effect, spent.reasons) == ("deny", (PERMIT_USED,))
    assert spent.id == decision("permit").id


def test_a_failing_store_is_no_decision():
    def broken():
        raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        spend(decision("permit"), broken)
