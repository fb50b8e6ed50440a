from dataclasses import replace

import pytest
from evidence import CODE, IDENTITY, KNOWN, MARK, OTHER_MARK, PRINT, READING, SOURCE

from countenance.core.digest import of_file
from countenance.core.records.marks import MarkRead
from countenance.manifest.labels import (
    FINGERPRINT_PREFIX,
    INPUT_MARK,
    INPUT_MARKS_BESIDE,
    REFERENCED,
    WATERMARK_PREFIX,
)
from countenance.testing.worlds import an_id
from countenance.verify import findings as check
from countenance.verify.ports import Alike


def told(finding):
    return finding.check, finding.result


def test_hard_binding():
    assert told(check.hard_binding(READING, published=True)) == ("hard-binding", "holds")
    assert check.hard_binding(READING, published=True).detail == "the bytes are those that were signed"
    assert "bytes that C2PA covers" in check.hard_binding(READING, published=False).detail
    changed = check.hard_binding(replace(READING, data_hash_matches=False), published=True)
    assert told(changed) == ("hard-binding", "fails")
    assert "changed after signing" in changed.detail


@pytest.mark.parametrize(
    ("changes", "result", "said"),
    [
        ({}, "holds", "hold"),
        ({"signature_valid": False}, "fails", "does not hold: signature"),
        ({"failures": ("assertion.hashedURI.mismatch",)}, "fails", "assertion.hashedURI.mismatch"),
        ({"failures": ("a", "b"), "signature_valid": False}, "fails", "a, b"),
        ({"failures": ("assertion.dataHash.mismatch",)}, "holds", "hold"),
        ({"failures": ("assertion.dataHash.mismatch", "c")}, "fails", "does not hold: c"),
        ({"pad_is_zero": False}, "fails", "hidden in the signature's padding"),
    ],
)
def test_signature(changes, result, said):
    finding = check.signature(replace(READING, **changes))
    assert told(finding) == ("signature", result)
    assert said in finding.detail


@pytest.mark.parametrize(
    ("changes", "result", "said"),
    [
        ({}, "holds", "Studio"),
        ({"claim_trusted": False}, "fails", "chains to none of the given roots"),
        ({"claim_eku": False}, "fails", "may not sign"),
        ({"claim_eku": False, "claim_trusted": False}, "fails", "may not sign"),
    ],
)
def test_trust(changes, result, said):
    finding = check.trust(replace(READING, **changes))
    assert told(finding) == ("trust", result)
    assert said in finding.detail


@pytest.mark.parametrize(
    ("stamp", "result", "said"),
    [
        ("trusted", "holds", "2027-01-01"),
        (None, "absent", "the signer's word"),
        ("untrusted", "unchecked", "untrusted"),
        ("malformed", "unchecked", "malformed"),
    ],
)
def test_timestamp(stamp, result, said):
    finding = check.timestamp(replace(READING, timestamp=stamp, timestamp_at="2027-01-01"))
    assert told(finding) == ("timestamp", result)
    assert said in finding.detail


@pytest.mark.parametrize(
    ("edit", "receipt", "ours"), [({"au": {}}, {}, True), ({}, {"state": "active"}, True), ({}, {}, False)]
)
def test_an_edit_says_so_in_either_place(edit, receipt, ours):
    assert check.is_edit(replace(READING, edit=edit, receipt=receipt)) is ours


OPENED, EDITED, MARKED = READING.actions


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"claim_version": 1}, "not version 2"),
        ({"claim_version": None}, "not version 2"),
        ({"thumbnails": True}, "thumbnail"),
        ({"actions": (EDITED, OPENED, MARKED)}, "opened a parent"),
        ({"actions": ({"action": "c2pa.created"}, EDITED, MARKED)}, "opened a parent"),
        ({"actions": (OPENED, EDITED, EDITED, MARKED)}, "what was edited"),
        ({"actions": (OPENED, MARKED)}, "what was edited"),
        ({"edit": {}}, "what was edited"),
        ({"actions": (OPENED, EDITED)}, "that it was marked"),
        ({"all_actions_included": False}, "all actions"),
        ({"digital_source_type": None}, "digital source type"),
        ({"digital_source_type": "algorithmicallyEnhanced"}, "digital source type"),
        ({"receipt": {}}, "no consent receipt"),
        ({"parent_labelled": False}, "not its ingredient"),
        ({"ingredient_failures": ("a", "b")}, "its parent does not hold: a, b"),
    ],
)
def test_actions(changes, said):
    assert told(check.actions(READING)) == ("actions", "holds")
    finding = check.actions(replace(READING, **changes))
    assert told(finding) == ("actions", "fails")
    assert said in finding.detail
    assert ";" not in finding.detail, "one thing is wrong, so one thing is said"


def test_everything_wrong_with_the_actions_is_said():
    detail = check.actions(replace(READING, actions=(), edit={}, receipt={}, thumbnails=True, claim_version=1)).detail
    assert detail.count(";") == 5


