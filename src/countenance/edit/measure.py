"""What really changed: the same perception reads the finished pixels again and is compared with the reading before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from countenance.core.measuring import turned_error
from countenance.edit.ports import EditorEngine, FaceReading
from countenance.edit.render import Edited
from countenance.edit.reread import PERMILLE
from countenance.edit.signs import STILLEST, registered
from countenance.media.tensors import Frames

LIDS = "AU43"
"""The unit that closes the eyes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredResult:
    """The change of a face as measured on the finished pixels."""

    units: dict[str, tuple[int, int]]
    """Change and published measuring error in permille of every unit that can be measured, asked for or not."""
    unchecked: tuple[str, ...]
    """Known units that cannot be measured."""
    teeth_visible: tuple[bool, bool]
    """Before, after."""
    eyes_closed_permille: tuple[int, int]
    """How far the lid is down that is further down, as the reading gives it, so that a wink counts: before, after."""
    asymmetry_permille: int
    """The largest difference between the changes of a left and a right side."""
    rigid_drift_permille: int
    """Mean motion of points that no unit moves, over the distance of the eyes."""
    changed_outside_px: int
    """Pixels changed outside the permitted region."""
    shown: dict[str, tuple[int, int]]
    """Of the units asked about, those that can be read in one picture: what the finished face shows, and its error."""


def measure(
    before: Frames,
    before_reading: FaceReading,
    edited: Edited,
    engine: EditorEngine,
    *,
    known: Collection[str] = (),
    shown: Collection[str] = (),
) -> MeasuredResult:
    """Reads the edited face and pairs it with the reading before the edit.

    Args:
        before: the picture before the edit, of the edited one's shape.
        before_reading: the reading that was rendered from.
        edited: what `render` returned.
        engine: the engine, for its perception.
        known: names of all known units; those that it cannot measure come back as unchecked.
        shown: names of the units of which it matters what the finished face shows at all.

    Raises:
        NoFaceError: the edited picture no longer shows a readable face there.
    """
    same = edited.changed_px == 0 and edited.pixels.shape == before.shape
    after = before_reading if same else engine.perceive(edited.pixels, before_reading.box)
    changes = engine.reread(before_reading, after)
    return MeasuredResult(
        units={
            unit: (changes[unit], turned_error(error, before_reading.yaw_deg))
            for unit, error in sorted(engine.errors_at(changes).items())
        },
        unchecked=tuple(sorted(set(known) - set(changes))),
        teeth_visible=(before_reading.teeth_visible, after.teeth_visible),
        eyes_closed_permille=(_lids_down(before_reading), _lids_down(after)),
        asymmetry_permille=asymmetry_permille(changes),
        rigid_drift_permille=0 if same else rigid_drift_permille(before_reading, after),
        changed_outside_px=edited.changed_outside_px,
        shown=_shown(after, engine, shown),
    )


def _lids_down(reading: FaceReading) -> int:
    return max(reading.units.get(f"{LIDS}{side}", 0) for side in ("", "L", "R"))


def _shown(after: FaceReading, engine: EditorEngine, names: Collection[str]) -> dict[str, tuple[int, int]]:
    """A unit without a published error is left out: nobody could say how far the reading may be off."""
    errors = readable(engine)
    return {
        name: (after.units[name], turned_error(errors[name], after.yaw_deg))
        for name in sorted(names)
        if name in errors and name in after.units
    }


def readable(engine: EditorEngine) -> Mapping[str, int]:
    """What it can read in one picture, with the published error; an engine of before that existed publishes none."""
    errors: Mapping[str, int] = getattr(engine, "shown_errors", {})
    return errors


def asymmetry_permille(changes: Mapping[str, int]) -> int:
    """The largest difference between the changes of a left and a right side; 0 where no unit has sides."""
    sides = [(value, changes.get(f"{name[:-1]}R")) for name, value in changes.items() if name.endswith("L")]
    return max((abs(left - right) for left, right in sides if right is not None), default=0)


def rigid_drift_permille(before: FaceReading, after: FaceReading) -> int:
    """Mean motion in the picture of points that no unit moves, in permille of the eye distance.

    By registration of the views, since the landmark network drags such points along by up to 47 permille when eyes
    close; by the landmarks where an engine gives no views.
    """
    if before.view_at is None or after.view_at is None:
        moved = (after.landmarks - before.landmarks)[:, :2]
    else:
        moved = registered(before, after, (before.view_at, after.view_at))
    return round(PERMILLE * float(moved[list(STILLEST)].norm(dim=1).mean()) / before.eye_distance_px)
