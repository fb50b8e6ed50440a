"""What really changed: the same perception reads the finished pixels again and is compared with the reading before."""

from collections.abc import Collection
from dataclasses import dataclass

from countenance.edit.ports import EditorEngine, FaceReading
from countenance.edit.render import Edited
from countenance.media.tensors import Frames, Landmarks

RIGID = (33, 133, 263, 362, 168, 6, 197, 195, 127, 356, 234, 454)
"""Mesh points that no facial muscle moves: eye corners, bridge of the nose, temples, by the ears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredResult:
    """The change of a face as measured on the finished pixels."""

    units: dict[str, tuple[int, int]]
    """Change and published measuring error in permille of every unit that can be measured, asked for or not."""
    unchecked: tuple[str, ...]
    """Known units that cannot be measured."""
    teeth_visible: tuple[bool, bool]
    """Before, after."""
    rigid_drift_permille: int
    """Mean motion of the rigid points over the distance of the eyes."""
    changed_outside_px: int
    """Pixels changed outside the permitted region."""


def measure(
    before: Frames, before_reading: FaceReading, edited: Edited, engine: EditorEngine, *, known: Collection[str] = ()
) -> MeasuredResult:
    """Reads the edited face and pairs it with the reading before the edit.

    Args:
        before: the picture before the edit, of the edited one's shape.
        before_reading: the reading that was rendered from.
        edited: what `render` returned.
        engine: the engine, for its perception.
        known: names of all known units; those that it cannot measure come back as unchecked.

    Raises:
        NoFaceError: the edited picture no longer shows a readable face there.
    """
    same = edited.changed_px == 0 and edited.pixels.shape == before.shape
    after = before_reading if same else engine.perceive(edited.pixels, before_reading.box)
    changes = engine.reread(before_reading, after)
    return MeasuredResult(
        units={unit: (changes[unit], error) for unit, error in sorted(engine.errors.items())},
        unchecked=tuple(sorted(set(known) - set(engine.errors))),
        teeth_visible=(before_reading.teeth_visible, after.teeth_visible),
        rigid_drift_permille=rigid_drift_permille(
            before_reading.landmarks, after.landmarks, before_reading.eye_distance_px
        ),
        changed_outside_px=edited.changed_outside_px,
    )


def rigid_drift_permille(before: Landmarks, after: Landmarks, eye_distance_px: float) -> int:
    """Mean distance in the picture that the rigid points moved, in permille of the eye distance."""
    moved = (after[list(RIGID), :2] - before[list(RIGID), :2]).norm(dim=1).mean()
    return round(1000 * float(moved) / eye_distance_px)
