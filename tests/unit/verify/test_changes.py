"""The findings about what changed, from two pictures that the eyes are told of."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from evidence import KNOWN, PUBLISHED, READING, Readers, a_picture, tools

from countenance.core.records.recipe import EditRecipe, Measured, MeasuredUnit, PermittedMask
from countenance.errors import NoFaceError
from countenance.testing.worlds import an_id
from countenance.verify.changes import findings, proof, side_by_side, units

ORIGINAL = a_picture("JPEG")
CORNERS = ((2, 2), (30, 2), (30, 30), (2, 30))
RECIPE = EditRecipe(
    edit_id=an_id("edit"),
    toolkit_version="0.1.0",
    engine="warp",
    engine_version="1",
    digital_source_type="compositeSynthetic",
    weights={},
    units={"AU12": 400},
    seed=1,
    device="cpu",
    region_px=CORNERS,
    changed_px=90,
    mask=PermittedMask(digest="sha256:" + "0" * 64, area_px=700),
)
MEASURED = Measured(
    edit_id=an_id("edit"),
    units={"AU12": MeasuredUnit(value_permille=420, error_permille=200)},
    unchecked=(),
    teeth_visible_before=False,
    teeth_visible_after=True,
    rigid_drift_permille=3,
    changed_outside_before_marks_px=0,
)


def signed(recipe=RECIPE, measured=MEASURED):
    edit = READING.edit | {
        "recipe_sha256": recipe.digest(), "measured_sha256": measured.digest(), "region_px": CORNERS,
    }  # fmt: skip
    return replace(READING, edit=edit), replace(KNOWN, recipe=recipe, measured=measured)


@dataclass
class Told:
    """`Eyes` that see what they are told."""

    after: np.ndarray
    before: np.ndarray = field(default_factory=lambda: np.full((64, 64, 3), 90, dtype=np.float32))
    read: dict = field(default_factory=lambda: {"AU12": (430, 200), "AU4": (50, 300)})
    engine: str = "warp 1"

    def levels(self, data, media_type):
        return self.after if data == PUBLISHED else self.before

    def changes(self, *given):
        if isinstance(self.read, Exception):
            raise self.read
        return self.read


def picture(**areas):
    made = np.full((64, 64, 3), 91, dtype=np.float32)
    for rows, columns, by in areas.values():
        made[rows, columns] += by
    return made


SMILE = (slice(8, 24), slice(8, 24), 60)
STAIN = (slice(40, 52), slice(40, 52), 40)


def look(after, *, copy=False, reading=None, known=None, **eyes):
    ours, books = signed()
    given = replace(tools(Readers()), eyes=Told(after, **eyes))
    return {one.check: one for one in findings(PUBLISHED, ORIGINAL, reading or ours, known or books, given, copy=copy)}


def test_only_the_region_changed():
    found = look(picture(smile=SMILE))
    assert {check: one.result for check, one in found.items()} == dict.fromkeys(
        ("proof", "outside", "inside", "units"), "holds"
    )
    assert "0 pixels changed outside the permitted region; 90 of 700 permitted inside" in found["proof"].detail
    assert "teeth not visible before, visible after" in found["proof"].detail
    assert found["units"].detail == "read anew as measured: AU12 +0.43"


def test_something_else_changed():
    found = look(picture(smile=SMILE, stain=STAIN))
    assert found["outside"].result == "fails"
    assert "something changed: at most 41," in found["outside"].detail


def test_a_copy_that_anyone_may_have_saved_is_not_accused():
    assert look(picture(stain=STAIN), copy=True)["outside"].result == "unchecked"
    assert look(picture()[:32], copy=True)["outside"].result == "unchecked"


def test_another_size_is_not_the_same_picture():
    assert look(picture()[:32])["outside"].detail == "the two pictures differ in size"
    assert look(picture()[:32])["outside"].result == "fails"


def test_nothing_visible_inside_is_said():
    assert look(picture())["inside"].result == "absent"


def test_no_region_no_answer():
    reading = replace(READING, edit=READING.edit | {"region_px": ()})
    assert look(picture(), reading=reading)["outside"].result == "unchecked"


def test_units_that_read_otherwise_than_signed():
    found = look(picture(smile=SMILE), read={"AU12": (840, 200)})["units"]
    assert (found.result, found.detail) == ("fails", "read anew, not as measured: AU12 +0.84, signed +0.42")


def test_another_perception_may_read_otherwise():
    assert look(picture(), read={"AU12": (840, 200)}, engine="warp 2")["units"].result == "unchecked"


def test_without_books_units_are_compared_with_what_was_asked():
    reading, _ = signed()
    eyes = Told(picture(), read={"AU12": (990, 200)})
    assert units(PUBLISHED, ORIGINAL, reading, None, eyes).result == "holds"
    far = replace(eyes, read={"AU12": (1010, 200)})
    found = units(PUBLISHED, ORIGINAL, reading, None, far)
    assert (found.result, "not as asked for: AU12 +1.01, signed +0.40" in found.detail) == ("unchecked", True)


def test_a_face_that_cannot_be_read_is_unchecked():
    assert look(picture(), read=NoFaceError("too small"))["units"].result == "unchecked"


def test_records_that_were_not_signed_prove_nothing():
    reading, known = signed()
    other = replace(known, recipe=RECIPE.model_copy(update={"changed_px": 1}))
    assert proof(reading, other).result == "fails"
    assert proof(reading, None).result == "unchecked"
    assert proof(None, known).result == "unchecked"


def test_a_signed_admission_fails():
    measured = MEASURED.model_copy(update={"changed_outside_before_marks_px": 5})
    assert proof(*signed(measured=measured)).result == "fails"


@pytest.mark.parametrize("reading", [None, READING])
def test_side_by_side_needs_a_signed_region(reading):
    assert side_by_side(PUBLISHED, ORIGINAL, replace(tools(Readers(embedded=reading)), eyes=Told(picture()))) is None


def test_a_damaged_original_is_unchecked():
    reading, known = signed()
    given = replace(tools(Readers()), eyes=Told(picture()))
    found = findings(PUBLISHED, ORIGINAL[:200], reading, known, given)
    assert [one.result for one in found] == ["holds", "unchecked"]


LABELLED = (("AI MODIFIED", ((40, 40), (56, 40), (56, 52), (40, 52))),)
PLATE = (slice(40, 52), slice(40, 56), 120)


def test_a_label_is_told_and_is_no_change_elsewhere():
    reading, known = signed()
    seen = look(picture(smile=SMILE, plate=PLATE), reading=replace(reading, labels=LABELLED), known=known)
    assert {seen[check].result for check in ("labels", "outside", "inside")} == {"holds"}
    assert "`AI MODIFIED` at 40, 40" in seen["labels"].detail
    assert "labels" not in look(picture(smile=SMILE))


@pytest.mark.parametrize(("copy", "result"), [(False, "fails"), (True, "unchecked")])
def test_a_label_that_was_taken_out_again_is_missed(copy, result):
    reading, known = signed()
    seen = look(picture(smile=SMILE), copy=copy, reading=replace(reading, labels=LABELLED), known=known)
    assert seen["labels"].result == result
    assert "not drawn where it was signed: AI MODIFIED" in seen["labels"].detail


OTHER = {"com.adobe.trustmark.Q": "0123456789"}


@pytest.mark.parametrize(
    ("by", "bindings", "result"),
    [
        (0, OTHER, "holds"),
        (6, OTHER, "unchecked"),
        (6, {}, "fails"),
        (40, OTHER, "fails"),
        (40, {}, "fails"),
    ],
)
def test_how_far_another_kind_of_mark_reaches_is_not_known(by, bindings, result):
    reading = replace(signed()[0], soft_bindings=bindings)
    shift = (slice(32, 64), slice(32, 64), by)
    finding = look(picture(smile=SMILE, shift=shift), reading=reading)["outside"]
    assert finding.result == result
    assert ("com.adobe.trustmark.Q changes was not measured" in finding.detail) is (result == "unchecked")


@pytest.mark.parametrize(("bindings", "result"), [(OTHER, "unchecked"), ({}, "fails")])
def test_nor_how_much_it_moves_a_reading(bindings, result):
    reading, _ = signed()
    off = look(picture(smile=SMILE), reading=replace(reading, soft_bindings=bindings), read={"AU12": (-90, 200)})[
        "units"
    ]
    assert off.result == result
    assert "not as measured: AU12 -0.09, signed +0.42" in off.detail
