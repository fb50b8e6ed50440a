"""A permit is kept and shown again: too late, too early, for another request, or for another picture."""

from pathlib import Path

import pytest

from countenance.adapters.policies.cedar import build
from countenance.core.clock import later
from countenance.decision.decide import check_permit, decide, permit_of
from countenance.errors import DeniedError
from countenance.testing.worlds import AT, a_world, an_id

WORLD = a_world()
DECISION = decide(
    WORLD.request,
    WORLD.evidence,
    build(Path(__file__).parents[2] / "policies"),
    at=AT,
    decision_id=an_id("decision"),
)
PERMIT = permit_of(DECISION, WORLD.request, WORLD.evidence, nonce="0" * 32, at=AT)


def test_it_serves_until_it_expires():
    check_permit(PERMIT, WORLD.request, AT)
    check_permit(PERMIT, WORLD.request, PERMIT.expires_at)


@pytest.mark.parametrize("at", [later(AT, seconds=601), later(AT, seconds=-1), "2030-01-01T00:00:00.000Z"])
def test_stale_or_not_yet_issued(at):
    with pytest.raises(DeniedError, match="permit-stale") as refused:
        check_permit(PERMIT, WORLD.request, at, decision=DECISION)
    (decision,) = refused.value.decisions
    assert (decision.effect, decision.reasons[0].policy) == ("deny", "permit-stale")


def test_a_permit_stretched_by_hand_still_needs_its_request():
    stretched = PERMIT.model_copy(update={"expires_at": "2099-01-01T00:00:00.000Z"})
    other = WORLD.request.model_copy(update={"edit_id": an_id("edit", 2)})
    with pytest.raises(DeniedError, match="permit-foreign"):
        check_permit(stretched, other, later(AT, seconds=3600))


@pytest.mark.parametrize(
    "changes",
    [{"units": {"AU12": 500}}, {"face": 1}, {"territory": "FR"}, {"requested_at": "2027-03-01T12:00:01.000Z"}],
)
def test_another_request(changes):
    with pytest.raises(DeniedError, match="permit-foreign"):
        check_permit(PERMIT, WORLD.request.model_copy(update=changes), AT)


def test_another_picture():
    asset = WORLD.request.asset.model_copy(update={"digest_of_file": "sha256:" + "1" * 64})
    with pytest.raises(DeniedError, match="permit-foreign"):
        check_permit(PERMIT.model_copy(update={"asset": asset}), WORLD.request, AT)
