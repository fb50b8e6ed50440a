"""What really changed: the same perception reads the finished pixels again and is compared with the reading before."""

from collections.abc import Collection
from dataclasses import dataclass

from countenance.edit.ports import EditorEngine, FaceReading
from countenance.edit.render import Edited
from countenance.media.tensors import Frames, Landmarks

RIGID = (133, 362, 468, 473, 2, 94, 234, 454)
"""Points that no rendered unit moves and that the landmark network keeps stillest when others move: inner corners of
the eyes, irises, base of the nose, by the ears. The bridge of the nose is none: the network drags it along with the
brows, by 60 permille in the worst of the honest edits of `benchmarks/measuring_error.py`."""


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
