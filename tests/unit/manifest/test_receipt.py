import pytest

from countenance.core.digest import of_file
from countenance.core.records.audit import Checkpoint, Receipt
from countenance.core.records.decision import Permit
from countenance.manifest.receipt import consent_receipt
from countenance.testing.worlds import AT, a_world, an_id

WORLD = a_world()
PERMIT = Permit(
    nonce="0" * 32,
    edit_id=an_id("edit"),
    decision_id=an_id("decision"),
    request_digest=WORLD.request.digest(),
    asset=WORLD.request.asset,
    face=WORLD.evidence.title.faces[0],
    others=(),
    units=WORLD.request.units,
    limits={},
    release_id=an_id("release"),
    issued_at=AT,
    expires_at=AT,
)
DECIDED = Receipt(
    index=12,
    leaf="{}",
    proof_hex=(),
    checkpoint=Checkpoint(origin="log.example/x", size=13, root_hex="00" * 32, note=""),
)


def receipt(permit=PERMIT, *, number=1, salt=b"s" * 32):
    return consent_receipt(permit, WORLD.request, DECIDED, receipt_id=an_id("receipt", number), salt=salt)


def test_it_says_what_for_and_where_it_was_decided():
    made = receipt()
    assert (made.purpose, made.medium, made.territory, made.state) == ("advertising", "web", "DE", "active")
    assert (made.decision_log_index, made.log_origin) == (12, "log.example/x")


def test_it_names_nobody():
    data = receipt().canonical()
    for word in (PERMIT.release_id, PERMIT.decision_id, PERMIT.request_digest, PERMIT.edit_id, PERMIT.nonce, "Ada"):
        assert word.encode() not in data
    assert an_id("person").encode() not in data


@pytest.mark.parametrize(
    "other",
    [
        receipt(number=2),
        receipt(salt=b"t" * 32),
        receipt(PERMIT.model_copy(update={"release_id": an_id("release", 2)})),
        receipt(PERMIT.model_copy(update={"decision_id": an_id("decision", 2)})),
        receipt(PERMIT.model_copy(update={"request_digest": of_file(b"other")})),
    ],
)
def test_the_commitment_opens_for_nothing_else(other):
    assert other.commitment != receipt().commitment


def test_the_same_facts_and_salt_open_it():
    assert receipt() == receipt()
