"""The *how* of an edit, and what it really changed."""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Digest, Id, Part, Record, UnitName


class EditRecipe(Record):
    """Everything needed to make the same edit again, but no face geometry."""

    KIND = "recipe"
    edit_id: Id
    toolkit_version: str
    engine: str
    engine_version: str
    digital_source_type: str
    weights: dict[str, Digest]
    units: dict[UnitName, int]
    seed: int = Field(ge=0)
    device: str
    dtype: Literal["float32"] = "float32"
    region_px: tuple[tuple[int, int], ...]
    changed_px: int = Field(ge=0)


class MeasuredUnit(Part):
    """A change re-read from the finished pixels, with its published error, in permille."""

    value_permille: int
    error_permille: int = Field(ge=0)


class Measured(Record):
    """What really changed: units re-read by the same perception, before marks."""

    KIND = "measured"
    edit_id: Id
    units: dict[UnitName, MeasuredUnit]
    unchecked: tuple[UnitName, ...]
    teeth_visible_before: bool
    teeth_visible_after: bool
    rigid_drift_permille: int = Field(ge=0)
    changed_outside_before_marks_px: int = Field(ge=0)
