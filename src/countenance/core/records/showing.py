"""What was shown to people before an edit: a contact sheet of the limits to consent to, or a preview of one request."""

from typing import ClassVar, Literal

from pydantic import Field

from countenance.core.records.base import Digest, Grown, Id, Instant, Part, Record, UnitName
from countenance.core.records.decision import Effect, Reason

Showed = Literal["limits", "preview"]


class ShownCell(Part):
    """One picture of a sheet: what it shows, where it stands in the sheet, and the digest of its pixels there."""

    label: str
    units: dict[UnitName, int]
    x_px: int = Field(ge=0)
    y_px: int = Field(ge=0)
    width_px: int = Field(ge=1)
    height_px: int = Field(ge=1)
    pixels_digest: Digest


class Showing(Grown, Record):
    """One sheet: asked for, and refused or permitted (no cells yet), or drawn (with the digests of sheet and cells)."""

    KIND = "showing"
    LATER: ClassVar[frozenset[str]] = frozenset({"person_id"})
    id: Id
    shows: Showed
    operator_id: Id
    asset_digest: Digest
    face: int | None
    release_id: Id
    edit_id: Id | None = None
    effect: Effect
    reasons: tuple[Reason, ...]
    engine: str | None = None
    engine_version: str | None = None
    sheet_digest: Digest | None = None
    cells: tuple[ShownCell, ...] = ()
    not_shown: tuple[UnitName, ...] = ()
    """Units that may change but cannot be shown on this face."""
    at: Instant
    person_id: Id | None = None
    """Whose face it shows: a release that is a draft still is not on file to say so."""
