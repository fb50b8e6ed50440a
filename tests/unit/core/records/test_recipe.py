"""Records of an earlier version stay what they were."""

import json

import pytest

from countenance.core.digest import of_mask
from countenance.core.records.recipe import EditRecipe, Leakage, Measured, PermittedMask
from countenance.errors import CountenanceError
from countenance.testing.worlds import an_id

OLD_RECIPE = {
    "schema": "countenance.recipe/1",
    "edit_id": an_id("edit"),
    "toolkit_version": "0.1.0",
    "engine": "warp",
    "engine_version": "1",
    "digital_source_type": "compositeSynthetic",
    "weights": {},
    "units": {"AU12": 500},
    "seed": 7,
    "device": "cpu",
    "dtype": "float32",
    "region_px": [[0, 0], [9, 0], [9, 9]],
    "changed_px": 12,
}
OLD_MEASURED = {
    "schema": "countenance.measured/1",
    "edit_id": an_id("edit"),
    "units": {"AU12": {"value_permille": 480, "error_permille": 60}},
    "unchecked": ["AU1"],
    "teeth_visible_before": False,
    "teeth_visible_after": False,
    "rigid_drift_permille": 2,
    "changed_outside_before_marks_px": 0,
}


@pytest.mark.parametrize(("record", "old"), [(EditRecipe, OLD_RECIPE), (Measured, OLD_MEASURED)])
def test_a_record_without_the_later_fields_keeps_its_bytes(record, old):
    read = record.from_bytes(json.dumps(old).encode())
    assert read.to_json() == old
    assert json.loads(read.canonical()) == old


def test_what_was_added_is_part_of_the_digest():
    old = EditRecipe.from_bytes(json.dumps(OLD_RECIPE).encode())
    mask = PermittedMask(digest=of_mask((3, 4), b"\xf0"), area_px=4)
    new = old.model_copy(update={"mask": mask})
    assert new.digest() != old.digest()
    assert EditRecipe.from_bytes(new.canonical()) == new


def test_a_leak_names_its_unit():
    old = Measured.from_bytes(json.dumps(OLD_MEASURED).encode())
    new = old.model_copy(update={"leakage": Leakage(unit="AU4L", value_permille=70, error_permille=310)})
    assert Measured.from_bytes(new.canonical()).leakage == new.leakage
    wrong = new.to_json() | {"leakage": {"unit": "smile", "value_permille": 1, "error_permille": 1}}
    with pytest.raises(CountenanceError):
        Measured.from_bytes(json.dumps(wrong).encode())


def test_a_mask_of_another_shape_has_another_digest():
    assert of_mask((3, 4), b"\xf0") != of_mask((4, 3), b"\xf0")