@pytest.mark.parametrize(
    ("changes", "result", "said"),
    [
        ({}, "holds", "signed by op-1"),
        ({"valid": False}, "fails", "signature does not hold"),
        ({"referenced": REFERENCED[1:]}, "fails", REFERENCED[0]),
        ({"referenced": (), "valid": False}, "fails", ", ".join(REFERENCED)),
        ({"trusted": None}, "unchecked", "op-1; no operators' root was given"),
        ({"trusted": False}, "fails", "chains to none of the given roots"),
        ({"trusted": None, "valid": False}, "fails", "does not hold"),
        ({"referenced": ("more", *REFERENCED)}, "holds", "op-1"),
    ],
)
def test_operator(changes, result, said):
    finding = check.operator(replace(READING, identity=replace(IDENTITY, **changes)), None)
    assert told(finding) == ("operator", result)
    assert said in finding.detail


def test_no_operator():
    assert told(check.operator(replace(READING, identity=None), KNOWN)) == ("operator", "fails")


@pytest.mark.parametrize("shared", [True, False])
def test_a_shared_passphrase_is_said_where_it_is_known(shared):
    known = replace(KNOWN, passphrase_shared=shared)
    assert check.operator(READING, known).detail.endswith("; shared passphrase") is shared


@pytest.mark.parametrize(
    ("bindings", "values"),
    [
        ({}, (None, None)),
        ({f"{WATERMARK_PREFIX}a": "1"}, ("1", None)),
        ({f"{FINGERPRINT_PREFIX}a": "2"}, (None, "2")),
        ({"com.example": "3", f"{FINGERPRINT_PREFIX}a": "2", f"{WATERMARK_PREFIX}a": "1"}, ("1", "2")),
        ({f"x{WATERMARK_PREFIX}a": "1", "com.example.phash": "2"}, (None, None)),
    ],
)
def test_bound_values(bindings, values):
    assert check.bound_values(bindings) == values


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("mark", "bound", "result", "said"),
    [
        (MARK, MARK, "holds", MARK),
        (MARK, None, "fails", "binds no watermark"),
        (None, None, "fails", "binds no watermark"),
        (None, MARK, "fails", "not in the pixels"),
        (OTHER_MARK, MARK, "fails", "another picture's watermark"),
    ],
)
def test_watermark(mark, bound, result, said, whole):
    finding = check.watermark(MarkRead(mark_id=mark, whole=whole) if mark else None, bound, ours=True)
    assert told(finding) == ("watermark", result)
    assert said in finding.detail


def test_a_mark_of_another_house_cannot_be_read_here():
    finding = check.watermark(None, MARK, ours=False)
    assert told(finding) == ("watermark", "unchecked")
    assert "another key" in finding.detail
    assert told(check.watermark(None, None, ours=False)) == ("watermark", "fails")


def test_a_mark_that_is_read_must_be_the_bound_one_whoever_signed():
    other, same = (MarkRead(mark_id=mark, whole=True) for mark in (OTHER_MARK, MARK))
    assert told(check.watermark(other, MARK, ours=False)) == ("watermark", "fails")
    assert told(check.watermark(same, MARK, ours=False)) == ("watermark", "holds")


WHOLE, FOUND = MarkRead(mark_id=MARK, whole=True), MarkRead(mark_id=MARK, whole=False)


@pytest.mark.parametrize("read", [None, WHOLE, FOUND])
@pytest.mark.parametrize("bits", [0, 1, check.SAME_PICTURE_BITS])
def test_a_near_fingerprint_holds_however_the_mark_was_read(bits, read):
    finding = check.fingerprint(Alike(phash_bits=bits), PRINT, read)
    assert told(finding) == ("fingerprint", "holds")
    assert finding.detail.startswith(f"{bits} of {4 * len(PRINT)} bits")


@pytest.mark.parametrize("bits", [check.SAME_PICTURE_BITS + 1, 4 * len(PRINT)])
@pytest.mark.parametrize(
    ("read", "result", "said"),
    [
        (WHOLE, "fails", "mark of another picture"),
        (FOUND, "unchecked", "a crop, or another picture"),
        (None, "unchecked", "a crop, or another picture"),
    ],
)
def test_a_far_fingerprint_under_a_whole_mark_is_another_picture(bits, read, result, said):
    finding = check.fingerprint(Alike(phash_bits=bits), PRINT, read)
    assert told(finding) == ("fingerprint", result)
    assert said in finding.detail
    assert str(bits) in finding.detail


def test_no_fingerprint_bound():
    finding = check.fingerprint(Alike(phash_bits=0), None, WHOLE)
    assert told(finding) == ("fingerprint", "fails")
    assert "binds no fingerprint" in finding.detail
    assert told(check.fingerprint(None, PRINT, WHOLE)) == ("fingerprint", "fails")


CROP = Alike(phash_bits=90, iscc_bits=88, likeness_permille=950, area_permille=700)


