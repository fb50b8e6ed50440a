from dataclasses import replace

import pytest
from evidence import KNOWN, OTHER_MARK, PUBLISHED, READING, Books, tools

from countenance.core.digest import of_file
from countenance.errors import EvidenceError, StoreError, TamperedLogError, UncheckedError
from countenance.testing.worlds import an_id
from countenance.verify.logged import find, in_log

OUTPUT = of_file(PUBLISHED)


def told(finding):
    return finding.check, finding.result


def found(reading=READING, *, output=OUTPUT, ours=True, **at_hand):
    return find(reading, tools(**at_hand), output=output, ours=ours)


def changed(record, **changes):
    return replace(READING, **{record: {**getattr(READING, record), **changes}})


def test_a_known_edit_is_in_the_log():
    known, finding = found(shelf=Books())
    assert (known, told(finding)) == (KNOWN, ("log", "holds"))
    assert finding.detail == "entry 4 of 5, under a signed checkpoint"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"output_digest": of_file(b"x")}, "not byte for byte the published one"),
        ({"manifest_id": "urn:c2pa:2"}, "another manifest"),
        ({"source_digest": of_file(b"x")}, "parent is another picture"),
        ({"recipe_digest": of_file(b"x")}, "recipe is another one"),
        ({"units": {"AU12": 401}}, "other units"),
        ({"units": {"AU12": 400, "AU1": 1}}, "other units"),
        ({"purposes": ("film",)}, "not for this purpose"),
    ],
)
def test_a_file_that_is_not_the_published_one(changes, said):
    finding = in_log(READING, replace(KNOWN, **changes), opened=True, output=OUTPUT)
    assert told(finding) == ("log", "fails")
    assert said in finding.detail
    assert ";" not in finding.detail


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (changed("edit", au={"AU12": 100}), "other units"),
        (changed("edit", purpose="editorial"), "receipt is for another purpose"),
        (changed("receipt", purpose="editorial"), "receipt is for another purpose"),
        (changed("receipt", commitment="hmac-sha256:" + "0" * 64), "not that of the decision"),
        (changed("receipt", commitment=None), "not that of the decision"),
    ],
)
def test_a_forged_manifest_that_copies_everything_else(reading, said):
    _, finding = found(reading, shelf=Books())
    assert told(finding) == ("log", "fails")
    assert finding.detail.endswith(said) or said in finding.detail


def test_a_receipt_that_was_erased_is_said():
    _, finding = found(shelf=Books(commitment=None))
    assert told(finding) == ("log", "holds")
    assert "erased" in finding.detail
    assert told(found(shelf=Books(edits=(replace(KNOWN, purposes=None),)))[1]) == ("log", "holds")


def test_a_copy_without_its_manifest_is_not_asked_for_its_bytes():
    assert told(in_log(READING, KNOWN, opened=True, output=None)) == ("log", "holds")


def test_an_edit_that_says_nothing_is_not_the_one_in_the_log():
    assert told(in_log(replace(READING, edit={}), KNOWN, opened=True, output=OUTPUT)) == ("log", "fails")


@pytest.mark.parametrize(
    ("ours", "result", "said"), [(True, "fails", "signed with our key"), (False, "unchecked", "does not know")]
)
def test_what_we_signed_we_must_have_logged(ours, result, said):
    known, finding = found(shelf=Books(edits=()), ours=ours)
    assert (known, told(finding)) == (None, ("log", result))
    assert said in finding.detail


@pytest.mark.parametrize(
    "receipt", [{}, {"receipt_id": an_id("receipt", 9)}, {"receipt_id": ["no", "text"]}, {"receipt_id": None}]
)
def test_the_bound_mark_finds_the_edit_where_the_receipt_does_not(receipt):
    known, finding = found(replace(READING, receipt=receipt), shelf=Books())
    assert (known, told(finding)) == (KNOWN, ("log", "fails"))
    other = Books(edits=(replace(KNOWN, watermark_id=OTHER_MARK),))
    assert found(replace(READING, receipt=receipt), shelf=other)[0] is None


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize(("problem", "said"), [(None, "no log is at hand"), ("they are missing", "they are missing")])
def test_no_books(problem, said, ours):
    known, finding = found(shelf_problem=problem, ours=ours)
    assert (known, told(finding), finding.detail) == (None, ("log", "unchecked"), said)


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (StoreError("the books are damaged"), "unchecked"),
        (UncheckedError("of a newer version"), "unchecked"),
        (TamperedLogError("the log was cut"), "fails"),
        (EvidenceError("a note that does not hold"), "fails"),
    ],
)
def test_books_that_cannot_be_read_and_a_log_that_does_not_hold(error, result):
    known, finding = found(shelf=Books(fails=error))
    assert (known, told(finding)) == (None, ("log", result))
    assert error.message in finding.detail
