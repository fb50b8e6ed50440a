"""Whether the operator still stands behind a signature, and who approved."""

from dataclasses import replace

import pytest
from evidence import IDENTITY, KNOWN, OWN_ROOT, PUBLISHED, READING, Books, Marks, Readers, tools

from countenance.core.digest import of_file
from countenance.core.records.report import Finding
from countenance.errors import StoreError
from countenance.testing.worlds import AT, an_id
from countenance.verify.inspect import inspect
from countenance.verify.standing import approvals, operator_stands

HOLDS = Finding(check="operator", result="holds", detail="signed by op-1")
LOGGED = Finding(check="log", result="holds", detail="entry 4 of 5")
UNLOGGED = Finding(check="log", result="unchecked", detail="this home's log does not know the file")
ENDED = "2027-03-01T12:00:00.000Z"
BEFORE, AFTER = "2027-03-01T11:59:59.000Z", "2027-03-01T12:00:00.001Z"
REVOKED = Books(revoked={"op-1": ENDED})
DIGEST = of_file(b"an approval")


def stands(*, stamped=None, kind="trusted", logged=None, log=LOGGED, shelf=REVOKED, found=HOLDS):
    reading = replace(READING, timestamp=kind if stamped else None, timestamp_at=stamped)
    known = replace(KNOWN, published_at=logged) if logged else None
    return operator_stands(found, reading, known, log, shelf)


def test_an_operator_who_may_still_act():
    assert stands(shelf=Books()) == HOLDS
    assert stands(shelf=None) == HOLDS
    assert stands(shelf=Books(revoked={"op-2": BEFORE})) == HOLDS


@pytest.mark.parametrize("stamped", [BEFORE, "2027-03-01T11:59:59+00:00", "2027-03-01T12:59:59+01:00"])
def test_a_trusted_time_stamp_from_before_stands(stamped):
    found = stands(stamped=stamped, log=UNLOGGED)
    assert found.result == "holds"
    assert ENDED in found.detail


def test_the_logs_entry_from_before_stands():
    assert stands(logged=BEFORE).result == "holds"
    assert stands(logged=BEFORE, stamped=BEFORE).result == "holds"


@pytest.mark.parametrize(
    "said",
    [
        {"stamped": ENDED},
        {"stamped": AFTER},
        {"logged": AFTER},
        {"logged": BEFORE, "stamped": AFTER},
        {"logged": AFTER, "stamped": BEFORE},
    ],
)
def test_a_signature_from_later_fails(said):
    found = stands(**said)
    assert found.result == "fails"
    assert "had ended" in found.detail


@pytest.mark.parametrize(
    "said",
    [{}, {"stamped": BEFORE, "kind": "untrusted"}, {"stamped": "yesterday"}, {"logged": BEFORE, "log": UNLOGGED}],
)
def test_what_nobody_trusted_dates_fails(said):
    found = stands(**said)
    assert found.result == "fails"
    assert "nothing trusted" in found.detail


def test_what_the_file_says_of_its_time_counts_for_nothing():
    reading = replace(READING, timestamp=None, signed_at=BEFORE)
    assert operator_stands(HOLDS, reading, None, UNLOGGED, REVOKED).result == "fails"


def test_only_a_signature_that_holds_is_asked_about():
    untrusted = HOLDS.model_copy(update={"result": "unchecked"})
    assert stands(found=untrusted) == untrusted
    assert operator_stands(HOLDS, replace(READING, identity=None), None, LOGGED, REVOKED) == HOLDS


def test_books_that_cannot_be_read():
    found = stands(shelf=Books(fails=StoreError("the disk is gone")))
    assert found.result == "unchecked"


def test_nothing_was_approved():
    assert approvals(READING, KNOWN) is None


@pytest.mark.parametrize(
    ("kept", "result"),
    [
        ({DIGEST: "alteration"}, "holds"),
        ({DIGEST: "minor"}, "fails"),
        ({}, "unchecked"),
        (None, "unchecked"),
    ],
)
def test_an_approval_is_looked_up(kept, result):
    reading = replace(READING, edit={**READING.edit, "approvals": {"alteration": DIGEST}})
    found = approvals(reading, replace(KNOWN, approvals=kept))
    assert found.result == result
    assert IDENTITY.pseudonym not in found.detail


def test_the_person_s_own_yes_is_called_theirs():
    reading = replace(READING, edit={**READING.edit, "approvals": {"picture": DIGEST}})
    found = approvals(reading, replace(KNOWN, approvals={DIGEST: "picture"}))
    assert (found.result, found.detail) == ("holds", "the depicted person agreed to this picture")


def test_an_approval_without_books():
    reading = replace(READING, edit={**READING.edit, "approvals": {"minor": DIGEST, "alteration": DIGEST}})
    found = approvals(reading, None)
    assert (found.result, found.detail) == (
        "unchecked",
        "the signer says that a second operator approved: alteration, minor",
    )


def test_in_a_report_a_later_signature_is_invalid_and_an_earlier_one_is_not():
    books = Books(edits=(replace(KNOWN, published_at=AFTER),), revoked={"op-1": ENDED})
    report = inspect(PUBLISHED, tools(shelf=books, marks=Marks(), own_root=OWN_ROOT), at=AT)
    assert report.verdict == "invalid"
    books = Books(edits=(replace(KNOWN, published_at=BEFORE),), revoked={"op-1": ENDED})
    assert inspect(PUBLISHED, tools(shelf=books, marks=Marks(), own_root=OWN_ROOT), at=AT).verdict == "trusted"


def test_a_stranger_who_signs_the_claim_does_not_revive_the_operator():
    """The revoked operator's key under somebody else's claim: the log does not know it."""
    stolen = replace(READING, claim_trusted=False, receipt={**READING.receipt, "receipt_id": an_id("receipt", 9)})
    books = Books(edits=(), revoked={"op-1": ENDED})
    report = inspect(PUBLISHED, tools(Readers(embedded=stolen), Marks(), books, own_root=OWN_ROOT), at=AT)
    assert report.verdict == "invalid"
    assert [one.result for one in report.findings if one.check == "operator"] == ["fails"]


def test_a_report_shows_one_hand_and_second_eyes():
    reading = replace(READING, edit={**READING.edit, "approvals": {"alteration": DIGEST}})
    books = Books(edits=(replace(KNOWN, same_hand=True, approvals={DIGEST: "alteration"}),))
    report = inspect(PUBLISHED, tools(Readers(embedded=reading), Marks(), books, own_root=OWN_ROOT), at=AT)
    said = {one.check: one.detail for one in report.findings}
    assert "registered and edited by the same operator" in said["operator"]
    assert said["approvals"] == "a second operator approved: alteration"
    assert report.verdict == "trusted"
