"""The *how* of an edit, and what it really changed: the proof that nothing else did.

Both are signed into the manifest by digest. Their version is still 1: what was added later may be absent, and what is
absent is not written, so that a record of an earlier version of countenance keeps its bytes and its digest.
"""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Digest, Grown, Id, Part, Record, UnitName
from countenance.core.records.market import LabelKind


class PermittedMask(Part):
    """Where pixels were allowed to change. The digest is `digest.of_mask` of its packed bits."""

    digest: Digest
    area_px: int = Field(ge=0)


class DrawnLabel(Part):
    """A visible label that was drawn after the edit: x0, y0, x1, y1 in px, half open."""

    kind: LabelKind
    text: str
    box_px: tuple[int, int, int, int]

    def corners(self) -> tuple[tuple[int, int], ...]:
        """The box as a polygon, clockwise on screen."""
        x0, y0, x1, y1 = self.box_px
        return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


class EditRecipe(Grown, Record):
    """Everything needed to make the same edit again, but no face geometry.

    `pixels_digest_before_marks` is of the pixels in the box around the permitted mask; outside it the picture before
    marks is the original.
    """

    KIND = "recipe"
    LATER = frozenset({"mask", "field_digest", "pixels_digest_before_marks", "reference_digest", "runtime", "labels"})
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
    mask: PermittedMask | None = None
    field_digest: Digest | None = None
    pixels_digest_before_marks: Digest | None = None
    reference_digest: Digest | None = None
    """Of the picture that was borrowed from, where there was one."""
    runtime: str | None = None
    """What computed it: bits are promised within one of these only."""
    labels: tuple[DrawnLabel, ...] | None = None
    """Visible labels, drawn after the edit: no part of the pixels before marks."""


class MeasuredUnit(Part):
    """A change re-read from the finished pixels, with its published error, in permille."""

    value_permille: int
    error_permille: int = Field(ge=0)


class Leakage(MeasuredUnit):
    """The change of a unit that nobody asked for: of all of those, the largest for its measuring error."""

    unit: UnitName


class Measured(Grown, Record):
    """What really changed: units re-read by the same perception, before marks."""

    KIND = "measured"
    LATER = frozenset(
        {"leakage", "eyes_closed_before_permille", "eyes_closed_after_permille", "asymmetry_permille", "shown"}
    )
    edit_id: Id
    units: dict[UnitName, MeasuredUnit]
    unchecked: tuple[UnitName, ...]
    teeth_visible_before: bool
    teeth_visible_after: bool
    rigid_drift_permille: int = Field(ge=0)
    changed_outside_before_marks_px: int = Field(ge=0)
    leakage: Leakage | None = None
    """Of the units that can be measured; absent where all of those were asked for."""
    eyes_closed_before_permille: int | None = Field(default=None, ge=0)
    eyes_closed_after_permille: int | None = Field(default=None, ge=0)
    asymmetry_permille: int | None = Field(default=None, ge=0)
    """The largest difference between the changes of a left and a right side."""
    shown: dict[UnitName, MeasuredUnit] | None = None
    """What the finished face shows of a unit at all, where a release limits that."""