@pytest.mark.parametrize(
    ("changes", "read", "result"),
    [
        ({}, FOUND, "holds"),
        ({}, None, "holds"),
        ({}, WHOLE, "unchecked"),
        ({"likeness_permille": check.CROP_LIKENESS_PERMILLE}, FOUND, "holds"),
        ({"likeness_permille": check.CROP_LIKENESS_PERMILLE - 1}, FOUND, "unchecked"),
        ({"likeness_permille": check.CROP_LIKENESS_PERMILLE - 1}, WHOLE, "fails"),
        ({"area_permille": check.CROP_AREA_PERMILLE - 1}, FOUND, "unchecked"),
        ({"likeness_permille": None, "area_permille": None}, FOUND, "unchecked"),
    ],
)
def test_a_crop_is_told_from_another_picture(changes, read, result):
    finding = check.fingerprint(replace(CROP, **changes), PRINT, read)
    assert told(finding) == ("fingerprint", result)
    if result == "holds":
        assert finding.detail.startswith("a crop: shows some 70 % of the picture, likeness 0.")


def test_a_turned_copy_is_said_to_be_one():
    detail = check.fingerprint(Alike(phash_bits=3, turned=True, iscc_bits=4), PRINT, WHOLE).detail
    assert detail == "turned or mirrored; 3 of 256 bits differ, ISCC 4"


MARKING = {"marking_id": an_id("marking"), "source_sha256": of_file(b"source"), "operator": "op-1"}
MARKED = replace(
    READING, marking=MARKING, edit={}, receipt={}, digital_source_type=None,
    actions=({"action": "c2pa.opened"}, {"action": "c2pa.watermarked.bound"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"claim_version": 1}, "not version 2"),
        ({"thumbnails": True}, "thumbnail"),
        ({"actions": (*MARKED.actions, {"action": "c2pa.resized"})}, "more than"),
        ({"all_actions_included": False}, "all actions"),
        ({"parent_labelled": False}, "not its ingredient"),
        ({"ingredient_failures": ("a",)}, "does not hold: a"),
    ],
)
def test_marked_and_not_edited(changes, said):
    assert check.is_marking(MARKED)
    assert not check.is_marking(READING)
    assert told(check.marked_only(MARKED)) == ("actions", "holds")
    finding = check.marked_only(replace(MARKED, **changes))
    assert told(finding) == ("actions", "fails")
    assert said in finding.detail


def test_what_the_operator_has_to_have_signed_follows_from_what_is_bound():
    third = replace(READING, soft_bindings={**READING.soft_bindings, "io.iscc.v0": CODE})
    assert "c2pa.soft-binding__2" in check.operator(third, None).detail
    signed = replace(IDENTITY, referenced=(*REFERENCED, "c2pa.soft-binding__2"))
    assert told(check.operator(replace(third, identity=signed), None)) == ("operator", "holds")
    without_receipt = replace(IDENTITY, referenced=REFERENCED[:-1])
    assert told(check.operator(replace(READING, identity=without_receipt), None)) == ("operator", "fails")
    assert told(check.operator(replace(MARKED, identity=without_receipt), None)) == ("operator", "holds")


@pytest.mark.parametrize(
    ("read", "bindings", "known", "stray"),
    [
        (WHOLE, {}, KNOWN, True),
        (FOUND, {"com.example": OTHER_MARK}, KNOWN, True),
        (WHOLE, {}, None, False),
        (WHOLE, {"com.example": MARK}, KNOWN, False),
    ],
)
def test_a_mark_of_a_published_edit_under_a_manifest_that_tells_of_none(read, bindings, known, stray):
    finding = check.stray_mark(read, bindings, known)
    assert (finding is not None) is stray
    if finding:
        assert told(finding) == ("watermark", "fails")
        assert MARK in finding.detail


def test_source():
    assert told(check.source(READING, of_file(SOURCE))) == ("source", "holds")
    assert told(check.source(READING, of_file(b""))) == ("source", "fails")
    assert told(check.source(None, of_file(SOURCE))) == ("source", "unchecked")


def test_either_kind_of_mark_is_the_bound_one():
    other = {"io.iscc.v0": CODE, "com.adobe.trustmark.Q": "0123456789", f"{FINGERPRINT_PREFIX}x": PRINT}
    assert check.bound_algorithm(other) == "com.adobe.trustmark.Q"
    assert check.bound_values(other) == ("0123456789", PRINT)
    assert check.bound_algorithm(READING.soft_bindings) == f"{WATERMARK_PREFIX}x"
    assert (check.bound_algorithm({"io.iscc.v0": CODE}), check.bound_values({})) == (None, (None, None))


FIRST, BESIDE = {INPUT_MARK: "0123456ab"}, {INPUT_MARK: "0123456789"}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (FIRST, {"0123456ab"}),
        (FIRST | {INPUT_MARKS_BESIDE: [BESIDE, 3, {}]}, {"0123456ab", "0123456789"}),
        ({INPUT_MARKS_BESIDE: "x"}, set()),
        (None, set()),
        ("x", set()),
    ],
)
def test_what_the_parent_carried(parameters, expected):
    marked = {"action": "c2pa.watermarked.bound"} | ({} if parameters is None else {"parameters": parameters})
    assert check.carried_before(replace(READING, actions=(marked,))) == expected
    assert check.carried_before(replace(READING, actions=(marked, marked))) == set()
